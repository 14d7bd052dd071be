"""Orders to a network device, Disconnect-Request and CoA-Request (RFC 5176), as a state machine. Pure.

A device may know a session by other attributes than we hope, so an order has several attempts, best first. One
attempt is one packet, sent again unchanged until it is answered or time is up; a NAK or silence leads to the next.
Whoever drives this sends octets, waits as long as told, and brings back what came.
"""

from collections.abc import Sequence
from enum import Enum, StrEnum
from typing import NamedTuple

from radius.error_causes import cause_in_words
from radius.integrity import Secret
from radius.packet import Attribute, Code, MalformedPacket, encode_integer, parse
from radius.vendor import Attempt

# Seconds to wait after each sending of the same packet.
PATIENCE = (2.0, 4.0, 6.0)


class OrderKind(StrEnum):
    """What is asked of the device; values as in the table of orders."""

    DISCONNECT = "disconnect"
    COA = "coa"


_CODES = {
    OrderKind.DISCONNECT: (Code.DISCONNECT_REQUEST, Code.DISCONNECT_ACK, Code.DISCONNECT_NAK),
    OrderKind.COA: (Code.COA_REQUEST, Code.COA_ACK, Code.COA_NAK),
}


class Result(StrEnum):
    """How an order, or one attempt of it, ended; values as in the table of orders and its details."""

    ACK = "ack"
    NAK = "nak"
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"  # the network said that nobody is there
    UNPROVEN = "unproven"  # answers came, and none under the secret that the order was sent with
    IMPOSSIBLE = "impossible"  # nothing is known by which the device could find the session


class Tried(NamedTuple):
    """One attempt and its end."""

    label: str
    result: Result
    cause: int | None  # Error-Cause (RFC 5176 §3.5)


class Outcome(NamedTuple):
    """The end of an order. `cause` is that of the last NAK."""

    result: Result
    cause: int | None
    tried: tuple[Tried, ...]

    def in_words(self, *, chinese: bool = False) -> str:
        """Say what was tried and what the device answered, for the record and for people."""
        return "; ".join(
            f"{one.label}: {one.result}"
            + (f" {one.cause} {cause_in_words(one.cause, chinese=chinese)}" if one.cause is not None else "")
            for one in self.tried
        )


class Send(NamedTuple):
    """Send these octets, then wait `patience` seconds for an answer."""

    octets: bytes
    patience: float


Move = Send | Outcome | None  # None: go on waiting, it was nothing


class _State(Enum):
    READY = "ready"
    WAITING = "waiting"
    DONE = "done"


class _Event(Enum):
    START = "start"
    SILENCE = "silence"  # the packet may be sent again
    GAVE_UP = "gave up"  # silence after the last sending of this attempt
    ACK = "ack"
    NAK = "nak"
    LATE_NAK = "late nak"  # of an attempt that was given up before
    STRAY = "stray"  # octets that prove nothing


class _Act(Enum):
    NEXT = "next attempt, or end without one"
    AGAIN = "same packet again"
    FINISH = "end"
    NOTHING = "wait on"


_TABLE: dict[tuple[_State, _Event], tuple[_Act, _State]] = {
    (_State.READY, _Event.START): (_Act.NEXT, _State.WAITING),
    (_State.WAITING, _Event.SILENCE): (_Act.AGAIN, _State.WAITING),
    (_State.WAITING, _Event.GAVE_UP): (_Act.NEXT, _State.WAITING),
    (_State.WAITING, _Event.NAK): (_Act.NEXT, _State.WAITING),
    (_State.WAITING, _Event.ACK): (_Act.FINISH, _State.DONE),
    (_State.WAITING, _Event.LATE_NAK): (_Act.NOTHING, _State.WAITING),
    (_State.WAITING, _Event.STRAY): (_Act.NOTHING, _State.WAITING),
}


class _Way(NamedTuple):
    kind: OrderKind
    attempt: Attempt
    secret: Secret


class _Sent(NamedTuple):
    way: _Way
    octets: bytes


