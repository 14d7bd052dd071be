"""Sends orders (radius.dynauth) over UDP, many at a time, and returns how they ended.

Each order has a socket of its own, connected to its device: the kernel lets nobody else's datagram in, identifiers
cannot collide, and a refused port is reported.
"""

import asyncio
import secrets
import time
from collections.abc import Sequence
from weakref import WeakValueDictionary

from radius.dynauth import PATIENCE, Move, Order, OrderKind, Outcome, Result, Send, Tried
from radius.integrity import Secret
from radius.vendor import Attempt

LONGEST_QUEUE = 16  # datagrams of one device that wait to be read; more of them are no answers


class _Line(asyncio.DatagramProtocol):
    """One connected socket."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self.heard: asyncio.Queue[bytes] = asyncio.Queue(LONGEST_QUEUE)

    def datagram_received(self, data: bytes, addr: object) -> None:  # noqa: ARG002 - connected: it is the device
        if not self.heard.full():
            self.heard.put_nowait(data)

    def error_received(self, exc: Exception) -> None:  # noqa: ARG002 - whatever it is, nobody heard us
        self._order.refused()


class DynauthClient:
    """Carries out orders; one for each process. At most `concurrency` at a time, `per_device` to one address."""

    def __init__(self, *, concurrency: int = 64, per_device: int = 8, patience: Sequence[float] = PATIENCE) -> None:
        """`patience` is in seconds: how long to wait after each sending of one packet."""
        self._gate = asyncio.Semaphore(concurrency)
        self._per_device = per_device
        self._devices: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()
        self._patience = tuple(patience)

    async def carry_out(
        self,
        kind: OrderKind,
        attempts: Sequence[Attempt],
        device_secrets: Sequence[Secret],
        address: str,
        port: int,
        *,
        fallback: Sequence[Attempt] = (),
    ) -> Outcome:
        """Send one order to a device and wait for its end. Network errors are outcomes; none is raised.

        `fallback` is what radius.dynauth.Order says.
        """
        gate = self._devices.get(address)
        if gate is None:
            gate = self._devices[address] = asyncio.Semaphore(self._per_device)
        async with gate, self._gate:
            order = Order(
                kind,
                attempts,
                device_secrets,
                first_identifier=secrets.randbelow(256),
                patience=self._patience,
                fallback=fallback,
            )
            try:
                transport, line = await asyncio.get_running_loop().create_datagram_endpoint(
                    lambda: _Line(order), remote_addr=(address, port)
                )
            except OSError:
                return Outcome(Result.UNREACHABLE, None, (Tried("network", Result.UNREACHABLE, None),))
            try:
                return await _converse(order, transport, line)
            finally:
                transport.close()


async def _converse(order: Order, transport: asyncio.DatagramTransport, line: _Line) -> Outcome:
    move = order.start(time.time())
    while isinstance(move, Send):
        transport.sendto(move.octets)
        move = await _answer(order, line, move.patience)
    if move is None:
        raise AssertionError("an order ends with an outcome")
    return move


async def _answer(order: Order, line: _Line, patience: float) -> Move:
    try:
        async with asyncio.timeout(patience):
            while True:
                move = order.received(await line.heard.get(), time.time())
                if move is not None:
                    return move
    except TimeoutError:
        return order.silence(time.time())
