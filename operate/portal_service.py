"""The process that serves pages: the door for people, my account, the console and its API.

Started by the supervisor as `python -m operate.portal_service SETTINGS`.
"""

import asyncio
import gc
import os
import signal
import socket
import sys
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

import structlog
import uvloop

from access.device_table import DeviceTable
from access.lockout import Lockout
from access.login_numbers import LoginNumbers
from access.recorder import Recorder
from access.rulebook import Rulebook
from directory.mirror import Mirror
from directory.passwords import Passwords
from operate import web_listeners
from operate.attributes_sent import attributes_sent
from operate.heartbeat import INTERVAL, Heart, ParentGone
from operate.logs import configure
from operate.objections import vendor_objections
from operate.reloading import Reloading
from operate.settings import Settings
from operate.web_listeners import addresses, host_of
from operate.web_server import Server, Signpost, server
from operate.wiring import (
    attribute_names,
    follow,
    load_knowledge,
    mirroring,
    open_sealer,
    open_store,
    portal_key,
    publishing_pool,
    redirect_key,
)
from portal import web_sessions
from portal.captive.app import make_door
from portal.console.app import make_console
from portal.knowledge import Knowledge
from radius.settings import LANES
from store.changes import Feed

log = structlog.get_logger()

PRUNE = 3600.0  # seconds between two removals of sessions that nobody can use any more
ABSOLUTE = 31 * 86400.0  # seconds after which any session of a page is over


