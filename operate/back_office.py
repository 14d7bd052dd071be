"""The work that nobody waits for at a port: publish the registry, carry out orders, close lost sessions.

Started by the supervisor as `python -m operate.back_office SETTINGS`; one for each installation.
"""

import asyncio
import gc
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

import structlog

from access import bindings
from access.enforcement import Kind, Order, open_orders, record_outcome
from access.sessions import sweep
from directory import outbox, people
from directory.backends.wire import DirectoryUnavailable
from directory.publication import Publisher, outbox_state
from operate.heartbeat import INTERVAL, Heart, ParentGone
from operate.logs import configure
from operate.orders import carry_out
from operate.settings import Settings
from operate.wiring import load_knowledge, open_sealer, open_store, publishing_pool, redirect_key
from radius.dynauth_client import DynauthClient
from store.changes import Change, Feed, prune
from store.leadership import Leadership

log = structlog.get_logger()

LOOK = 1.0  # seconds after which the outbox and the orders are looked at without a nudge
SWEEP = 30.0  # seconds between two looks for sessions that fell silent
PRUNE = 3600.0  # seconds between two removals of rows that nobody needs
ATTEND = 3600.0  # seconds between two times that a publisher says that it is there
ORDERS_AT_ONCE = 32
PUBLISHED_AT_ONCE = 500  # subjects, a second or less: then whoever is to be out comes first again, or we stop
PROBES_AT_ONCE = 8  # of these: devices that say nothing must not keep people in who are to be out
# Seconds before a device is told to ask again: it may ask within a millisecond, and all workers of all nodes must have
# read the binding by then. They follow the feed within milliseconds; a lost nudge is caught up within half a second,
# and then the person is shown the portal once more.
GRACE = 0.3


