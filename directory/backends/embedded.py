"""The embedded directory: a private OpenLDAP server as an unprivileged child of the product.

    state/keys/ldap-*            passwords of the service accounts, key of the private authority (mode 0400)
    state/slapd/                 the child's own directory, and its working directory
        config/ data/ run/       written by slapd
        tls/                     certificate of the listener for outside applications
        program/                 unpacked copy of slapd, where the system has none

One supervisor owns a state directory (flock) and calls prepare, start, tend and stop from one thread that lives as
long as the directory. Any number of processes may make the same object and use its names only.
"""

import os
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import structlog

from directory.backends.connection import DirectoryPool
from directory.backends.embedded_accounts import Accounts, ReaderRefused, fill
from directory.backends.embedded_address import answers, parse_listen, socket_uri
from directory.backends.link import Credentials
from directory.backends.private_authority import ensure_certificate
from directory.backends.slapd_child import (
    STOP_WITHIN,
    SlapdChild,
    SlapdFailed,
    Unprivileged,
    last_words,
    unprivileged_user,
)
from directory.backends.slapd_configuration import TlsFiles, account_attributes, build, check_suffix, render
from directory.backends.slapd_program import ensure_program
from directory.backends.state_lock import StateLock
from directory.backends.wire import DirectoryServer
from directory.settings import DirectorySettings

log = structlog.get_logger()

_READY_WITHIN = 30.0  # seconds
_POLL = 0.005
_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 5.0
_CRASH_WINDOW = 60.0
_ALARM_AFTER = 3  # crashes in that window
_LOG_LIMIT = 1_000_000  # octets of slapd.log that are kept over a start


class Reader(NamedTuple):
    """The account of an outside application."""

    name: str
    dn: str
    password_file: Path  # of this node; it may be missing, say on another one


