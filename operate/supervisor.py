"""Starts the product, keeps it running, and stops it: directory, workers, back office, pages, health."""

import asyncio
import errno
import gc
import os
import signal
import socket
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import structlog

from directory.backends.embedded import EmbeddedDirectory
from operate.children import Child
from operate.exits import CommandFailed, Exit
from operate.health import Children, HealthServer
from operate.heartbeat import Beat
from operate.settings import Settings
from operate.web_listeners import open_socket, variable
from operate.wiring import class_key, open_sealer, open_store
from operate.words import t
from radius.exchange import Door
from radius.listeners import Wire
from radius.settings import MOST_WORKERS
from store import schema

log = structlog.get_logger()

TEND = 0.1  # seconds between two looks at the directory child
PORT_PATIENCE = 5.0  # seconds for which a port may still be in use when the service starts
OFFICE_PATIENCE = 3.0  # seconds for which the back office leaves the processors to the workers at a start
START_WORD = 15.0  # seconds after which a start that takes long says what it waits for


def worker_count(settings: Settings) -> int:
    """Return how many RADIUS workers run: as set, else one for each core that this process may use."""
    return settings.radius.workers or min(len(os.sched_getaffinity(0)), MOST_WORKERS)


def port_taken(kind: str, address: str, failure: OSError) -> CommandFailed:
    """Return the error of an address that cannot be listened on."""
    says = t("无法在 {address}（{kind}）上监听：{why}。", "Cannot listen on {address} ({kind}): {why}.").fill(
        address=address, kind=kind, why=failure.strerror
    )
    remedy = t(
        "请停止占用该端口的程序，或在设置中改用其他端口。",
        "Stop the program that has the port, or choose another one in the settings.",
    )
    return CommandFailed(Exit.UNAVAILABLE, says, remedy)


def refuse_taken_ports(settings: Settings) -> None:
    """Raise CommandFailed where somebody has one of our workers' ports.

    Our workers share their ports (SO_REUSEPORT), and would share them as silently with another service of the same
    user: so each is tried alone first.
    """
    radius = settings.radius
    for address in radius.listen:
        for port, door in ((radius.auth_port, Door.AUTHENTICATION), (radius.acct_port, Door.ACCOUNTING)):
            try:
                wire = Wire(address, port, door, radius.receive_buffer, reuse=False)
            except OSError as failure:
                if failure.errno in (errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL) and address == "::":
                    continue  # a machine without IPv6
                raise port_taken("UDP", f"{address}:{port}", failure) from failure
            wire.socket.close()