class BackOffice:
    """Three loops over one database."""

    def __init__(self, settings: Settings, loop: asyncio.AbstractEventLoop) -> None:
        """Open what is needed."""
        self._settings = settings
        self._loop = loop
        self._heart = Heart()
        self._stopping = asyncio.Event()
        self._publish = asyncio.Event()
        self._news = asyncio.Event()  # something that the parent waits for: beat at once
        self._order = asyncio.Event()
        self._counts: Counter[tuple[str, ...]] = Counter()
        self._working = False
        self._leading = False
        self._under_way: dict[int, Kind] = {}  # numbers of orders
        self._publishes = settings.directory.publishes
        self._attended: float | None = None  # time.monotonic of the last time; None: not since publication was taken
        self._store = open_store(settings)
        self._sealer = open_sealer(settings, self._store)
        self._pool = publishing_pool(settings)
        # Apart: a node that does not publish must not keep one that does from leading.
        self._publication = Leadership(self._store, "publication")
        self._leadership = Leadership(self._store, "back-office")
        self._publisher = Publisher(self._store, self._pool, settings.directory.suffix)
        self._client = DynauthClient()
        self._redirect_key = redirect_key(settings)
        self._feed = Feed(self._store, "back-office", self._changed)
        self._feed.start()

    def _changed(self, changes: Sequence[Change]) -> None:
        kinds = {change.kind for change in changes}
        if kinds & {"publication", "person", "unit", "endpoint"}:
            self._loop.call_soon_threadsafe(self._publish.set)
        if "order" in kinds:
            self._loop.call_soon_threadsafe(self._order.set)

    def stop(self) -> None:
        """Begin to stop."""
        self._stopping.set()

    async def run(self) -> None:
        """Work until told to stop."""
        loops = (self._publish_always, self._order_always, self._sweep_always, self._beat_always)
        tasks = [self._loop.create_task(one()) for one in loops]
        stopping = self._loop.create_task(self._stopping.wait())
        try:
            done, _ = await asyncio.wait({stopping, *tasks}, return_when=asyncio.FIRST_COMPLETED)
            for task in done - {stopping}:
                task.result()
        finally:
            for task in (*tasks, stopping):
                task.cancel()
            await asyncio.gather(*tasks, stopping, return_exceptions=True)
            await self._loop.run_in_executor(None, self._feed.stop)
            self._pool.close()
            self._publication.release()
            self._leadership.release()
            self._store.close()

    async def _wait(self, nudged: asyncio.Event, seconds: float) -> None:
        # Not wait_for: before Python 3.12 it can lose a cancellation that meets the event.
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await nudged.wait()
        nudged.clear()

    async def _lead(self) -> None:
        """Of several nodes with one database, one sends orders and sweeps; the others stand by."""
        leading = await self._loop.run_in_executor(None, self._leadership.held)
        if leading != self._leading:
            log.info("back office leads" if leading else "back office stands by")
            self._leading = leading

    # --- publication ----------------------------------------------------------------------------------------------

    async def _publish_always(self) -> None:
        publish = partial(self._publisher.run_once, most=PUBLISHED_AT_ONCE)
        while not self._stopping.is_set():
            more = False
            try:
                await self._lead()
                if self._publishes and await self._loop.run_in_executor(None, self._take_publication):
                    published = await self._loop.run_in_executor(None, publish)
                    self._counts["published", "done"] += published.done
                    self._counts["published", "failed"] += published.failed
                    more = published.done + published.failed >= PUBLISHED_AT_ONCE
                if not self._working:
                    self._working = True  # a back office that stands by is ready as well
                    self._news.set()
            except DirectoryUnavailable:
                if self._working:  # one line for each outage, and no try for each change that comes meanwhile
                    log.warning("publication waits", reason="directory unavailable")
                self._working = False
                await asyncio.sleep(LOOK)
            except Exception:
                self._working = False
                log.exception("publication failed")
            if not more:
                await self._wait(self._publish, LOOK)

    def _take_publication(self) -> bool:
        """Say whether this node is the one that publishes, and let the database know that there is one."""
        if not self._publication.held():
            self._attended = None
            return False
        if self._attended is None or time.monotonic() - self._attended > ATTEND:
            with self._store.write() as unit:
                queued = outbox.attend(unit)
            self._attended = time.monotonic()
            if queued:
                log.warning("publication begins anew", queued=queued)
        return True

    # --- orders ---------------------------------------------------------------------------------------------------

    async def _order_always(self) -> None:
        under_way = self._under_way
        tasks: set[asyncio.Task[None]] = set()
        try:
            while not self._stopping.is_set():
                try:
                    orders = await self._loop.run_in_executor(None, self._open_orders)
                except Exception:
                    log.exception("orders not read")
                    orders = []
                for order in orders:
                    if order.number in under_way or not has_room(under_way, order.kind):
                        continue
                    under_way[order.number] = order.kind
                    task = self._loop.create_task(self._carry_out(order))
                    tasks.add(task)
                    task.add_done_callback(tasks.discard)
                    task.add_done_callback(partial(_discard, under_way, order.number))
                await self._wait(self._order, LOOK)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _open_orders(self) -> list[Order]:
        if not self._leading:
            return []
        with self._store.read() as session:
            return open_orders(session)

    async def _carry_out(self, order: Order) -> None:
        try:
            if order.kind is Kind.REAUTHENTICATE:
                await asyncio.sleep(GRACE)
            rulebook, devices = await self._loop.run_in_executor(
                None, load_knowledge, self._settings, self._store, self._sealer
            )
            answer = await carry_out(self._client, order, devices, rulebook.zones, self._redirect_key)
            await self._loop.run_in_executor(None, self._keep, order, answer.outcome.value, answer.detail)
            self._counts["ordered", answer.outcome.value] += 1
            log.info("order answered", order=order.number, outcome=answer.outcome.value, detail=answer.detail)
        except asyncio.CancelledError:
            raise
        except Exception:
            log.exception("order failed", order=order.number)
            await asyncio.sleep(LOOK)  # it stays open and is tried again

    def _keep(self, order: Order, outcome: str, detail: str) -> None:
        with self._store.write() as unit:
            record_outcome(unit, order.number, outcome, detail)

    # --- sessions -------------------------------------------------------------------------------------------------

    async def _sweep_always(self) -> None:
        pruned, spelled = 0.0, False
        while not self._stopping.is_set():
            try:
                await self._loop.run_in_executor(None, self._sweep)
                if not spelled:
                    await self._loop.run_in_executor(None, self._respell)
                    spelled = True
                if time.monotonic() - pruned > PRUNE:
                    pruned = time.monotonic()
                    await self._loop.run_in_executor(None, self._prune)
            except Exception:
                log.exception("sessions not swept")
            await asyncio.sleep(SWEEP)

    def _sweep(self) -> None:
        if not self._leading:
            return
        with self._store.write() as unit:
            closed = sweep(unit, self._settings.access)
        if closed:
            log.info("silent sessions closed", sessions=closed)

    def _respell(self) -> None:
        """Let searches find people who were there before names were spelled out; once, after an upgrade."""
        done = 0
        while not self._stopping.is_set():
            with self._store.write() as unit:
                several = people.respell(unit)
            if not several:
                break
            done += several
        if done:
            log.info("names spelled out", people=done)

    def _prune(self) -> None:
        with self._store.write() as unit:
            prune(unit)
            bindings.prune(unit)
            discarded = 0 if self._publishes else outbox.discard(unit)
        if discarded:
            log.info("outbox discarded", rows=discarded, reason="nobody publishes")

    # --- heartbeat ------------------------------------------------------------------------------------------------

    async def _beat_always(self) -> None:
        while not self._stopping.is_set():
            now = time.time()
            gauges = {
                "feed_behind": min(self._feed.behind(now), 1e9),
                "orders_open": float(len(self._under_way)),
            }
            if self._publishes:
                gauges |= await self._outbox_gauges(now)
            try:
                self._heart.beat(ready=self._working, counters=self._counts, gauges=gauges)
            except ParentGone:
                self._stopping.set()
                return
            await self._wait(self._news, INTERVAL)

    async def _outbox_gauges(self, now: float) -> dict[str, float]:
        try:
            waiting, oldest = await self._loop.run_in_executor(None, self._outbox)
        except Exception:
            log.exception("outbox not read")
            return {}
        return {"outbox": float(waiting), "outbox_age": now - oldest if oldest is not None else 0.0}

    def _outbox(self) -> tuple[int, float | None]:
        with self._store.read() as session:
            return outbox_state(session)


def has_room(under_way: Mapping[int, Kind], kind: Kind) -> bool:
    """Say whether one more order of this kind may go beside those that are under way."""
    if kind is Kind.PROBE and sum(one is Kind.PROBE for one in under_way.values()) >= PROBES_AT_ONCE:
        return False
    return len(under_way) < ORDERS_AT_ONCE


def _discard(under_way: dict[int, Kind], number: int, _task: object) -> None:
    under_way.pop(number, None)


def main(arguments: Sequence[str]) -> None:
    """Work until SIGTERM."""
    gc.enable()  # see operate/__init__.py
    settings = Settings.load(Path(arguments[0]))
    configure(settings.truename.log_format, settings.truename.log_level, keep=True)
    structlog.contextvars.bind_contextvars(process="back-office", pid=os.getpid())

    async def work() -> None:
        loop = asyncio.get_running_loop()
        office = BackOffice(settings, loop)
        for one in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(one, office.stop)
        await office.run()

    asyncio.run(work())


if __name__ == "__main__":
    main(sys.argv[1:])