class EmbeddedDirectory:
    """One embedded OpenLDAP server and everything that has to be known to reach it."""

    def __init__(
        self,
        state: Path,
        settings: DirectorySettings,
        *,
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Name the directory of this state; nothing is touched yet.

        `say` is told in one sentence what takes a while. Raises SuffixRefused or ListenRefused when the settings
        cannot be obeyed.
        """
        check_suffix(settings.suffix)
        self._settings = settings
        self._listen = parse_listen(settings.listen)
        self._say = say
        self._home = state.absolute() / "slapd"
        self._keys = state.absolute() / "keys"
        self._accounts = Accounts(settings.suffix, self._keys)
        self._lock = StateLock(self._home / "lock")
        self._child: SlapdChild | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._ready = False
        self._crashes: list[float] = []
        self._start_at: float | None = None

    # ---- names: for every process -----------------------------------------------------------------------------

    @property
    def suffix(self) -> str:
        """Naming context of the tree."""
        return self._settings.suffix

    @property
    def mirror_dn(self) -> str:
        """Account that reads login attributes and verifiers; only the mirror uses it."""
        return self._accounts.dn("mirror")

    @property
    def mirror_password_file(self) -> Path:
        """File with the password of mirror_dn."""
        return self._accounts.password_file(self.mirror_dn)

    @property
    def radius_dn(self) -> str:
        """Account that reads login attributes without verifiers, for other RADIUS servers."""
        return self._accounts.dn("radius")

    @property
    def radius_password_file(self) -> Path:
        """File with the password of radius_dn."""
        return self._accounts.password_file(self.radius_dn)

    @property
    def ldapi_uri(self) -> str:
        """URI of the local socket; SASL EXTERNAL over it makes the product uid=app.

        For this process and its children only: see embedded_address.socket_path.
        """
        return socket_uri(self._home)

    @property
    def ldaps_uri(self) -> str | None:
        """URI for outside applications on this machine, or None where [directory] listen is empty."""
        return self._listen.uri if self._listen is not None else None

    @property
    def ca_file(self) -> Path:
        """PEM file of the authority that signed the certificate of ldaps_uri; made by prepare()."""
        return self._home / "tls" / "ca.pem"

    def answers(self, *, within: float = 1.0) -> bool:
        """Ask for the root DSE on the local socket, as any process may; wait at most so many seconds."""
        return answers(self._home, within=within)

    # ---- life: for the supervisor -----------------------------------------------------------------------------

    def prepare(self) -> None:
        """Make configuration, first entries and service accounts; whatever is right already stays.

        Takes the state directory for this process until stop(). Raises StateInUse when another process has it,
        SlapdMissing, SlapdFailed.
        """
        if self.alive():
            return
        self._home.mkdir(parents=True, exist_ok=True)
        self._keys.mkdir(mode=0o700, exist_ok=True)
        self._lock.take()
        try:
            program = ensure_program(self._settings.slapd, self._home, say=self._say)
            child = SlapdChild(program, self._home, unprivileged_user())
            child.lay_out()
            child.end_orphan()
            product = (os.getuid(), os.getgid())
            tls = self._certificate(child.user)
            build(child, render(program, self.suffix, product=product, tls=tls))
            fill(child, self._accounts, self._settings.city)
        except BaseException:
            self._lock.release()
            raise
        self._child = child

    def start(self) -> None:
        """Start slapd and return when it answers; prepares first where that was not done.

        Raises what prepare() raises; SlapdFailed with slapd's own words when it ends, or is not ready in 30 s.
        """
        if self.alive():
            return
        if self._child is None or not self._lock.taken:
            self.prepare()
        self._spawn()
        deadline = time.monotonic() + _READY_WITHIN
        while not self.answers():
            if not self.alive() or time.monotonic() > deadline:
                reason = "did not answer in time" if self.alive() else "ended while starting"
                words = self._last_words()
                self.stop()
                raise SlapdFailed(f"slapd {reason}: {words}")
            time.sleep(_POLL)
        self._ready = True
        log.info("directory started", suffix=self.suffix, listen=self._settings.listen or "local socket")

    def alive(self) -> bool:
        """Say whether the slapd that this object started still runs."""
        return self._process is not None and self._process.poll() is None

    def tend(self, now: float) -> bool:
        """Start slapd again when it has ended; say whether it is ready. Never waits; call it a few times a second.

        `now` is any clock that only goes forward, in seconds. The first crash is answered at once, the next ones
        after 0.1 s, doubling to 5 s, until a minute passes without one.
        """
        if self._child is None or not self._lock.taken:
            return False
        if self.alive():
            if not self._ready and self.answers(within=0.05):
                self._ready = True
                log.info("directory started", suffix=self.suffix, crashes=len(self._crashes))
            return self._ready
        if self._start_at is None:
            self._note_crash(now)
        if self._start_at is not None and now >= self._start_at:
            self._start_at = None
            try:
                self._spawn()
            except SlapdFailed as error:
                log.error("directory cannot start", reason=str(error))  # noqa: TRY400 - it is expected, no trace
                self._note_crash(now)
        return False

    def stop(self) -> None:
        """End slapd (SIGTERM, SIGKILL after 10 s) and give the state directory free. Harmless when repeated."""
        process, self._process = self._process, None
        self._ready = False
        self._start_at = None
        if process is not None:
            process.terminate()
            try:
                process.wait(STOP_WITHIN)
            except subprocess.TimeoutExpired:
                log.warning("directory killed", after=STOP_WITHIN)
                process.kill()
                process.wait()
        self._lock.release()

    # ---- accounts of outside applications ---------------------------------------------------------------------

    def add_reader(self, name: str) -> tuple[str, Path]:
        """Make an account for an outside application; return its name and the file of its password.

        The directory must run; any process of the product may call this. An account that is there already stays as
        it is, and gets a new password only where the file is gone. Raises ReaderRefused, DirectoryUnavailable,
        DirectoryRefused.
        """
        dn = self._accounts.reader_dn(name)
        file = self._accounts.password_file(dn)
        with self._own_pool() as pool:
            known = pool.get(dn, ["uid"]) is not None
            if known and file.exists():
                return dn, file
            password, hashed = self._accounts.hashed(dn)
            if known:
                pool.modify(dn, {"userPassword": [hashed]})
            else:
                pool.add(dn, account_attributes(dn, self.suffix, hashed))
            self._accounts.keep(dn, password)
        return dn, file

    def readers(self) -> list[Reader]:
        """Return the accounts of outside applications by name. Raises DirectoryUnavailable, DirectoryRefused."""
        found = []
        with self._own_pool() as pool:
            for _, values in pool.search(f"ou=readers,ou=services,{self.suffix}", "(uid=*)", ["uid"], "one"):
                name = values["uid"][0].decode("utf-8", "replace")
                try:
                    dn = self._accounts.reader_dn(name)
                except ReaderRefused:
                    continue  # somebody else made it by hand
                found.append(Reader(name, dn, self._accounts.password_file(dn)))
        return sorted(found)

    def remove_reader(self, name: str) -> None:
        """Remove the account of an outside application and the file of its password. Raises as add_reader does."""
        dn = self._accounts.reader_dn(name)
        with self._own_pool() as pool:
            if pool.get(dn, ["uid"]) is not None:
                pool.delete(dn)
        self._accounts.password_file(dn).unlink(missing_ok=True)

    # ---- inside -----------------------------------------------------------------------------------------------

    def _own_pool(self) -> DirectoryPool:
        """Return connections as uid=app: the socket tells slapd which Unix user we are (SASL EXTERNAL)."""
        return DirectoryPool([DirectoryServer(self.ldapi_uri)], Credentials())

    def _certificate(self, user: Unprivileged) -> TlsFiles | None:
        if self._listen is None:
            return None
        made = ensure_certificate(
            self._keys, self._home / "tls", names=self._listen.names, owner=user, now=datetime.now(UTC)
        )
        if made:
            log.info("directory certificate made", names=self._listen.names, ca_file=str(self.ca_file))
        return TlsFiles("tls/server.pem", "tls/server.key", "tls/ca.pem")

    def _spawn(self) -> None:
        if self._child is None:
            raise SlapdFailed("prepare() has not been called")
        self._ready = False
        log_file = self._home / "slapd.log"
        if log_file.exists() and log_file.stat().st_size > _LOG_LIMIT:
            log_file.replace(self._home / "slapd.log.1")
        self._process = self._child.spawn(self._listen, log_file)

    def _note_crash(self, now: float) -> None:
        self._crashes = [at for at in self._crashes if now - at < _CRASH_WINDOW] + [now]
        count = len(self._crashes)
        pause = 0.0 if count == 1 else min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** (count - 2))
        self._start_at = now + pause
        code = self._process.returncode if self._process is not None else None
        words = self._last_words() if code is None or code > 0 else ""  # ended by a signal: it had no time to speak
        event = "directory keeps crashing" if count >= _ALARM_AFTER else "directory crashed"
        log.error(event, code=code, words=words, crashes=count, again_in=pause)

    def _last_words(self) -> str:
        try:
            with (self._home / "slapd.log").open("rb") as file:
                file.seek(max(0, os.fstat(file.fileno()).st_size - 2000))
                return last_words(file.read())
        except FileNotFoundError:
            return ""
