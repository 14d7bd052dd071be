"""Logins and sessions in bulk: plain SQL with tuples, because every port of the city passes here.

One SELECT for the sessions that a batch concerns, the state machine of access.lifetime in memory, then one
statement for each kind of change. What is written depends on nothing but rows and records, so a batch that failed
half-way is simply run again.
"""

from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection

from access.lifetime import AccountingRecord, Ending, Session, Status, accounting_time, advance, key_of
from access.many_rows import ManyRows
from access.traces import Trace

# Plain names: on CPython 3.11 reading a member through its enum costs ten times as much.
_ON, _OFF = Status.ON, Status.OFF
_CHUNK = 500  # keys in one SELECT on SQLite
# A statement that fails undoes the whole commit, which is run again anyway. Without this SQLite could only undo the
# statement, and for that it would copy every page that many rows touch into a file of its own: three writes of four.
_ALL_OR_NOTHING = "OR ROLLBACK"
# Columns without an index, and all that an ordinary Interim changes. SQLite rewrites the entries of every index
# that an UPDATE names a column of, changed or not, so the rest is only written where it did change.
_PROGRESS = (
    "login_number", "port", "nas_port", "nas_address", "nas_identifier", "zone", "updated_at", "interim",
    "seconds", "octets_in", "octets_out",
)  # fmt: skip
_INDEXED = ("login", "subject", "address", "address6", "started_at", "stopped_at", "cause")


class LoginEntry(NamedTuple):
    """One login; field for field a row of access.tables.LoginRow."""

    number: int
    at: float  # seconds since the epoch
    login: str  # as claimed, escaped
    subject: str | None
    hardware: str | None
    address: str | None
    device: int
    port: str | None
    ssid: str | None
    method: str
    zone: str | None
    rule: int | None
    reason: str | None
    trace: int | None  # of access.traces


class _Address(NamedTuple):
    """Field for field a row of access.tables.SessionAddressRow without its number."""

    key: bytes
    generation: int
    address: str
    since: float


