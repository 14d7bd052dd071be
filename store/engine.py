"""The database, and the two ways to use it: reading a snapshot, and one unit of work that commits as a whole."""

import fcntl
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, insert, make_url, text
from sqlalchemy.orm import Session

from store.changes import CHANNEL, ChangeRow
from store.clock import Clock, SystemClock
from store.nudges import nudge_all
from store.record import Act, append, canonical

# Whoever writes change rows or acts on PostgreSQL takes this lock last of all and keeps it until the commit, so
# that numbers become visible in the order in which they were given. The number itself means nothing.
_ORDER_LOCK = 7_238_110
_BUSY_MS = 15_000  # how long SQLite waits for a lock that our own queue cannot see (a backup, an operator's shell)
_LOCK_MS = 15_000  # how long PostgreSQL waits for a row that somebody else is changing
_CONNECT_S = 5
_CACHE_KIB = 32_768  # of each SQLite connection
_LOG_PAGES = 8_000  # of 4 KiB: SQLite's write-ahead log is copied into the file beyond this


def sqlite_url(file: Path) -> str:
    """Return the URL of a SQLite database in this file."""
    return f"sqlite:///{file.absolute()}"


class Unit:
    """One unit of work: everything in it becomes true together, or nothing does."""

    def __init__(self, session: Session, now: float, dialect: str, mark: Mapping[str, Any] | None = None) -> None:
        self.session = session
        self.now = now  # seconds since the epoch, taken once the unit had its turn
        self._mark = mark
        self._dialect = dialect
        self._changes: list[tuple[str, str]] = []
        self._acts: list[Act] = []

    @property
    def has_changes(self) -> bool:
        """Whether followers have something to look at after the commit."""
        return bool(self._changes)

    def changed(self, kind: str, subject: str) -> None:
        """Tell every process that follows the change feed, once this unit is committed."""
        if (kind, subject) not in self._changes[-16:]:  # a loop over one subject's rows says it once
            self._changes.append((kind, subject))

    def act(
        self,
        actor: str,
        act: str,
        subject: str,
        before: Mapping[str, Any] | None,
        after: Mapping[str, Any] | None,
    ) -> None:
        """Add to the record of administrative acts. Raises TypeError or ValueError for what JSON cannot say."""
        if self._mark is not None:
            after = {**(after or {}), **self._mark}
        self._acts.append(Act(actor, act, subject, canonical(before), canonical(after)))

    def order(self) -> None:
        """Keep other ordered units out until the commit. `finish` calls it; sealing does too."""
        if self._dialect == "postgresql":
            self.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ORDER_LOCK})

    def finish(self) -> None:
        """Write acts and change rows. The store calls it before the commit.

        They come last so that the one lock that all units share is also the last that each takes: no circle of
        waiting is possible, and it is held for as short as can be.
        """
        self.session.flush()
        if not (self._changes or self._acts):
            return
        self.order()
        if self._acts:
            append(self.session, self.now, self._acts)
        if self._changes:
            rows = [{"kind": kind, "subject": subject, "at": self.now} for kind, subject in self._changes]
            self.session.execute(insert(ChangeRow), rows)
            if self._dialect == "postgresql":
                self.session.execute(text("SELECT pg_notify(:channel, '')"), {"channel": CHANNEL})


