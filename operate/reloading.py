"""Rules and devices in a process that decides: loaded anew as a whole whenever the change feed says so."""

import asyncio
from collections.abc import Callable, Sequence

import structlog

from access.device_table import DeviceTable
from access.rulebook import Rulebook
from operate.settings import Settings
from operate.wiring import load_knowledge
from store.changes import Change
from store.engine import Store
from store.sealing import Sealer

log = structlog.get_logger()

KINDS = frozenset({"device", "zone", "rule", "unit"})  # of changes
PAUSE = 1.0  # seconds before another try


class Reloading:
    """One of each process. `noticed` may be called by any thread, the rest belongs to the loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop, settings: Settings, store: Store, sealer: Sealer) -> None:
        self._loop = loop
        self._asked = asyncio.Event()
        self._load = (settings, store, sealer)

    def noticed(self, changes: Sequence[Change]) -> None:
        """Load anew soon, where a change concerns rules or devices."""
        if any(change.kind in KINDS for change in changes):
            self._loop.call_soon_threadsafe(self._asked.set)

    async def always(self, take: Callable[[Rulebook, DeviceTable], None]) -> None:
        """Hand over what was loaded, each time that it changed; runs until it is cancelled."""
        while True:
            await self._asked.wait()
            self._asked.clear()
            try:
                loaded = await self._loop.run_in_executor(None, load_knowledge, *self._load)
            except Exception:
                # The old rules hold on; `feed_behind` cannot tell, so the log must, and another try follows.
                log.exception("rules not loaded")
                await asyncio.sleep(PAUSE)
                self._asked.set()
                continue
            take(*loaded)
