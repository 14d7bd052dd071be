"""The change feed: what was changed, in the order of commits, for every process that keeps a copy in memory."""

import contextlib
import os
import select
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

import structlog
from sqlalchemy import delete, func
from sqlalchemy import select as query
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, Session

from store.clock import Clock, SystemClock
from store.nudges import Nudged
from store.tables import Counted, Instant, Table, Words

if TYPE_CHECKING:
    import psycopg

    from store.engine import Store, Unit  # engine writes the rows and imports this file

CHANNEL = "truename_change"  # of LISTEN and NOTIFY
_LOOK = 0.5  # seconds after which a follower looks without a nudge
_BATCH = 1000  # changes handed over at once
_KEPT = 7 * 86400.0  # seconds for which change rows are kept

log = structlog.get_logger()


class ChangeRow(Table):
    """Something was changed. Numbers are visible in the order of commits and never given twice."""

    __tablename__ = "change"
    __table_args__ = ({"sqlite_autoincrement": True},)

    number: Mapped[Counted]
    kind: Mapped[Words]  # unit, person, endpoint, publication, device, zone, rule, order, session, binding
    subject: Mapped[Words]
    at: Mapped[Instant]


class Change(NamedTuple):
    """One row of the feed."""

    number: int
    kind: str
    subject: str
    at: float  # seconds since the epoch


def head(session: Session) -> int:
    """Return the number of the newest change, 0 where there is none."""
    return session.execute(query(func.max(ChangeRow.number))).scalar() or 0


def prune(unit: "Unit") -> int:
    """Remove change rows that no follower can still need; return how many."""
    gone = delete(ChangeRow).where(ChangeRow.at < unit.now - _KEPT).returning(ChangeRow.number)
    return len(unit.session.execute(gone).all())


class _Signal(Protocol):
    """Tells a follower when to look."""

    def wait(self, seconds: float) -> None:
        """Return when there may be something new, at the latest after `seconds`."""

    def wake(self) -> None:
        """Make the current or next `wait` return at once."""

    def close(self) -> None:
        """Let go of sockets."""


class _Notified:
    """LISTEN on PostgreSQL over a connection of its own, made again whenever it was lost."""

    def __init__(self, store: "Store") -> None:
        self._url = store.engine.url
        self._connection: psycopg.Connection[tuple[object, ...]] | None = None
        self._listen()
        self._woken = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)

    def _listen(self) -> "psycopg.Connection[tuple[object, ...]]":
        import psycopg  # SQLite does without, and starts a little sooner

        if self._connection is None:
            url = self._url.set(drivername="postgresql")
            connection = psycopg.connect(
                url.render_as_string(), autocommit=True, connect_timeout=5, tcp_user_timeout=20_000
            )
            connection.execute(f"LISTEN {CHANNEL}")
            self._connection = connection
        return self._connection

    def wait(self, seconds: float) -> None:
        from psycopg import Error

        try:
            connection = self._listen()
            select.select([connection.fileno(), self._woken], [], [], seconds)
            for _ in connection.notifies(timeout=0):
                pass
        except Error:
            self._drop()
            select.select([self._woken], [], [], seconds)  # the server is away: look later, and do not spin
        with contextlib.suppress(BlockingIOError):
            os.eventfd_read(self._woken)

    def wake(self) -> None:
        os.eventfd_write(self._woken, 1)

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def close(self) -> None:
        self._drop()
        os.close(self._woken)


class Feed:
    """One follower of the feed, in a thread of its own.

    Call `start` first and load what you keep afterwards: changes from the moment of `start` on are delivered, and
    whatever was committed before it is in what you load. A change may so be seen twice, never not at all.
    `deliver` that raises is called again with the same changes; meanwhile `behind` grows.
    """

    def __init__(
        self,
        store: "Store",
        name: str,
        deliver: Callable[[Sequence[Change]], None],
        *,
        clock: Clock | None = None,
    ) -> None:
        self.name = name
        self.position = 0  # number of the last change that was delivered
        self._store = store
        self._deliver = deliver
        self._clock = clock or SystemClock()
        self._known_at = float("-inf")
        self._lost = False
        self._away = False  # said once for each time that the database is away
        self._stopping = threading.Event()
        self._signal: _Signal | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Take the newest position and begin to follow. Raises what the database raises."""
        nudges = self._store.nudges
        signal: _Signal = Nudged(nudges) if nudges is not None else _Notified(self._store)
        try:
            at = self._clock.now()
            with self._store.read() as session:
                self.position = head(session)
            self._known_at = at
        except BaseException:
            signal.close()
            raise
        self._signal = signal
        self._thread = threading.Thread(target=self._run, args=(signal,), name=f"feed {self.name}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread; when this returns, nothing more is delivered."""
        if self._thread is None or self._signal is None:
            return
        self._stopping.set()
        self._signal.wake()
        self._thread.join()
        self._signal.close()
        self._thread = None

    def behind(self, now: float) -> float:
        """Return the seconds since the follower knew that it had everything; infinite before `start`."""
        return float("inf") if self._lost else max(0.0, now - self._known_at)

    def _run(self, signal: _Signal) -> None:
        while not self._stopping.is_set():
            try:
                more = self._look()
            except SQLAlchemyError:
                if not self._away:
                    log.warning("change feed unreachable", feed=self.name, position=self.position)
                self._away, more = True, False
            except Exception:
                log.exception("change not taken in", feed=self.name, position=self.position)
                more = False
            if self._lost:
                return
            if not more:
                signal.wait(_LOOK)

    def _look(self) -> bool:
        """Deliver what is new; return whether there is more."""
        at = self._clock.now()
        if at - self._known_at > _KEPT / 2:
            # Rows may be gone that were never seen. Only a fresh start can tell; until then nobody may rely on us.
            self._lost = True
            log.error("change feed lost", feed=self.name, position=self.position)
            return False
        newer = (
            query(ChangeRow.number, ChangeRow.kind, ChangeRow.subject, ChangeRow.at)
            .where(ChangeRow.number > self.position)
            .order_by(ChangeRow.number)
            .limit(_BATCH)
        )
        with self._store.read() as session:
            changes = [Change(*row) for row in session.execute(newer)]
        if self._away:
            self._away = False
            log.info("change feed reachable", feed=self.name, position=self.position)
        if changes:
            self._deliver(changes)
            self.position = changes[-1].number
        if len(changes) == _BATCH:
            return True
        self._known_at = at
        return False
