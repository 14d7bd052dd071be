"""The peer: FreeRADIUS 3.2 in a private directory, on loopback ports, with the system's own service untouched."""

import os
import secrets
import shutil
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path

from bench import peer_configuration as wanted
from bench.contestant import Serving
from bench.probe import answers, free_ports
from bench.program import CannotMeasure, Program, locate
from bench.slapd import PEOPLE, READER, Slapd
from bench.traffic import Account

APT_LINE = "sudo apt-get install --no-install-recommends freeradius freeradius-ldap slapd"
_READY_WITHIN = 60.0  # seconds; it reads its dictionaries and the users file first


def find_freeradius() -> str:
    """Return the path of the program; raise CannotMeasure with the line that installs it."""
    found = locate("freeradius", "radiusd")
    if found is None:
        raise CannotMeasure(f"FreeRADIUS, the peer, is not installed. Type:\n  {APT_LINE}")
    return found


class FreeRadius:
    """A FreeRADIUS that does one kind of work; the kinds below say which."""

    def __init__(self, name: str, *, threads: int) -> None:
        self.name = name
        self._threads = threads
        self._secret = secrets.token_hex(16)
        self._home = Path()
        self._path = ""
        self._program: Program | None = None

    def prepare(self, accounts: Sequence[Account], home: Path) -> None:
        """Make what it needs below `home`."""
        self._path = find_freeradius()
        self._home = home
        home.mkdir(mode=0o700)
        self._data(list(accounts))

    def _data(self, accounts: list[Account]) -> None:
        """Write what only this kind needs."""

    def _fresh(self) -> None:
        """Make what every start needs anew."""

    def _work(self) -> wanted.Work:
        raise NotImplementedError

    def _start_directory(self, cores: Iterable[int]) -> tuple[int, ...]:
        del cores
        return ()

    def start(self, cores: Iterable[int]) -> Serving:
        """Start it, its directory first."""
        cores = tuple(cores)
        auth_port, acct_port = free_ports(2)
        self._fresh()
        directory = self._start_directory(cores)
        frame = wanted.Frame(self._home, auth_port, acct_port, self._secret, self._threads)
        file = self._home / "bench.conf"
        file.touch(mode=0o600)
        file.write_text(wanted.configuration(frame, self._work()), encoding="utf-8")
        command = [self._path, "-f", "-d", str(self._home), "-n", "bench"]
        self._program = Program(command, self._home / "log", cores=cores)
        self._program.wait_until(lambda: answers("127.0.0.1", auth_port, self._secret), _READY_WITHIN)
        return Serving("127.0.0.1", auth_port, acct_port, self._secret, (self._program.pid,), directory)

    def stop(self) -> None:
        """Stop it."""
        if self._program is not None:
            self._program.stop()
            self._program = None


class UsersFile(FreeRadius):
    """Passwords in its flat file."""

    def __init__(self, *, threads: int = 4) -> None:
        super().__init__("FreeRADIUS, users file", threads=threads)

    def _data(self, accounts: list[Account]) -> None:
        lines = (f'{one.login} Cleartext-Password := "{one.password}"\n' for one in accounts)
        (self._home / "users").write_text("".join(lines), encoding="utf-8")

    def _work(self) -> wanted.Work:
        return wanted.users_file(self._home / "users")


class LdapSearch(FreeRadius):
    """People in an OpenLDAP of its own: search, fetch {SSHA}, compare, for each login."""

    def __init__(self, name: str = "FreeRADIUS, rlm_ldap", *, threads: int = 4) -> None:
        super().__init__(name, threads=threads)
        self._reader_password = secrets.token_hex(16)
        self._slapd: Slapd | None = None

    def _data(self, accounts: list[Account]) -> None:
        self._slapd = Slapd(self._home / "ldap", self._reader_password)
        self._slapd.prepare(accounts)

    def _start_directory(self, cores: Iterable[int]) -> tuple[int, ...]:
        return (self._slapd.start(cores),) if self._slapd else ()

    def _work(self) -> wanted.Work:
        return wanted.ldap_search(self._source())

    def _source(self) -> wanted.Source:
        uri = self._slapd.uri if self._slapd else ""
        return wanted.Source(uri, PEOPLE, READER, self._reader_password, self._threads)

    def stop(self) -> None:
        """Stop it, and its directory."""
        super().stop()
        if self._slapd is not None:
            self._slapd.stop()


class LdapCache(LdapSearch):
    """The same behind its cache, which the warm-up fills: an entry is asked for once, then believed.

    This is not the same work: whoever was locked in the directory stays in for an hour.
    """

    def __init__(self) -> None:
        super().__init__("FreeRADIUS, rlm_ldap + rlm_cache")

    def _work(self) -> wanted.Work:
        return wanted.ldap_cache(self._source())


class SqliteAccounting(FreeRadius):
    """Accounting in SQLite: write-ahead log, every commit synced, a new file at each start.

    One writer at a time is all that SQLite allows, so one thread with one connection is its best.
    """

    def __init__(self, *, threads: int = 1) -> None:
        super().__init__("FreeRADIUS, rlm_sql on SQLite", threads=threads)
        self._stock = Path()

    def _data(self, accounts: list[Account]) -> None:
        del accounts
        places = (Path(place) for place in wanted.STOCK)
        found = next((place for place in places if os.access(place / wanted.SCHEMA, os.R_OK)), None)
        if found is None:
            raise CannotMeasure(
                "FreeRADIUS's own SQL queries cannot be read (on Debian: be root or a member of group freerad)"
            )
        self._stock = found

    def _fresh(self) -> None:
        shutil.rmtree(self._home / "sql", ignore_errors=True)
        (self._home / "sql").mkdir()
        with closing(sqlite3.connect(self._home / "sql" / "radacct.db")) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript((self._stock / wanted.SCHEMA).read_text(encoding="utf-8"))

    def _work(self) -> wanted.Work:
        return wanted.sqlite(self._home / "sql" / "radacct.db", self._stock, self._threads)