class BulkRows:
    """The statements for one kind of database."""

    def __init__(self, dialect: str) -> None:
        """Prepare for "sqlite" or "postgresql"."""
        self._dialect = dialect
        self._postgresql = dialect == "postgresql"
        self._mark = "%s" if self._postgresql else "?"
        self._select = f"SELECT {', '.join(Session._fields)} FROM session WHERE key"  # noqa: S608 - our own names
        self._insert_logins = self._insert("login", LoginEntry._fields, " ON CONFLICT (number) DO NOTHING")
        self._insert_traces = self._insert("login_trace", Trace._fields, " ON CONFLICT (number) DO NOTHING")
        self._insert_sessions = self._insert("session", Session._fields)
        self._insert_addresses = self._insert("session_address", _Address._fields)
        self._update_progress = self._update(_PROGRESS)
        self._update_whole = self._update(_PROGRESS + _INDEXED)

    def _insert(self, table: str, columns: Sequence[str], tail: str = "") -> ManyRows:
        into = f"INTO {table} ({', '.join(columns)}) VALUES"
        each = f"INSERT {into} ({', '.join(['%s'] * len(columns))}){tail}"
        return ManyRows(self._dialect, len(columns), many=f"INSERT {_ALL_OR_NOTHING} {into} {{rows}}{tail}", each=each)

    def _update(self, columns: Sequence[str]) -> ManyRows:
        """Update sessions; the key and the generation stand behind the columns in each row."""
        places = len(columns) + 2
        each = ", ".join(f"{column} = %s" for column in columns)
        # SQLite calls the columns of VALUES column1, column2, ...
        many = ", ".join(f"{column} = told.column{place}" for place, column in enumerate(columns, 1))
        return ManyRows(
            self._dialect,
            places,
            many=f"UPDATE {_ALL_OR_NOTHING} session SET {many} "  # noqa: S608 - our own names
            f"FROM (VALUES {{rows}}) AS told "
            f"WHERE key = told.column{places - 1} AND generation = told.column{places}",
            each=f"UPDATE session SET {each} WHERE key = %s AND generation = %s",  # noqa: S608 - likewise
        )

    def write_logins(self, connection: Connection, entries: Sequence[LoginEntry]) -> int:
        """Insert logins and return how many were new: after a broken commit some may be there already."""
        return self._insert_logins.write(connection, entries)

    def write_traces(self, connection: Connection, traces: Sequence[Trace]) -> None:
        """Insert the traces that are not there; another worker may have written the same ones."""
        self._insert_traces.write(connection, sorted(traces))  # in order, so that two writers do not wait in a circle

    def write_records(self, connection: Connection, records: Iterable[AccountingRecord]) -> None:
        """Bring sessions up to date with a batch of records, in the order in which they came."""
        if self._postgresql:
            # All here goes by key. A plan made while the table was empty would read all of it for every row, and is
            # kept with the prepared statement until somebody runs ANALYZE.
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        batch: list[AccountingRecord] = []
        for record in records:
            if record.status is _ON or record.status is _OFF:
                self._write_sessions(connection, batch)
                batch = []
                self._restart(connection, record)
            else:
                batch.append(record)
        self._write_sessions(connection, batch)

    def _restart(self, connection: Connection, record: AccountingRecord) -> None:
        """Close every open session of a device that started before it went down or came up (RFC 2866 §5.1).

        A device record may stand for a whole prefix, so sessions that tell another NAS than the record are left.
        """
        at, mark = accounting_time(record), self._mark
        where = f"device = {mark} AND stopped_at IS NULL AND started_at < {mark}"
        arguments: list[Any] = [at, Ending.RESTARTED.value, record.device, at]
        for column in ("nas_identifier", "nas_address"):
            told = getattr(record, column)
            if told is not None:
                where += f" AND ({column} IS NULL OR {column} = {mark})"
                arguments.append(told)
        if self._postgresql:
            # Rows are locked in the order of their keys everywhere, so that no two writers wait in a circle.
            lock = f"SELECT number FROM session WHERE {where} ORDER BY key FOR UPDATE"  # noqa: S608 - our own names
            connection.exec_driver_sql(lock, tuple(arguments[2:]))
        closed = f"UPDATE session SET stopped_at = {mark}, cause = {mark} WHERE {where}"  # noqa: S608 - our own names
        connection.exec_driver_sql(closed, tuple(arguments))

    def _write_sessions(self, connection: Connection, batch: list[AccountingRecord]) -> None:
        if not batch:
            return
        keyed = [(key_of(record), record) for record in batch]
        stored = {}
        newest: dict[bytes, Session] = {}
        for row in self._rows(connection, sorted({key for key, _ in keyed})):
            session = Session._make(row)
            stored[session.key, session.generation] = session
            newest[session.key] = session
        written: dict[tuple[bytes, int], Session] = {}
        addresses: list[_Address] = []
        for key, record in keyed:
            before = newest.get(key)
            for session in advance(before, key, record):
                written[key, session.generation] = newest[key] = session
                addresses += _new_addresses(before, session, record)
        self._store(connection, stored, written)
        self._insert_addresses.write(connection, addresses)

    def _rows(self, connection: Connection, keys: list[bytes]) -> Iterator[Sequence[Any]]:
        """Give all generations of these keys, the newest of each last; on PostgreSQL locked until the commit."""
        if self._postgresql:
            chosen = f"{self._select} = ANY(%s) ORDER BY key, generation FOR UPDATE"
            yield from connection.exec_driver_sql(chosen, (keys,))
            return
        for start in range(0, len(keys), _CHUNK):
            chunk = keys[start : start + _CHUNK]
            # Few different lengths, so that the statement is found prepared.
            length = next(size for size in (1, 8, 64, _CHUNK) if size >= len(chunk))
            chunk += [chunk[-1]] * (length - len(chunk))
            chosen = f"{self._select} IN ({', '.join('?' * length)}) ORDER BY key, generation"
            # The driver's own rows, all at once: nothing of them is looked up by name.
            yield from connection.exec_driver_sql(chosen, tuple(chunk)).cursor.fetchall()

    def _store(
        self,
        connection: Connection,
        stored: dict[tuple[bytes, int], Session],
        written: dict[tuple[bytes, int], Session],
    ) -> None:
        new: list[Session] = []
        progress: list[tuple[Any, ...]] = []
        whole: list[tuple[Any, ...]] = []
        for place, session in written.items():
            before = stored.get(place)
            if before is None:
                new.append(session)
                continue
            values = _progress(session)
            if _indexed(before) == _indexed(session):
                progress.append((*values, *place))
            else:
                whole.append((*values, *_indexed(session), *place))
        new.sort(key=itemgetter(0))  # by key, as the rows are locked
        self._insert_sessions.write(connection, new)
        self._update_progress.write(connection, progress)
        self._update_whole.write(connection, whole)


def _progress(session: Session) -> tuple[Any, ...]:
    return (
        session.login_number, session.port, session.nas_port, session.nas_address, session.nas_identifier,
        session.zone, session.updated_at, session.interim, session.seconds, session.octets_in, session.octets_out,
    )  # fmt: skip


def _indexed(session: Session) -> tuple[Any, ...]:
    return (
        session.login, session.subject, session.address, session.address6, session.started_at, session.stopped_at,
        session.cause,
    )  # fmt: skip


def _new_addresses(before: Session | None, session: Session, record: AccountingRecord) -> Iterator[_Address]:
    """Give the addresses that a session did not have before this record."""
    same = before is not None and before.generation == session.generation
    for old, new in (
        (before.address if same and before is not None else None, session.address),
        (before.address6 if same and before is not None else None, session.address6),
    ):
        if new is not None and new != old:
            # A session that begins with the record had the address all the time.
            since = max(accounting_time(record), session.started_at) if same else session.started_at
            yield _Address(session.key, session.generation, new, since)
