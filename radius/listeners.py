"""Sockets, and no meaning: datagrams go to the driver, its answers go back the way they came."""

import asyncio
import contextlib
import socket
import struct
from typing import Any, Protocol

from radius.exchange import Door

# One wake-up takes this many datagrams at the most, so that timers and answers of hash threads get their turn.
DRAIN = 64
LONGEST = 4096 + 1  # RFC 2865 §3; what is cut off lies beyond the largest Length
_WILDCARDS = {"0.0.0.0", "::", ""}  # noqa: S104 - compared with, not listened on
# Linux numbers that Python 3.11's socket module does not name (linux/in.h, asm-generic/socket.h).
IP_PKTINFO = 8
SO_RCVBUFFORCE = 33
_IN_PKTINFO = struct.Struct("=I4s4s")

Peer = Any  # what a wire needs to answer: opaque to everybody else


class Receiver(Protocol):
    """Whoever takes datagrams."""

    def datagram(self, door: Door, octets: bytes, address: str, port: int, wire: "Wire", peer: Peer) -> None:
        """Take one datagram; answer now or later through `wire.send(octets, peer)`."""


class Wire:
    """One bound socket of one door."""

    def __init__(self, address: str, port: int, door: Door, receive_buffer: int, *, reuse: bool) -> None:
        """Bind; raises OSError where the port is taken. `reuse` lets several workers share it (SO_REUSEPORT)."""
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.door = door
        self.socket = socket.socket(family, socket.SOCK_DGRAM)
        try:
            self.socket.setblocking(False)
            if reuse:
                self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            if family == socket.AF_INET6:
                self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            self._enlarge(receive_buffer)
            self._wildcard = address in _WILDCARDS
            if self._wildcard and family == socket.AF_INET6:
                self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
            elif self._wildcard:
                self.socket.setsockopt(socket.IPPROTO_IP, IP_PKTINFO, 1)
            self.socket.bind((address, port))
        except OSError:
            self.socket.close()
            raise
        self.port: int = self.socket.getsockname()[1]

    def _enlarge(self, octets: int) -> None:
        # The kernel caps it at net.core.rmem_max; with CAP_NET_ADMIN the cap can be passed (doctor tells of drops).
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, octets)
        if self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) < octets:
            with contextlib.suppress(OSError):
                self.socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, octets)

    def listen(self, loop: asyncio.AbstractEventLoop, receiver: Receiver) -> None:
        """Hand every datagram to the receiver from now on."""
        drain = self._drain_wildcard if self._wildcard else self._drain
        loop.add_reader(self.socket, drain, receiver)

    def _drain(self, receiver: Receiver) -> None:
        receive, door = self.socket.recvfrom, self.door
        for _ in range(DRAIN):
            try:
                octets, source = receive(LONGEST)
            except (BlockingIOError, InterruptedError):
                return
            except OSError:
                continue  # an ICMP error of an earlier answer is reported here; the socket is sound
            receiver.datagram(door, octets, source[0], source[1], self, source)

    def _drain_wildcard(self, receiver: Receiver) -> None:
        # The answer leaves from the address that was asked (RFC 2865 §3): a wildcard socket has to be told.
        receive, door = self.socket.recvmsg, self.door
        for _ in range(DRAIN):
            try:
                octets, told, _flags, source = receive(LONGEST, 128)
            except (BlockingIOError, InterruptedError):
                return
            except OSError:
                continue
            receiver.datagram(door, octets, source[0].partition("%")[0], source[1], self, (source, told))

    def send(self, octets: bytes, peer: Peer) -> None:
        """Answer. A full send buffer loses the answer, as the network may; the device asks again."""
        try:
            if self._wildcard:
                source, told = peer
                self.socket.sendmsg([octets], [_from_there(*one) for one in told], 0, source)
            else:
                self.socket.sendto(octets, peer)
        except OSError:
            return

    def close(self, loop: asyncio.AbstractEventLoop) -> None:
        """Stop listening."""
        loop.remove_reader(self.socket)
        self.socket.close()


def _from_there(level: int, kind: int, data: bytes) -> tuple[int, int, bytes]:
    """Turn what a request told of its destination into the source of the answer (ip(7), ipv6(7))."""
    if level == socket.IPPROTO_IP and kind == IP_PKTINFO:
        _index, _local, destination = _IN_PKTINFO.unpack(data[: _IN_PKTINFO.size])
        return level, kind, _IN_PKTINFO.pack(0, destination, bytes(4))
    return level, kind, data
