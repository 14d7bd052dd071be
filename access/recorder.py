"""The writer of logins and accounting: one thread, and a commit that takes whatever came while the last one ran.

No batch is ever waited for: an accounting request that comes alone is committed alone, and under load the batches
grow by themselves. An accounting request is answered only once it is durable (RFC 2866 §2); logins were answered
already and ride along, within a second at the latest.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import TypeVar

import structlog
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError

from access.lifetime import AccountingRecord
from access.session_rows import BulkRows, LoginEntry
from access.settings import AccessSettings
from access.traces import Traces
from store.engine import Store

# Seconds that a login waits for company. Each commit writes the pages of three indexes anew, wherever in them its
# logins stand: half as many commits cost half as much, and the rest of a second is enough for the commit itself.
LOGIN_LAG = 0.7
MOST_LOGINS = 20_000  # of one commit
MOST_RECORDS = 5_000  # of one commit: devices wait for it
_REPEATS = 5  # of a batch that met another node's
_PAUSE = 0.5  # seconds without a try after the database failed
# Two nodes wrote the same sessions at once (PostgreSQL appendix A: serialization_failure, deadlock_detected).
_MET = frozenset(("40001", "40P01"))

log = structlog.get_logger()

Item = TypeVar("Item")
Waiting = tuple[AccountingRecord, Callable[[bool], None]]


class Recorder:
    """Any thread may hand over; `done` is called in the writer's thread."""

    def __init__(self, store: Store, settings: AccessSettings) -> None:
        """Start the writer's thread."""
        self.committed = 0  # records and logins that are durable
        self.lost = 0  # logins dropped while the database was away
        self.refused = 0  # accounting requests that were not made durable
        self.traces = Traces()  # a login names one of them
        self._store = store
        self._rows = BulkRows(store.dialect)
        self._most_logins = settings.login_queue
        self._most_records = settings.accounting_queue
        self._logins: deque[LoginEntry] = deque()
        self._records: deque[Waiting] = deque()
        self._idle = False
        self._stopping = False
        self._failing = False
        self._wake = threading.Event()
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """How many logins and records are not durable yet, those of the commit under way not counted."""
        return len(self._logins) + len(self._records)

    def login(self, entry: LoginEntry) -> None:
        """Keep a login; durable within a second while the database works."""
        if self._stopping or len(self._logins) >= self._most_logins:
            self.lost += 1
            return
        self._logins.append(entry)

    def account(self, record: AccountingRecord, done: Callable[[bool], None]) -> None:
        """Make a record durable, then call `done(True)`; `done(False)`: it is not, and the device has to repeat.

        Where nothing more can wait, `done(False)` comes at once, in the caller's thread.
        """
        if self._stopping or len(self._records) >= self._most_records:
            self.refused += 1
            done(False)
            return
        self._records.append((record, done))
        # The writer says that it is idle before it looks a last time, and we look after we added: one of us sees.
        if self._idle:
            self._wake.set()

    def stop(self) -> None:
        """Write what is there, then end the thread. Afterwards nothing is taken any more."""
        self._stopping = True
        self._end.set()
        self._wake.set()
        self._thread.join()
        self._refuse(_take(self._records, len(self._records)))  # handed over while the thread ended

    def _run(self) -> None:
        while True:
            self._wait()
            stopping = self._stopping  # read before the queues: what came before it is in them
            logins = _take(self._logins, MOST_LOGINS)
            records = _take(self._records, MOST_RECORDS)
            if logins or records:
                self._settle(logins, records)
                if self._failing:
                    self._end.wait(_PAUSE)
            if stopping and (self._failing or not (self._logins or self._records)):
                break
        self.lost += len(self._logins)

    def _wait(self) -> None:
        if self._records or self._stopping or len(self._logins) >= MOST_LOGINS:
            return
        self._wake.clear()
        self._idle = True
        if not self._records and not self._stopping:
            self._wake.wait(LOGIN_LAG)
        self._idle = False

    def _settle(self, logins: list[LoginEntry], records: list[Waiting]) -> None:
        try:
            self._write(logins, records)
        except Exception as failure:  # noqa: BLE001 - the thread must outlive whatever a database can raise
            if _is_away(failure):
                self._away(logins, records, failure)
            else:
                self._single_out(logins, records, failure)
            return
        if self._failing:
            self._failing = False
            log.info("records written again", lost=self.lost, refused=self.refused)
        self.committed += len(logins) + len(records)
        for record in records:
            _tell(record, kept=True)

    def _write(self, logins: Sequence[LoginEntry], records: Sequence[Waiting]) -> None:
        traces = self.traces.take()
        for attempt in range(_REPEATS):
            try:
                with self._store.write() as unit:
                    connection = unit.session.connection()
                    self._rows.write_traces(connection, traces)
                    new = self._rows.write_logins(connection, logins)
                    self._rows.write_records(connection, [record for record, _ in records])
            except Exception as failure:
                if attempt == _REPEATS - 1 or not isinstance(failure, DBAPIError) or not _has_met(failure):
                    self.traces.put_back(traces)
                    raise
            else:
                if new != len(logins):
                    log.warning("login numbers taken", logins=len(logins) - new)
                return

    def _away(self, logins: list[LoginEntry], records: list[Waiting], failure: Exception) -> None:
        """Keep the logins for later, and let the devices repeat the rest."""
        if not self._failing:
            self._failing = True
            log.error("records not written", error=type(failure).__name__)
        self._logins.extendleft(reversed(logins))
        while len(self._logins) > self._most_logins:
            self._logins.pop()
            self.lost += 1
        self._refuse(records)

    def _single_out(self, logins: list[LoginEntry], records: list[Waiting], failure: Exception) -> None:
        """Write all but the one that the database does not take: it must not keep the others from being durable."""
        if len(logins) + len(records) == 1:
            log.error("record not writable", error=type(failure).__name__)
            self.lost += len(logins)
            self._refuse(records)
            return
        half_logins, half_records = (len(logins) + 1) // 2, len(records) // 2
        self._settle(logins[:half_logins], records[:half_records])
        self._settle(logins[half_logins:], records[half_records:])

    def _refuse(self, records: Sequence[Waiting]) -> None:
        self.refused += len(records)
        for record in records:
            _tell(record, kept=False)


def _take(queue: deque[Item], most: int) -> list[Item]:
    return [queue.popleft() for _ in range(min(len(queue), most))]


def _tell(waiting: Waiting, *, kept: bool) -> None:
    try:
        waiting[1](kept)
    except Exception:  # a caller's fault must not end the thread
        log.exception("answer not passed on")


def _is_away(failure: Exception) -> bool:
    """Whether the database itself is the trouble, and not what we asked of it."""
    if isinstance(failure, DBAPIError):
        return isinstance(failure, OperationalError | InterfaceError) or failure.connection_invalidated
    return isinstance(failure, OSError)


def _has_met(failure: DBAPIError) -> bool:
    return isinstance(failure, IntegrityError) or getattr(failure.orig, "sqlstate", None) in _MET
