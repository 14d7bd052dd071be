"""The check of the whole record: slow for many rows, so it runs in a thread of its own, once at a time, on request."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from store import acts
from store.engine import Store
from store.record import Chain, verify

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found; times are in seconds since the epoch."""

    at: float
    by: str
    chain: Chain


@dataclass(frozen=True, slots=True)
class Running:
    """How far a check is."""

    since: float
    done: int
    total: int


class IntegrityCheck:
    """One check at a time; the last finding stays until the process ends."""

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self._store, self._clock = store, clock
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self.running: Running | None = None
        self.last: Checked | None = None
        self.failed = False

    def start(self, actor: str) -> bool:
        """Begin a check in the name of an administrator; return False where one is under way."""
        with self._lock:
            if self.running is not None:
                return False
            self.running, self.failed = Running(self._clock(), 0, 0), False
            self._thread = threading.Thread(target=self._run, args=(actor,), name="integrity check", daemon=True)
            self._thread.start()
        return True

    def wait(self) -> None:
        """Return once no check is under way."""
        thread = self._thread
        if thread is not None:
            thread.join()

    def _run(self, actor: str) -> None:
        try:
            chain = self._verified()
            with self._store.write() as unit:
                told = {"acts": chain.acts, "head": chain.head.hex(), "broken": chain.broken}
                unit.act(actor, "audit.verify", "record", None, told)
            self.last = Checked(self._clock(), actor, chain)
        except Exception:  # whatever it is: nobody else would hear of it
            log.exception("integrity check failed")
            self.failed = True
        finally:
            self.running = None

    def _verified(self) -> Chain:
        since = self._clock()
        with self._store.read() as session:
            total = acts.head(session).acts

            def progress(done: int) -> None:
                self.running = Running(since, done, total)

            progress(0)
            return verify(session, progress)