class PortalService:
    """Everything of one process, and the order in which it starts and stops."""

    def __init__(self, settings: Settings, loop: asyncio.AbstractEventLoop) -> None:
        """Open what the pages need; nothing listens yet."""
        self._settings = settings
        self._loop = loop
        self._stopping = asyncio.Event()
        self._known = asyncio.Event()
        self._news = asyncio.Event()
        self._heart = Heart()
        self._store = open_store(settings)
        self._sealer = open_sealer(settings, self._store)
        self._reloading = Reloading(loop, settings, self._store, self._sealer)
        self._feed = Feed(self._store, "portal", self._reloading.noticed)
        self._feed.start()  # before the first load: what changes meanwhile comes after it
        reach = mirroring(settings)
        self._mirror_pool = reach.pool()
        self._pool = publishing_pool(settings)
        bind = self._mirror_pool.bind_as if settings.directory.verify == "bind" else None
        self._passwords = Passwords(settings.directory, bind=bind)
        names = attribute_names(settings)
        self._mirror = Mirror(names=names, on_change=self._passwords.forget, settled=self._settled)
        self._follower = follow(settings, reach, self._mirror, names)
        self._recorder = Recorder(self._store, settings.access)
        self.knowledge = self._make_knowledge()
        self._servers: list[Server] = []

    def _make_knowledge(self) -> Knowledge:
        settings, access = self._settings, self._settings.access
        rulebook, devices = load_knowledge(settings, self._store, self._sealer)
        door, console = addresses(settings)
        lane = settings.truename.node * LANES + LANES - 1
        return Knowledge(
            store=self._store,
            sealer=self._sealer,
            mirror=self._mirror,
            passwords=self._passwords,
            rulebook=rulebook,
            devices=devices,
            recorder=self._recorder,
            pool=self._pool,
            lockout=Lockout.of(access),
            directory=settings.directory,
            access=access,
            portal=replace(settings.portal, url=door, console_url=console),
            secret=portal_key(settings),
            redirect_key=redirect_key(settings),
            clock=time.time,
            chance=os.urandom,
            next_login=LoginNumbers(lane, int.from_bytes(os.urandom(2), "big")),
            render_attributes=partial(attributes_sent, interim=access.interim),
            objections=vendor_objections,
            radius_ports=(settings.radius.auth_port, settings.radius.acct_port),
            radius_addresses=settings.radius.listen,
        )

    def _settled(self) -> None:
        self._loop.call_soon_threadsafe(self._known.set)

    def stop(self) -> None:
        """Begin to stop."""
        self._stopping.set()

    async def run(self) -> None:
        """Serve until told to stop; then finish what is under way."""
        works = (self._beat_always, self._reload_always, self._prune_always, self._serve_once_known)
        tasks = [self._loop.create_task(work()) for work in works]
        stopping = self._loop.create_task(self._stopping.wait())
        try:
            done, _ = await asyncio.wait({stopping, *tasks}, return_when=asyncio.FIRST_COMPLETED)
            for task in done - {stopping}:
                task.result()  # a task of ours that ended is a fault: let it be seen, and the parent restart us
        finally:
            for one in self._servers:
                one.should_exit = True
            with suppress(TimeoutError):
                async with asyncio.timeout(6):
                    await asyncio.gather(tasks[-1], return_exceptions=True)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._close()

    async def _close(self) -> None:
        in_thread = partial(self._loop.run_in_executor, None)
        await in_thread(self._passwords.close)
        await in_thread(self._recorder.stop)
        await in_thread(self._follower.stop)
        await in_thread(self._feed.stop)
        self._mirror_pool.close()
        self._pool.close()
        self._store.close()

    async def _serve_once_known(self) -> None:
        """Open the sockets when the directory is known: a page that knows nobody would turn everybody away."""
        self._follower.start()
        await self._known.wait()
        servers = self._make_servers()
        self._servers = [one for one, _ in servers]
        self._news.set()
        log.info("pages ready", people=self._mirror.people)
        await asyncio.gather(*(one.serve(sockets=[socket]) for one, socket in servers))

    def _make_servers(self) -> list[tuple[Server, socket.socket]]:
        portal = self.knowledge.portal
        names = tuple(dict.fromkeys(filter(None, (host_of(portal.url), host_of(portal.console_url)))))
        secure_door = portal.url.startswith("https:")
        secure_console = portal.console_url.startswith("https:")
        tls = web_listeners.certificate(self._settings, names) if secure_door or secure_console else None
        made = []
        door = make_door(self.knowledge, origin=portal.url, secure=secure_door)
        if portal.listen:
            first = server(Signpost(portal.url) if secure_door else door, None)
            made.append((first, web_listeners.inherited(portal.listen)))
        if portal.tls_listen and secure_door:
            made.append((server(door, tls), web_listeners.inherited(portal.tls_listen)))
        if portal.console_listen:
            console = make_console(self.knowledge, origin=portal.console_url, secure=secure_console)
            served = server(console, tls if secure_console else None)
            made.append((served, web_listeners.inherited(portal.console_listen)))
        return made

    async def _reload_always(self) -> None:
        await self._reloading.always(self._take)

    def _take(self, rulebook: Rulebook, devices: DeviceTable) -> None:
        self.knowledge.rulebook, self.knowledge.devices = rulebook, devices

    async def _prune_always(self) -> None:
        while True:
            try:
                await self._loop.run_in_executor(None, self._prune)
            except Exception:
                log.exception("sessions of pages not pruned")
            await asyncio.sleep(PRUNE)

    def _prune(self) -> None:
        with self._store.write() as unit:
            web_sessions.prune(unit, ABSOLUTE)

    async def _beat_always(self) -> None:
        counted: Counter[tuple[str, ...]] = Counter()
        while True:
            now = time.time()
            gauges = {
                "mirror_age": min(self._mirror.age(now), 1e9),
                "feed_behind": min(self._feed.behind(now), 1e9),
                "records_waiting": float(self._recorder.waiting),
            }
            ready = bool(self._servers) and all(one.started for one in self._servers)
            try:
                self._heart.beat(ready=ready, counters=counted, gauges=gauges)
            except ParentGone:
                self._stopping.set()
                return
            with suppress(TimeoutError):
                async with asyncio.timeout(INTERVAL if ready else 0.05):
                    await self._news.wait()
            self._news.clear()


def main(arguments: Sequence[str]) -> None:
    """Serve until SIGTERM."""
    gc.enable()  # see operate/__init__.py
    settings = Settings.load(Path(arguments[0]))
    configure(settings.truename.log_format, settings.truename.log_level, keep=True)
    structlog.contextvars.bind_contextvars(process="portal", pid=os.getpid())

    async def work() -> None:
        loop = asyncio.get_running_loop()
        service = PortalService(settings, loop)
        for one in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(one, service.stop)
        await service.run()

    uvloop.run(work())


if __name__ == "__main__":
    main(sys.argv[1:])
