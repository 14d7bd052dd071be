"""One RADIUS worker process: sockets, mirror, rules and recorder around a radius.driver.Driver.

Started by the supervisor as `python -m operate.radius_worker SETTINGS NUMBER`.
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
import uvloop

from access.binding_table import BindingTable
from access.device_drops import record_drops
from access.device_table import DeviceTable
from access.devices import record_observed, remember_unknown
from access.lockout import Lockout
from access.recorder import Recorder
from access.rulebook import Rulebook
from directory.mirror import Mirror
from directory.passwords import Passwords
from operate.heartbeat import INTERVAL, Heart, ParentGone
from operate.logs import configure
from operate.reloading import Reloading
from operate.settings import Settings
from operate.wiring import (
    attribute_names,
    class_key,
    follow,
    load_knowledge,
    mirroring,
    open_sealer,
    open_store,
    redirect_key,
)
from radius.accounting import ClassSeal
from radius.admission import Admission, Rate
from radius.driver import Driver, Limits
from radius.exchange import Door, Exchange
from radius.forgery import Observed
from radius.listeners import Wire
from radius.quiet import KEY, Quiet
from radius.session_limits import SessionLimits
from radius.settings import LANES
from radius.silences import Noticed
from store.changes import Change, Feed

log = structlog.get_logger()

FLUSH = 2.0  # seconds between two writes of observations and unknown sources


class Worker:
    """Everything of one process, and the order in which it starts and stops."""

    def __init__(self, settings: Settings, number: int, loop: asyncio.AbstractEventLoop) -> None:
        """Open what the worker needs; nothing listens yet."""
        self._settings = settings
        self._loop = loop
        self._stopping = asyncio.Event()
        self._known = asyncio.Event()
        self._news = asyncio.Event()  # something that the parent waits for: beat at once
        self._heart = Heart()
        self._store = open_store(settings)
        self._sealer = open_sealer(settings, self._store)
        self._reloading = Reloading(loop, settings, self._store, self._sealer)
        self._bindings = BindingTable()
        self._feed = Feed(self._store, f"radius-{number}", self._changed)
        self._feed.start()  # before the first load: what changes meanwhile comes after it
        self._bindings.load(self._store)
        rulebook, devices = load_knowledge(settings, self._store, self._sealer)
        reach = mirroring(settings)
        self._pool = reach.pool()
        bind = self._pool.bind_as if settings.directory.verify == "bind" else None
        self._passwords = Passwords(settings.directory, bind=bind)
        names = attribute_names(settings)
        self._mirror = Mirror(
            names=names,
            on_change=self._person_changed,
            settled=self._settled,
        )
        self._follower = follow(settings, reach, self._mirror, names)
        self._recorder = Recorder(self._store, settings.access)
        radius = settings.radius
        self._quiet = Quiet(
            after=radius.quiet_after, window=radius.quiet_window, seconds=radius.quiet_seconds, key=os.urandom(KEY)
        )
        self._session_limits = SessionLimits(loop, self._store)
        self.driver = self._make_driver(number, rulebook, devices)
        self._wires: list[Wire] = []

    def _make_driver(self, number: int, rulebook: Rulebook, devices: DeviceTable) -> Driver:
        settings, access, radius = self._settings, self._settings.access, self._settings.radius
        exchange = Exchange(
            devices,
            duplicate_seconds=radius.duplicate_seconds,
            admission=Admission(
                device=Rate(radius.device_rate, radius.device_burst), login=Rate(radius.login_rate, radius.login_burst)
            ),
            local_realms=frozenset(realm.casefold() for realm in radius.realms),
            default_require=radius.require_message_authenticator,
            default_limit=radius.limit_proxy_state,
        )
        hashes_of_one = max(settings.directory.hash_queue // 2, 1)
        return Driver(
            self._loop,
            exchange,
            mirror=self._mirror,
            passwords=self._passwords,
            lockout=Lockout.of(access),
            recorder=self._recorder,
            rulebook=rulebook,
            bindings=self._bindings,
            seal=ClassSeal(class_key(settings)),
            redirect_key=redirect_key(settings),
            limits=Limits(settings.directory.max_age, radius.reject_delay, access.interim, hashes_of_one),
            quiet=self._quiet,
            session_limits=self._session_limits,
            lane=settings.truename.node * LANES + number,
            clock=time.time,
            chance=os.urandom,
        )

    def _person_changed(self, subject: str) -> None:
        """Forget what was concluded from an entry as it was; told by the thread that follows the directory."""
        self._passwords.forget(subject)
        self._quiet.end_all()

    def _changed(self, changes: Sequence[Change]) -> None:
        self._reloading.noticed(changes)
        # Here in the feed's thread, and without the rulebook: a person waits in front of the portal's page.
        self._bindings.follow(self._store, changes)

    def _settled(self) -> None:
        self._loop.call_soon_threadsafe(self._known.set)

    def stop(self) -> None:
        """Begin to stop."""
        self._stopping.set()

    async def run(self) -> None:
        """Serve until told to stop; then finish what was acknowledged."""
        tasks = [
            self._loop.create_task(work())
            for work in (self._beat_always, self._reload_always, self._flush_always, self._listen_once_known)
        ]
        try:
            stopping = self._loop.create_task(self._stopping.wait())
            done, _ = await asyncio.wait({stopping, *tasks}, return_when=asyncio.FIRST_COMPLETED)
            for task in done - {stopping}:
                task.result()  # a task of ours that ended is a fault: let it be seen, and the parent restart us
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._close()

    async def _close(self) -> None:
        """Stop in order: no new requests, hashes under way, the last commit, its answers, then the rest."""
        answering = list(self._wires)
        for wire in answering:
            self._loop.remove_reader(wire.socket)
        in_thread = partial(self._loop.run_in_executor, None)
        await in_thread(self._passwords.close)
        await asyncio.sleep(0)  # what the hash threads concluded is recorded now, or counted first
        await in_thread(self._session_limits.close)
        await asyncio.sleep(0)
        await in_thread(self._recorder.stop)
        await asyncio.sleep(0.05)  # answers of the last commit leave
        for wire in answering:
            wire.close(self._loop)
        await in_thread(self._follower.stop)
        await in_thread(self._feed.stop)
        await in_thread(self._keep, self.driver.exchange.take_observations(), self.driver.silences.take())
        self._pool.close()
        self._store.close()

    async def _listen_once_known(self) -> None:
        """Open the sockets when the directory is known: before that, silence makes the switch ask another node."""
        self._follower.start()
        await self._known.wait()
        gc.collect()
        gc.freeze()  # the mirror's objects are for good: full collections no longer walk them
        radius = self._settings.radius
        for address in radius.listen:
            for port, door in ((radius.auth_port, Door.AUTHENTICATION), (radius.acct_port, Door.ACCOUNTING)):
                try:
                    wire = Wire(address, port, door, radius.receive_buffer, reuse=True)
                except OSError as failure:
                    if ":" in address and address == "::":
                        log.warning("no IPv6 here", address=address, error=failure.strerror)
                        continue
                    log.error("port taken", address=address, port=port, error=failure.strerror)  # noqa: TRY400 - words do
                    raise
                wire.listen(self._loop, self.driver)
                self._wires.append(wire)
        self._news.set()
        log.info("worker ready", people=self._mirror.people)
        await asyncio.Event().wait()

    async def _reload_always(self) -> None:
        await self._reloading.always(self._take)

    def _take(self, rulebook: Rulebook, devices: DeviceTable) -> None:
        self.driver.rulebook = rulebook
        self.driver.exchange.replace_devices(devices)
        self._quiet.end_all()

    async def _flush_always(self) -> None:
        exchange = self.driver.exchange
        while True:
            await asyncio.sleep(FLUSH)
            observed, noticed = exchange.take_observations(), self.driver.silences.take()
            if not await self._loop.run_in_executor(None, self._keep, observed, noticed):
                exchange.give_back(observed)

    def _keep(self, observed: Mapping[int, Observed], noticed: Noticed) -> bool:
        """Write down what was seen; return whether it is written. Counts that are lost are told by the metrics."""
        if not observed and not noticed.devices and not noticed.strangers:
            return True
        try:
            with self._store.write() as unit:
                for device, seen in observed.items():
                    record_observed(unit, device, seen.value)
                if noticed.devices:
                    record_drops(unit, noticed.devices)
                if noticed.strangers:
                    remember_unknown(unit, noticed.strangers)
        except Exception:
            log.exception("observations not kept")
            return False
        return True

    async def _beat_always(self) -> None:
        counted: Counter[tuple[str, ...]] = self.driver.counts
        while True:
            now = time.time()
            gauges = {
                "mirror_age": min(self._mirror.age(now), 1e9),
                "mirror_people": float(self._mirror.people),
                "feed_behind": min(self._feed.behind(now), 1e9),
                "hash_waiting": float(self._passwords.waiting),
                "hash_seconds": self._passwords.seconds,
                "records_waiting": float(self._recorder.waiting),
                "records_lost": float(self._recorder.lost),
            }
            try:
                self._heart.beat(ready=bool(self._wires), counters=counted, gauges=gauges)
            except ParentGone:
                self._stopping.set()
                return
            with suppress(TimeoutError):
                async with asyncio.timeout(INTERVAL):
                    await self._news.wait()
            self._news.clear()


def main(arguments: Sequence[str]) -> None:
    """Run one worker until SIGTERM."""
    gc.enable()  # see operate/__init__.py
    settings = Settings.load(Path(arguments[0]))
    number = int(arguments[1])
    configure(settings.truename.log_format, settings.truename.log_level, keep=True)
    structlog.contextvars.bind_contextvars(process=f"radius-{number}", pid=os.getpid())

    async def work() -> None:
        loop = asyncio.get_running_loop()
        worker = Worker(settings, number, loop)
        for one in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(one, worker.stop)
        await worker.run()

    uvloop.run(work())


if __name__ == "__main__":
    main(sys.argv[1:])