class Supervisor:
    """One running product. Lives in the main thread: the kernel ends the directory child with the thread it is of."""

    def __init__(self, settings: Settings, say: Callable[[str], None] = lambda _: None) -> None:
        """Describe what will run; `say` is told in a sentence about what takes a while."""
        self._settings = settings
        self._directory = (
            EmbeddedDirectory(settings.directory_state, settings.directory, say=say)
            if settings.directory.kind == "embedded"
            else None
        )
        path = str(settings.path)
        self._office = Child("back-office", "operate.back_office", [path], {})
        self._workers = [
            Child(f"radius-{number}", "operate.radius_worker", [path, str(number)], {})
            for number in range(worker_count(settings))
        ]
        portal = settings.portal
        offers_pages = portal.listen or portal.tls_listen or portal.console_listen
        self._doors = [Child("portal", "operate.portal_service", [path], {})] if offers_pages else []
        self._sockets: dict[str, socket.socket] = {}  # of the pages
        self._health: HealthServer | None = None
        self._directory_ready = False

    @property
    def children(self) -> tuple[Child, ...]:
        """Every child that speaks, the directory not among them."""
        return (self._office, *self._workers, *self._doors)

    @property
    def ready(self) -> bool:
        """Whether every part can do its work."""
        return all(self.parts().values())

    def state(self) -> dict[str, Any]:
        """Say which parts are ready, for /readyz."""
        parts = self.parts()
        return {"ready": all(parts.values()), **parts}

    def parts(self) -> dict[str, bool]:
        """Return each part and whether it can do its work."""
        parts = {child.name: child.ready for child in self.children}
        if self._directory is not None:
            parts["directory"] = self._directory_ready
        return parts

    def beats(self) -> dict[str, tuple[Beat | None, int]]:
        """Return the last heartbeat and the number of restarts of each child."""
        return {child.name: (child.beat, child.restarts) for child in self.children}

    async def run(self, when_ready: Callable[[], Awaitable[None]] | None = None) -> None:
        """Run until SIGTERM or SIGINT. `when_ready` is awaited once, when everything is up."""
        gc.enable()  # see operate/__init__.py
        loop = asyncio.get_running_loop()
        stopping = asyncio.Event()
        for one in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(one, stopping.set)
        tending: asyncio.Task[None] | None = None
        try:
            self._serve_health()
            await self._wait_for_ports()
            self._prepare()
            tending = loop.create_task(self._tend())
            for worker in self._workers:
                worker.start()
            starting = loop.create_task(self._announce(when_ready))
            waiting = loop.create_task(stopping.wait())
            done, _ = await asyncio.wait({starting, waiting, tending}, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
            await asyncio.wait({waiting, tending}, return_when=asyncio.FIRST_COMPLETED)
            if tending.done():
                tending.result()
            for task in (starting, waiting):
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
        finally:
            await self._stop(tending)

    def _open_doors(self) -> None:
        """Open the pages' sockets: from now on a browser waits for the pages, and is not turned away."""
        portal = self._settings.portal
        for listen in filter(None, (portal.listen, portal.tls_listen, portal.console_listen)):
            if variable(listen) in self._sockets:
                continue
            try:
                self._sockets[variable(listen)] = open_socket(listen)
            except OSError as failure:
                raise port_taken("TCP", listen, failure) from failure
        for door in self._doors:
            door.give({name: one.fileno() for name, one in self._sockets.items()})

    async def _wait_for_ports(self) -> None:
        """Give the workers of a killed supervisor the moment that they need to notice, and to end."""
        end = time.monotonic() + PORT_PATIENCE
        while True:
            try:
                refuse_taken_ports(self._settings)
                self._open_doors()
            except CommandFailed:
                if time.monotonic() > end:
                    raise
                await asyncio.sleep(0.1)
            else:
                return

    def _prepare(self) -> None:
        """Bring the database up to date and start the directory. Runs before anything else does."""
        if self._directory is not None:
            self._directory.prepare()  # takes the lock of the state directory: a second service stops here
        store = open_store(self._settings)
        try:
            schema.upgrade(store)
            open_sealer(self._settings, store)
            class_key(self._settings)
        finally:
            store.close()
        if self._directory is not None:
            self._directory.start()
            self._directory_ready = True

    async def _tend(self) -> None:
        while True:
            if self._directory is not None:
                self._directory_ready = self._directory.tend(time.monotonic())
            await asyncio.sleep(TEND)

    def _serve_health(self) -> None:
        address, _, port = self._settings.truename.health.rpartition(":")
        if not address:
            return
        ports = {self._settings.radius.auth_port, self._settings.radius.acct_port}
        collector = Children(self.beats, lambda: ports)
        try:
            self._health = HealthServer(address.strip("[]"), int(port), collector, self.state)
        except OSError as failure:
            raise port_taken("TCP", self._settings.truename.health, failure) from failure
        self._health.start()

    async def _announce(self, when_ready: Callable[[], Awaitable[None]] | None) -> None:
        started = time.monotonic()
        said = started
        later = {child.name for child in (self._office, *self._doors)}
        publishing = False
        while not all(ready for name, ready in self.parts().items() if name not in later):
            if time.monotonic() - said > START_WORD:
                said = time.monotonic()
                log.warning("still starting", waits_for=[name for name, up in self.parts().items() if not up])
            if not publishing and time.monotonic() - started > OFFICE_PATIENCE:
                # Perhaps there is nothing in the directory yet that a worker could follow.
                self._office.start()
                publishing = True
            await asyncio.sleep(0.01)
        if not publishing:
            self._office.start()
        log.info("service ready", seconds=round(time.monotonic() - started, 2), workers=len(self._workers))
        if when_ready is not None:
            await when_ready()
        # Switches first: they do not wait. Whoever publishes can, and so can a browser, for a second: its connection
        # is taken already.
        for door in self._doors:
            door.start()

    async def _stop(self, tending: asyncio.Task[None] | None) -> None:
        """Stop in order: those who answer switches, then the back office, then the directory they asked."""
        await asyncio.gather(*(child.stop() for child in (*self._workers, *self._doors)))
        await self._office.stop()
        if tending is not None:
            tending.cancel()
            with suppress(asyncio.CancelledError):
                await tending
        if self._health is not None:
            self._health.stop()
        for one in self._sockets.values():
            one.close()
        if self._directory is not None:
            self._directory.stop()
        log.info("service stopped")
