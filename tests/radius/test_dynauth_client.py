"""radius.dynauth_client: orders over real sockets, to devices of our own making."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from radius.dynauth import OrderKind, Outcome, Result
from radius.dynauth_client import DynauthClient
from radius.integrity import Secret
from radius.packet import Attribute, Code, encode_attribute, encode_integer, parse
from radius.vendor import Attempt

KEY = b"a secret of enough length"
SECRETS = (Secret(KEY),)
ATTEMPTS = (
    Attempt("session id", encode_attribute(44, b"s1")),
    Attempt("hardware address", encode_attribute(31, b"AA-BB-CC-DD-EE-FF")),
)
QUICK = (0.05, 0.05, 0.05)


class Device(asyncio.DatagramProtocol):
    """A device that answers each request with what `judge` says: a code and a cause, or None for silence."""

    def __init__(self, judge: Callable[[bytes], tuple[int, int | None] | None]) -> None:
        self.judge = judge
        self.heard: list[bytes] = []

    def connection_made(self, transport) -> None:
        """Keep the socket."""
        self.transport = transport

    def datagram_received(self, data: bytes, addr: object) -> None:
        """Answer by the letter of RFC 5176 §2.3."""
        self.heard.append(data)
        verdict = self.judge(data)
        if verdict is None:
            return
        code, cause = verdict
        body = b"" if cause is None else encode_integer(Attribute.ERROR_CAUSE, cause)
        head = bytes((code, data[1])) + (20 + len(body)).to_bytes(2, "big")
        seal = hashlib.md5(head + data[4:20] + body + KEY, usedforsecurity=False).digest()
        self.transport.sendto(head + seal + body, addr)


@asynccontextmanager
async def device(
    judge: Callable[[bytes], tuple[int, int | None] | None], host: str = "127.0.0.1"
) -> AsyncIterator[tuple[Device, int]]:
    """Run a device on a free port."""
    transport, protocol = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: Device(judge), local_addr=(host, 0)
    )
    try:
        yield protocol, transport.get_extra_info("sockname")[1]
    finally:
        transport.close()


async def ask(port: int, host: str = "127.0.0.1", kind: OrderKind = OrderKind.DISCONNECT) -> Outcome:
    """Send one order."""
    return await DynauthClient(patience=QUICK).carry_out(kind, ATTEMPTS, SECRETS, host, port)


def test_an_order_is_obeyed():
    """RFC 5176 §2.1: request, ACK, done."""

    async def play() -> Outcome:
        async with device(lambda _: (Code.DISCONNECT_ACK, None)) as (_, port):
            return await ask(port)

    assert asyncio.run(play()).result is Result.ACK


def test_orders_go_over_ipv6():
    """RFC 3162: a device may be reached by IPv6 only."""

    async def play() -> Outcome:
        async with device(lambda _: (Code.COA_ACK, None), "::1") as (_, port):
            return await ask(port, "::1", OrderKind.COA)

    assert asyncio.run(play()).result is Result.ACK


def test_a_refusal_leads_to_the_next_attempt():
    """RFC 5176 §3.5: the device that knows no session id knows the hardware address."""

    def judge(data: bytes) -> tuple[int, int | None]:
        known = parse(data).first(Attribute.CALLING_STATION_ID)
        return (Code.DISCONNECT_ACK, None) if known else (Code.DISCONNECT_NAK, 503)

    async def play() -> Outcome:
        async with device(judge) as (_, port):
            return await ask(port)

    outcome = asyncio.run(play())
    assert [(one.result, one.cause) for one in outcome.tried] == [(Result.NAK, 503), (Result.ACK, None)]


def test_a_lost_packet_is_sent_again():
    """RFC 5176 §2.3: the same octets, until the device answers."""

    async def play() -> tuple[Outcome, list[bytes]]:
        heard: list[bytes] = []
        async with device(lambda _: (Code.DISCONNECT_ACK, None) if len(heard) > 1 else None) as (one, port):
            one.heard = heard
            return await ask(port), heard

    outcome, heard = asyncio.run(play())
    assert outcome.result is Result.ACK
    assert len(heard) == 2
    assert heard[0] == heard[1]


def test_silence_ends():
    """A device that says nothing gets three sendings of the first attempt and one of the other."""

    async def play() -> tuple[Outcome, int]:
        async with device(lambda _: None) as (one, port):
            return await ask(port), len(one.heard)

    outcome, sendings = asyncio.run(play())
    assert outcome.result is Result.TIMEOUT
    assert sendings == 4


def test_nobody_there():
    """A port that refuses is told apart from silence; an address that is none is an outcome too."""

    async def play() -> tuple[Outcome, Outcome]:
        async with device(lambda _: None) as (_, port):
            pass
        await asyncio.sleep(0)
        return await ask(port), await ask(port, "256.0.0.1")

    for outcome in asyncio.run(play()):
        assert outcome.result is Result.UNREACHABLE


@pytest.mark.parametrize(("concurrency", "per_device"), [(2, 9), (9, 2)])
def test_a_bounded_number_of_orders_is_under_way(concurrency: int, per_device: int):
    """A thousand leavers at once must not open a thousand sockets, nor drown one switch."""

    class Slow(Device):
        waiting = most = 0

        def datagram_received(self, data: bytes, addr: object) -> None:
            self.waiting += 1
            self.most = max(self.most, self.waiting)
            asyncio.get_running_loop().call_later(0.005, self.answer, data, addr)

        def answer(self, data: bytes, addr: object) -> None:
            self.waiting -= 1
            super().datagram_received(data, addr)

    async def play() -> tuple[Slow, set[Result]]:
        transport, slow = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: Slow(lambda _: (Code.DISCONNECT_ACK, None)), local_addr=("127.0.0.1", 0)
        )
        port = transport.get_extra_info("sockname")[1]
        try:
            client = DynauthClient(concurrency=concurrency, per_device=per_device, patience=(5.0,))
            orders = [client.carry_out(OrderKind.DISCONNECT, ATTEMPTS, SECRETS, "127.0.0.1", port) for _ in range(20)]
            return slow, {outcome.result for outcome in await asyncio.gather(*orders)}
        finally:
            transport.close()

    slow, results = asyncio.run(play())
    assert slow.most == 2
    assert (len(slow.heard), results) == (20, {Result.ACK})


def test_a_flood_of_answers_is_no_harm():
    """Octets that prove nothing are passed over, and the real answer still counts."""

    class Flooding(Device):
        def datagram_received(self, data: bytes, addr: object) -> None:
            for size in range(40):
                self.transport.sendto(b"x" * size, addr)
            super().datagram_received(data, addr)

    async def play() -> Outcome:
        transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: Flooding(lambda _: (Code.DISCONNECT_ACK, None)), local_addr=("127.0.0.1", 0)
        )
        try:
            return await ask(transport.get_extra_info("sockname")[1])
        finally:
            transport.close()

    assert asyncio.run(play()).result is Result.ACK
