"""Databases for tests: SQLite in a file, and a PostgreSQL that the test run starts for itself."""

import contextlib
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from store.engine import Store, sqlite_url
from store.schema import upgrade

_READY = 30.0  # seconds that the server may take to answer
_TEMPLATE = "truename_template"
_ROOM = 1 << 30  # octets; the server takes a fifth of that
_numbers = itertools.count(1)


class PostgreSQL:
    """A running server on a Unix socket; nothing of it outlives the test run."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._done: str | None = None  # a database that nobody needs any more

    def url(self, name: str) -> str:
        return f"postgresql://truename@/{name}?host={self._directory}"

    def create(self, template: str = "template0") -> str:
        """Make a fresh database and return its URL."""
        name = f"test_{next(_numbers)}"
        self.execute(f'CREATE DATABASE {name} TEMPLATE "{template}"')
        return self.url(name)

    def drop(self, url: str) -> None:
        """Remove a database that nobody needs any more."""
        # One test later: connections that were closed are gone by then, and the server need not wait for them.
        if self._done is not None:
            self.execute(f"DROP DATABASE {self._done} WITH (FORCE)")
        self._done = self.name(url)

    @staticmethod
    def name(url: str) -> str:
        """Return the name of a database that `create` made."""
        return str(make_url(url).database)

    def execute(self, statement: str) -> None:
        """Do one statement outside of any transaction."""
        self._administration.execute(statement)

    @cached_property
    def _administration(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(self.url("postgres"), autocommit=True)

    def close(self) -> None:
        """Let go of the server."""
        self._administration.close()


def _program(name: str) -> str | None:
    found = shutil.which(name)
    if found:
        return found
    # Debian keeps them out of PATH; the newest version wins.
    places = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda place: int(place.parts[-3]))
    return str(places[-1]) if places else None


def _account() -> pwd.struct_passwd | None:
    """Return the account for the server: it refuses to run as root. None: ours will do."""
    if os.geteuid() != 0:
        return None
    with contextlib.suppress(KeyError):
        return pwd.getpwnam("postgres")
    return pwd.getpwnam("nobody")


def _as(account: pwd.struct_passwd | None) -> list[str]:
    command = ["setpriv", "--pdeathsig=INT"]  # if the test run is killed, the server goes too
    if account:
        command += [f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]
    return command


def _memory() -> str | None:
    """Return where files live in memory, None where there is no room: each new database is a few hundred files."""
    place = Path("/dev/shm")
    return str(place) if place.is_dir() and shutil.disk_usage(place).free > _ROOM else None


@contextlib.contextmanager
def _server(initdb: str, postgres: str) -> Iterator[PostgreSQL]:
    account = _account()
    # Short and not below the test run's own directory: other accounts cannot enter that.
    directory = Path(tempfile.mkdtemp(prefix="tn-pg-", dir=_memory()))
    try:
        if account:
            os.chown(directory, account.pw_uid, account.pw_gid)
        data, log = directory / "data", directory / "log"
        choices = ["-U", "truename", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        subprocess.run([*_as(account), initdb, "-D", data, *choices], check=True, cwd="/", stdout=subprocess.DEVNULL)
        options = {
            "listen_addresses": "", "unix_socket_directories": directory, "fsync": "off", "max_wal_size": "64MB"
        }  # fmt: skip
        arguments = [part for key, value in options.items() for part in ("-c", f"{key}={value}")]
        with log.open("wb") as output:
            process = subprocess.Popen(
                [*_as(account), postgres, "-D", data, *arguments], cwd="/", stdout=output, stderr=output
            )
        try:
            server = PostgreSQL(directory)
            _await(server, process, log)
            yield server
            server.close()
        finally:
            process.send_signal(signal.SIGINT)  # fast shutdown
            process.wait(_READY)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _await(server: PostgreSQL, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _READY
    while True:
        try:
            server.execute("SELECT 1")
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"PostgreSQL does not start: {log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.05)
        else:
            return


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgreSQL]:
    """One PostgreSQL for the whole test run, with a template that has all tables."""
    initdb, postgres = _program("initdb"), _program("postgres")
    if initdb is None or postgres is None:
        if os.environ.get("CI") == "true":
            pytest.fail("PostgreSQL is not installed, and CI must test on it")
        pytest.skip("PostgreSQL is not installed (Debian: postgresql)")
    with _server(initdb, postgres) as server:
        server.execute(f"CREATE DATABASE {_TEMPLATE} TEMPLATE template0")
        store = Store.open(server.url(_TEMPLATE))
        upgrade(store)
        store.close()
        yield server


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("template") / "truename.db"
    store = Store.open(sqlite_url(file))
    upgrade(store)
    store.close()  # the last connection takes the log in: the file alone is the database
    return file


@contextlib.contextmanager
def _fresh(kind: str, tmp_path: Path, request: pytest.FixtureRequest, *, tables: bool) -> Iterator[str]:
    """Give the URL of a database for one test."""
    if kind == "postgresql":
        server: PostgreSQL = request.getfixturevalue("postgresql_server")
        url = server.create(_TEMPLATE if tables else "template0")
        yield url
        server.drop(url)
        return
    file = tmp_path / "truename.db"
    if tables:
        shutil.copyfile(request.getfixturevalue("_sqlite_template"), file)
        file.chmod(0o600)
    yield sqlite_url(file)


@contextlib.contextmanager
def _open(kind: str, tmp_path: Path, request: pytest.FixtureRequest, *, tables: bool = True) -> Iterator[Store]:
    with _fresh(kind, tmp_path, request, tables=tables) as url:
        store = Store.open(url)
        yield store
        store.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the URL of a fresh database with all tables; the test runs once for each kind."""
    with _fresh(request.param, tmp_path, request, tables=True) as url:
        yield url


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """Open a fresh database with all tables; the test runs once for each kind."""
    store = Store.open(database_url)
    yield store
    store.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Open a fresh database without any table; the test runs once for each kind."""
    with _open(request.param, tmp_path, request, tables=False) as store:
        yield store


@pytest.fixture
def postgresql_store(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Store]:
    """Open a fresh PostgreSQL database with all tables, for what only PostgreSQL does."""
    with _open("postgresql", tmp_path, request) as store:
        yield store


@pytest.fixture
def sqlite_store(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Store]:
    """Open a fresh SQLite database with all tables, where the kind of database does not matter."""
    with _open("sqlite", tmp_path, request) as store:
        yield store
