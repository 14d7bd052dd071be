"""Sockets: a datagram goes in, its answer leaves the way it came."""

import asyncio
import socket

import pytest

from radius.exchange import Door
from radius.listeners import Wire


class Echo:
    """Answers every datagram with its octets reversed."""

    def __init__(self):
        self.heard = []

    def datagram(self, door, octets, address, port, wire, peer):
        self.heard.append((door, octets, address, port))
        wire.send(octets[::-1], peer)


def exchange(listen, ask, octets=b"question"):
    """Listen on one address, ask at another, return what came back, from where, and what was heard."""

    async def play():
        loop = asyncio.get_running_loop()
        echo = Echo()
        wire = Wire(listen, 0, Door.AUTHENTICATION, 65536, reuse=True)
        wire.listen(loop, echo)
        family = socket.AF_INET6 if ":" in ask else socket.AF_INET
        with socket.socket(family, socket.SOCK_DGRAM) as client:
            client.setblocking(False)
            await loop.sock_sendto(client, octets, (ask, wire.port))
            answer, source = await asyncio.wait_for(loop.sock_recvfrom(client, 4096), 5)
        wire.close(loop)
        return answer, source[0], echo.heard

    return asyncio.run(play())


@pytest.mark.parametrize(
    ("listen", "ask"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("0.0.0.0", "127.0.0.1"),
        ("0.0.0.0", "127.0.0.2"),
        ("::1", "::1"),
        ("::", "::1"),
    ],
)
def test_the_answer_leaves_from_the_address_that_was_asked(listen, ask):
    """RFC 2865 §3: a device drops an answer from another address than it asked."""
    if ":" in ask and not socket.has_ipv6:
        pytest.skip("no IPv6 here")
    answer, source, heard = exchange(listen, ask)

    assert (answer, source) == (b"noitseuq", ask)
    assert heard[0][:2] == (Door.AUTHENTICATION, b"question")


def test_a_port_that_is_taken_is_an_error_and_leaks_no_socket():
    """Without SO_REUSEPORT two owners of a port exclude each other."""
    first = Wire("127.0.0.1", 0, Door.ACCOUNTING, 65536, reuse=False)
    try:
        with pytest.raises(OSError, match="in use"):
            Wire("127.0.0.1", first.port, Door.ACCOUNTING, 65536, reuse=False)
    finally:
        first.socket.close()


def test_two_workers_share_a_port():
    """SO_REUSEPORT: the kernel spreads devices over the workers."""
    first = Wire("127.0.0.1", 0, Door.ACCOUNTING, 65536, reuse=True)
    second = Wire("127.0.0.1", first.port, Door.ACCOUNTING, 65536, reuse=True)
    first.socket.close()
    second.socket.close()
