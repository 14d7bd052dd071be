"""Lists of people on their way in: kept in memory from the upload to the end, for the session that brought them.

A list has personal data that is nobody's yet, so it is written nowhere before it is confirmed. It is gone after half an
hour, with the session's next upload, and with the process; the page then asks for the file again.
"""

import secrets
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import structlog

from directory.import_columns import Field
from directory.import_files import Sheet
from directory.imports import Plan
from directory.refusal import RegistryRefused

log = structlog.get_logger()
KEPT = 1800.0  # seconds
MOST = 8  # lists at once, each of up to 50,000 rows; the oldest one goes


@dataclass(slots=True)
class Listed:
    """A list and how far it is. The repr shows none of it."""

    key: str
    session: bytes = field(repr=False)  # hash of the web session that brought it
    name: str = field(repr=False)  # of the file
    sheet: Sheet = field(repr=False)
    mapping: Mapping[Field, int]
    kept_until: float  # seconds since the epoch
    plan: Plan | None = field(default=None, repr=False)
    refused: RegistryRefused | None = None  # why there is no plan, or why it was not carried out
    done: int = 0
    total: int = 0
    work: Future[None] | None = field(default=None, repr=False)

    @property
    def is_under_way(self) -> bool:
        """Whether somebody works on it now."""
        return self.work is not None and not self.work.done()

    @property
    def is_done(self) -> bool:
        """Whether all of it is in the registry."""
        return self.work is not None and self.work.done() and self.refused is None and self.work.exception() is None

    @property
    def has_failed(self) -> bool:
        """Whether it ended by an error that nobody foresaw; nothing was written then."""
        return self.work is not None and self.work.done() and self.work.exception() is not None


class Lists:
    """The lists of one console. Threads may share it; one list at a time is carried out."""

    def __init__(self) -> None:
        self._lists: dict[str, Listed] = {}  # by key, the oldest first
        self._turn = threading.Lock()
        self._worker: ThreadPoolExecutor | None = None

    def keep(self, session: bytes, name: str, sheet: Sheet, mapping: Mapping[Field, int], now: float) -> Listed:
        """Keep a list in the place of an earlier one of its session; `now` is in seconds since the epoch."""
        kept = Listed(secrets.token_hex(16), session, name, sheet, mapping, now + KEPT)
        with self._turn:
            self._forget(lambda each: each.kept_until <= now or each.session == session)
            if len(self._lists) >= MOST:
                oldest = next(iter(self._lists))
                self._forget(lambda each: each.key == oldest)
            self._lists[kept.key] = kept
        return kept

    def find(self, session: bytes, key: str, now: float) -> Listed | None:
        """Return the list of this key, if this session brought it and it is still kept."""
        with self._turn:
            kept = self._lists.get(key)
        if kept is None or kept.session != session or (kept.kept_until <= now and not kept.is_under_way):
            return None
        return kept

    def begin(self, kept: Listed, work: Callable[[], None]) -> bool:
        """Carry a list out behind the page; return False where that is under way or done already."""

        def noted() -> None:
            try:
                work()
            except RegistryRefused as refused:
                kept.refused = refused
            except Exception as failure:
                # Without its text, which may have cells of the list in it.
                log.error("import failed", error=type(failure).__name__)  # noqa: TRY400 - nor a traceback, which has it
                raise

        with self._turn:
            if kept.work is not None and (kept.is_under_way or kept.is_done):
                return False
            self._worker = self._worker or ThreadPoolExecutor(1, thread_name_prefix="import")
            kept.refused, kept.done = None, 0
            kept.work = self._worker.submit(noted)
        return True

    def _forget(self, whether: Callable[[Listed], bool]) -> None:
        for each in [each for each in self._lists.values() if whether(each) and not each.is_under_way]:
            del self._lists[each.key]