class Order:
    """One order on its way to one device."""

    def __init__(
        self,
        kind: OrderKind,
        attempts: Sequence[Attempt],
        secrets: Sequence[Secret],
        *,
        first_identifier: int,
        patience: Sequence[float] = PATIENCE,
        fallback: Sequence[Attempt] = (),
    ) -> None:
        """Prepare an order. `first_identifier` is 0..255; later attempts count on from it.

        `fallback` are Disconnect-Requests for a device that acknowledged none of `attempts`.
        `secrets` are those of the device, the current one first: while one is rotated, a device that says nothing
        may know the other. An answer under one rules the other out.
        """
        ways = [(kind, attempt) for attempt in attempts] + [(OrderKind.DISCONNECT, attempt) for attempt in fallback]
        self._ways = [_Way(*way, secret) for secret in secrets for way in ways]
        self._identifier = first_identifier
        self._patience = tuple(patience)
        self._state = _State.READY
        self._sent: dict[int, _Sent] = {}
        self._current = first_identifier
        self._sendings = 0
        self._heard: Secret | None = None
        self._tried: list[Tried] = []
        self._cause: int | None = None
        self._unreachable = False
        self._unproven: set[int] = set()  # identifiers under which something unproven came

    def start(self, now: float) -> Move:
        """Begin; `now` is seconds since the epoch, for Event-Timestamp."""
        return self._move(_Event.START, now)

    def silence(self, now: float) -> Move:
        """Note that the patience of the last Send is used up."""
        last = self._sendings >= self._allowed()
        if last and self._state is _State.WAITING:
            self._tried.append(Tried(self._sent[self._current].way.attempt.label, self._unanswered(), None))
        return self._move(_Event.GAVE_UP if last else _Event.SILENCE, now)

    def refused(self) -> None:
        """Note that the network reported nobody at that address and port. The device may be restarting: wait on."""
        self._unreachable = True

    def received(self, octets: bytes, now: float) -> Move:
        """Take a datagram from the device. What is malformed, unproven or no answer of ours changes nothing.

        RFC 5176 §2.3 has an answer with a wrong authenticator discarded: it is waited on all the same. That one came
        is remembered, because it tells another secret from silence.
        """
        return self._move(self._judge(octets), now)

    def _unanswered(self) -> Result:
        if self._current in self._unproven:
            return Result.UNPROVEN
        return Result.UNREACHABLE if self._unreachable else Result.TIMEOUT

    def _judge(self, octets: bytes) -> _Event:
        try:
            packet = parse(octets)
        except MalformedPacket:
            return _Event.STRAY
        sent = self._sent.get(packet.identifier)
        if sent is None or self._state is not _State.WAITING:
            return _Event.STRAY
        _, ack, nak = _CODES[sent.way.kind]
        if packet.code not in (ack, nak):
            return _Event.STRAY
        if not sent.way.secret.check_order_reply(packet, sent.octets[4:20]):
            self._unproven.add(packet.identifier)
            return _Event.STRAY
        self._heard = sent.way.secret
        self._unreachable = False
        label = sent.way.attempt.label
        if packet.code == ack:
            # A late ACK counts: the device did what an earlier attempt asked.
            self._tried.append(Tried(label, Result.ACK, None))
            return _Event.ACK
        if packet.identifier != self._current:
            return _Event.LATE_NAK
        value = packet.first(Attribute.ERROR_CAUSE)
        self._cause = int.from_bytes(value, "big") if value is not None and len(value) == 4 else None
        self._tried.append(Tried(label, Result.NAK, self._cause))
        return _Event.NAK

    def _move(self, event: _Event, now: float) -> Move:
        act, self._state = _TABLE.get((self._state, event), (_Act.NOTHING, self._state))
        if act is _Act.NEXT:
            return self._next(now)
        if act is _Act.AGAIN:
            # The same octets, so the same identifier, authenticator and time (RFC 5176 §2.3).
            return self._send(self._sent[self._current].octets)
        if act is _Act.FINISH:
            return Outcome(Result.ACK, None, tuple(self._tried))
        return None

    def _next(self, now: float) -> Move:
        if self._heard is not None:
            self._ways = [way for way in self._ways if way.secret is self._heard]
        if not self._ways:
            self._state = _State.DONE
            return self._end()
        way = self._ways.pop(0)
        self._current = (self._identifier + len(self._sent)) % 256
        # Event-Timestamp lets the device refuse a replay (RFC 5176 §6.3); it is in seconds (RFC 2869 §5.3).
        body = way.attempt.attributes + encode_integer(Attribute.EVENT_TIMESTAMP, int(now))
        octets = way.secret.order(_CODES[way.kind][0], self._current, body)
        self._sent[self._current] = _Sent(way, octets)
        self._sendings = 0
        return self._send(octets)

    def _send(self, octets: bytes) -> Send:
        self._sendings += 1
        return Send(octets, self._patience[self._sendings - 1])

    def _allowed(self) -> int:
        # A device that has let a whole attempt pass in silence is asked once for each further one: what is lost
        # there is hardly the packet.
        return 1 if self._heard is None and len(self._sent) > 1 else len(self._patience)

    def _end(self) -> Outcome:
        results = [one.result for one in self._tried]
        if not results:
            return Outcome(Result.IMPOSSIBLE, None, ())
        # A NAK says more than silence on another attempt, and an answer that proves nothing more than none.
        order = (Result.NAK, Result.UNPROVEN, Result.TIMEOUT)
        result = next((one for one in order if one in results), Result.UNREACHABLE)
        return Outcome(result, self._cause, tuple(self._tried))
