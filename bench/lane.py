"""One lane of load: a socket with a fixed number of requests in flight, as one switch has them."""

import socket
from array import array
from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from bench.codec import Key, fault
from bench.traffic import Traffic

LARGEST_REPLY = 4096  # octets (RFC 2865 §3)
_RECEIVE_BUFFER = 1 << 20  # octets; a whole window of replies fits many times


class _Asked(NamedTuple):
    packet: bytes
    authenticator: bytes
    first_sent: float  # of the monotonic clock, for the latency
    sent: float  # the last time, for the time-out
    tries: int


class Tally:
    """What has come back since it was last cleared. Nothing counts as answered before it was verified."""

    def __init__(self) -> None:
        self.latencies = array("d")  # seconds, of verified replies with the wanted code
        self.refused = 0  # verified replies with another code
        self.repeated = 0  # requests that had to be sent again
        self.lost = 0  # requests without any answer
        self.faults: Counter[str] = Counter()  # replies that did not pass, by what was wrong


class Lane:
    """A connected socket, its 256 identifiers (RFC 2865 §3) and what is in flight under them."""

    def __init__(self, address: tuple[str, int], traffic: Traffic, key: Key, *, clock: Callable[[], float]) -> None:
        self._traffic = traffic
        self._key = key
        self._clock = clock
        self._slots: list[_Asked | None] = [None] * 256
        self._turn = 0
        self.in_flight = 0
        self.tally = Tally()
        family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
        self.socket.connect(address)

    def ask(self) -> None:
        """Send one new request under the next free identifier; there must be one."""
        slots = self._slots
        identifier = self._turn
        while slots[identifier] is not None:
            identifier = (identifier + 1) & 255
        self._turn = (identifier + 1) & 255
        packet, authenticator = self._traffic.next(identifier)
        now = self._clock()
        slots[identifier] = _Asked(packet, authenticator, now, now, 1)
        self.in_flight += 1
        self._send(packet)

    def _send(self, packet: bytes) -> None:
        try:
            self.socket.send(packet)
        except (BlockingIOError, ConnectionRefusedError):
            self.tally.faults["not sent"] += 1  # the time-out sends it again

    def hear(self, *, ask_on: bool) -> None:
        """Take and verify every reply that is there; for each answered request send a new one if `ask_on`."""
        slots, tally, wanted = self._slots, self.tally, self._traffic.wanted
        receive = self.socket.recv
        for _ in range(self.in_flight + 1):
            try:
                reply = receive(LARGEST_REPLY)
            except BlockingIOError:
                return
            except ConnectionRefusedError:
                tally.faults["nobody listens"] += 1
                continue
            asked = slots[reply[1]] if len(reply) > 1 else None
            if asked is None:
                tally.faults["nothing asked under this identifier"] += 1
                continue
            wrong = fault(reply, reply[1], asked.authenticator, self._key)
            if wrong is not None:
                tally.faults[wrong] += 1
                continue
            slots[reply[1]] = None
            self.in_flight -= 1
            if reply[0] == wanted:
                tally.latencies.append(self._clock() - asked.first_sent)
            else:
                tally.refused += 1
            if ask_on:
                self.ask()

    def chase(self, timeout: float, tries: int, *, ask_on: bool) -> None:
        """Send again what had no answer for `timeout` seconds; after `tries` sendings count it as lost."""
        now = self._clock()
        for identifier, asked in enumerate(self._slots):
            if asked is None or now - asked.sent < timeout:
                continue
            if asked.tries < tries:
                self._slots[identifier] = asked._replace(sent=now, tries=asked.tries + 1)
                self.tally.repeated += 1
                self._send(asked.packet)
                continue
            self._slots[identifier] = None
            self.in_flight -= 1
            self.tally.lost += 1
            if ask_on:
                self.ask()

    def begin_tally(self) -> Tally:
        """Count anew from here; return what was counted so far."""
        before, self.tally = self.tally, Tally()
        return before

    def abandon(self) -> None:
        """Count what is still in flight as lost and close the socket."""
        self.tally.lost += self.in_flight
        self.in_flight = 0
        self.socket.close()
