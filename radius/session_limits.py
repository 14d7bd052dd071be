"""Grants that hold only once it is counted where the person is online: looked up beside the event loop."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import structlog

from access.decision import Decision, Refusal
from access.evidence import Evidence
from access.reasons import Reason
from access.session_limit import limited
from store.engine import Store

log = structlog.get_logger()

THREADS = 2  # a look takes well below a millisecond, and only few people have a limit
WAITING = 256  # looks that may wait: beyond, a request gets no answer and its device asks again


class SessionLimits:
    """One for each worker; asked on its event loop, and answers there."""

    def __init__(self, loop: asyncio.AbstractEventLoop, store: Store) -> None:
        """Open nothing yet: threads start with the first person that has a limit."""
        self._loop = loop
        self._store = store
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="session limit")
        self._waiting = 0

    def ask(self, evidence: Evidence, granted: Decision, done: Callable[[Decision], None]) -> bool:
        """Call `done` with what becomes of a grant; return False where there is no room to ask."""
        if self._waiting >= WAITING:
            return False
        self._waiting += 1

        def told(future: "Future[Decision]") -> None:  # in a thread
            self._loop.call_soon_threadsafe(self._tell, done, future.result())

        self._threads.submit(self._look, evidence, granted).add_done_callback(told)
        return True

    def close(self) -> None:
        """Finish the looks under way; may block."""
        self._threads.shutdown()

    def _look(self, evidence: Evidence, granted: Decision) -> Decision:
        try:
            with self._store.read() as session:
                return limited(session, evidence, granted)
        except Exception:
            log.exception("open sessions not counted")
            return Refusal(Reason.INTERNAL, granted.trace)

    def _tell(self, done: Callable[[Decision], None], decision: Decision) -> None:
        self._waiting -= 1
        done(decision)