class Store:
    """An open database. Threads may share it; a process opens its own after a fork."""

    def __init__(self, engine: Engine, clock: Clock, nudges: Path | None) -> None:
        self.engine = engine
        self.dialect = engine.dialect.name
        self.nudges = nudges  # None: PostgreSQL tells followers itself
        self._clock = clock
        self._inside = threading.local()
        self._turn: Callable[[], AbstractContextManager[None]] = nullcontext
        if self.dialect == "postgresql":
            self._reader = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            self._writer = engine
        else:
            self._reader = engine.execution_options(sqlite_begin="read")
            self._writer = engine.execution_options(sqlite_begin="write")
            self._lock_file = Path(f"{engine.url.database}.lock")
            self._turn = self._sqlite_turn

    @classmethod
    def open(cls, url: str, *, nudges: Path | None = None, clock: Clock | None = None) -> "Store":
        """Open a database; its tables are made by `store.schema.upgrade`.

        `nudges` is the directory of the followers' sockets (SQLite only); absent, it lies beside the database.
        Raises ValueError for a URL that we cannot or will not use.
        """
        parsed = make_url(url)
        backend = parsed.get_backend_name()
        if backend == "sqlite":
            return cls(*_open_sqlite(parsed, clock, nudges))
        if backend == "postgresql":
            return cls(_open_postgresql(parsed), clock or SystemClock(), None)
        raise ValueError(f"a database of kind {backend!r} is not supported: use sqlite or postgresql")

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Give a session that sees one state of the database and may not change it."""
        with Session(self._reader, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def write(self, mark: Mapping[str, Any] | None = None) -> Iterator[Unit]:
        """Give a unit of work; it is committed at the end, and undone by any exception.

        `mark` is added to what each of its acts says of the state after: by which way the actor came.
        On SQLite there is one writer at a time over all processes; the others wait in a queue of the kernel,
        without polling, and so does the calling thread. A unit inside a unit of the same thread would wait for
        itself for ever and raises RuntimeError.
        """
        if getattr(self._inside, "unit", False):
            raise RuntimeError("a unit of work was begun inside another one")
        self._inside.unit = True
        try:
            with self._turn(), Session(self._writer, expire_on_commit=False) as session, session.begin():
                session.connection()  # begins now: `now` is the time at which nobody else can write
                unit = Unit(session, self._clock.now(), self.dialect, mark)
                yield unit
                unit.finish()
        finally:
            self._inside.unit = False
        if self.nudges is not None and unit.has_changes:
            nudge_all(self.nudges)

    def close(self) -> None:
        """Close all connections that are not in use."""
        self.engine.dispose()

    @contextmanager
    def _sqlite_turn(self) -> Iterator[None]:
        # flock belongs to the open file: one opening for each unit makes threads, processes and forks alike wait.
        with _locked(self._lock_file):
            yield


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _open_sqlite(url: URL, clock: Clock | None, nudges: Path | None) -> tuple[Engine, Clock, Path]:
    name = url.database
    if not name or name == ":memory:" or name.startswith("file:"):
        raise ValueError("SQLite needs a file of its own: sqlite:////var/lib/truename/truename.db")
    # Last in, first out: a busy writer gets the connection whose cache holds what it wrote last.
    engine = create_engine(url, pool_use_lifo=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    file = Path(name)
    with _locked(Path(f"{name}.lock")):
        # Made by us so that it is never readable by others; SQLite gives its side files the same mode.
        os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        raw = engine.raw_connection()
        try:
            raw.cursor().execute("PRAGMA journal_mode=WAL")
        finally:
            raw.close()
    return engine, clock or SystemClock(), nudges or Path(f"{name}.nudges")


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we begin transactions ourselves
    for pragma in (
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={_BUSY_MS}",
        # Index pages are touched all over: they stay in memory, and are copied out of the log a few times less.
        f"cache_size=-{_CACHE_KIB}",
        f"wal_autocheckpoint={_LOG_PAGES}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    purpose = connection.get_execution_options().get("sqlite_begin")
    read_only = purpose == "read"
    if connection.info.get("query_only", False) != read_only:
        connection.exec_driver_sql(f"PRAGMA query_only={int(read_only)}")
        connection.info["query_only"] = read_only
    connection.exec_driver_sql("BEGIN IMMEDIATE" if purpose == "write" else "BEGIN")


def _open_postgresql(url: URL) -> Engine:
    if url.password is not None:
        raise ValueError("no password in the database URL: use PGPASSFILE or a service file")
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_pre_ping=True,  # a server that was restarted costs one extra round trip, not one failed unit
        connect_args={"connect_timeout": _CONNECT_S, "application_name": "truename", "tcp_user_timeout": 20_000},
    )
    event.listen(engine, "connect", _prepare_postgresql)
    return engine


def _prepare_postgresql(connection: Any, _record: object) -> None:
    # In the session and not in the start-up packet: connection poolers refuse the latter.
    connection.execute(f"SET lock_timeout = {_LOCK_MS}")
    connection.execute("SET idle_in_transaction_session_timeout = 60000")
    connection.commit()
