"""Refusals that are repeated to a client which asks the same thing again and again. Pure, bounded in memory.

A phone with an old password, a printer that nobody registered: such clients ask every few seconds for as long as they
are switched on, and each time a password is hashed and a row is written for the answer of a moment ago. After some
equal refusals the answer comes from memory for a while. It can only be a refusal, and only of what was refused before:
another proof, another name, another network or another device goes the whole way.

Bound devices, which are judged at each request, are left to the caller.

What ends it: a change of the directory or of the rules ends it for everybody at once (`end_all`), because one rule or
one unit decides for many, and because to judge again costs little. What no change tells of ends it by time: the moment
that a refusal names (the end of a lockout), the full minute, with which the hours of rules begin, and a limit in
seconds. Each worker counts for itself.
"""

from collections.abc import Hashable
from hashlib import blake2b
from typing import NamedTuple

from access.decision import Refusal
from access.evidence import Method
from access.reasons import Reason
from directory.challenge import PapProof
from radius.login import LoginRequest

KEY = 32  # octets
MOST_CLIENTS = 16_384  # a client costs about 500 octets

# A closed list. Each of these is decided by the request, the directory, the rules and a moment that is known. Not in
# it is our own trouble (TN-5xx): it may be over at the next request, and no client can do anything about it.
REPEATED = frozenset(
    {
        # By the request alone
        Reason.NAME_MALFORMED, Reason.HARDWARE_MISMATCH, Reason.METHOD_NOT_ALLOWED, Reason.EAP_NOT_SERVED,
        Reason.REQUEST_CONTRADICTORY, Reason.REQUEST_INCOMPLETE,
        # By the directory: names that exist and names that do not alike, so that haste does not tell them apart
        Reason.PERSON_UNKNOWN, Reason.PASSWORD_WRONG, Reason.PERSON_AMBIGUOUS, Reason.PASSWORD_MUST_CHANGE,
        Reason.HARDWARE_UNKNOWN, Reason.PERSON_DRAFT, Reason.PERSON_SUSPENDED, Reason.PERSON_LEFT, Reason.EXPIRED,
        Reason.METHOD_NOT_POSSIBLE,
        # Until a moment that the refusal names, or else until the directory changes
        Reason.NOT_YET_VALID, Reason.PERSON_LOCKED_OUT, Reason.HARDWARE_LOCKED_OUT, Reason.DIRECTORY_LOCKED,
        # By the rules
        Reason.NO_RULE, Reason.RULE_REFUSES,
    }
)  # fmt: skip
_MAC = Method.MAC  # a global is ten times quicker than the enum on CPython 3.11


class _Client(NamedTuple):
    """What a client was refused for."""

    asked: bytes  # keyed digest of what decides beside directory and rules
    reason: Reason
    times: int  # of equal refusals that were judged
    since: float  # seconds since the epoch, when the window began in which they are counted
    until: float  # seconds since the epoch: the refusal is repeated before it; 0.0 where it was not equal often enough


class _Clients:
    """Two generations, of which the older goes as a whole."""

    __slots__ = ("new", "old", "turn")

    def __init__(self) -> None:
        self.new: dict[Hashable, _Client] = {}
        self.old: dict[Hashable, _Client] = {}
        self.turn = 0.0


class Quiet:
    """Times are in seconds since the epoch. All but `end_all` belongs to one thread."""

    __slots__ = ("_after", "_clients", "_key", "_most", "_seconds", "_window")

    def __init__(self, *, after: int, window: float, seconds: float, key: bytes, most: int = MOST_CLIENTS) -> None:
        """Repeat a refusal for `seconds` at most, after so many equal ones within `window` seconds; 0: never.

        `key` is random and of this process alone: no digest of a proof means anything outside of it.
        """
        self._after = after
        self._window = window
        self._seconds = seconds
        self._key = key
        self._most = most
        self._clients = _Clients()

    def reason(self, request: LoginRequest, now: float) -> Reason | None:
        """Return for what to refuse this request without another look, or None: it has to be judged."""
        clients = self._clients
        if not clients.new and not clients.old:
            return None
        key = _key(request)
        known = clients.new.get(key) or clients.old.get(key)
        # A clock that was set back makes nobody wait for longer than was meant.
        if known is None or not 0.0 < known.until - now <= self._seconds:
            return None
        return known.reason if self._asked(request) == known.asked else None

    def refused(self, request: LoginRequest, refusal: Refusal, now: float) -> None:
        """Note a refusal that was judged."""
        if not self._after or refusal.reason not in REPEATED:
            return
        asked = self._asked(request)
        if asked is None:
            return
        clients, key = self._clients, _key(request)
        known = clients.new.get(key) or clients.old.get(key)
        times, since, until = 1, now, 0.0
        equal = known is not None and known.asked == asked and known.reason is refusal.reason
        if known is not None and equal and now - known.since <= self._window:
            times, since = known.times + 1, known.since
        if times >= self._after:
            until = min(now + self._seconds, (now // 60 + 1) * 60)
            if refusal.until is not None:
                until = min(until, refusal.until)
            since = until  # one more of the same within the window, and it is quiet again
        if now >= clients.turn or len(clients.new) >= self._most:
            clients.old, clients.new = clients.new, {}
            clients.turn = now + self._window + self._seconds
        clients.new[key] = _Client(asked, refusal.reason, times, since, until)

    def end_all(self) -> None:
        """Judge every request again: something that decides has changed. Any thread may say so."""
        # One assignment; what the other thread still does to the old object is forgotten with it.
        self._clients = _Clients()

    def _asked(self, request: LoginRequest) -> bytes | None:
        """Return a keyed digest of what decides about this request; None where nothing tells two of them apart.

        CHAP and MS-CHAP answer a new challenge each time, and an EAP conversation proves itself in later packets:
        neither shows whether the password is the one of the last time.
        """
        proof = b""
        if request.refused is None:
            if type(request.proof) is PapProof:
                proof = request.proof.password
            elif request.method is not _MAC or request.eap is not None:
                return None
        refused = request.refused.code if request.refused is not None else ""
        # Printable texts, so that no two questions are the same octets. The device and the hardware address are in the
        # key of the table. The port decides nothing, and some devices count it up with every request.
        text = "\0".join((refused, request.method, request.login, request.medium, request.ssid or "", ""))
        return blake2b(text.encode() + proof, key=self._key, digest_size=16).digest()

    def __len__(self) -> int:
        """Count the clients whose refusals are remembered."""
        return len(self._clients.new) + len(self._clients.old)


def _key(request: LoginRequest) -> Hashable:
    return request.device.number, request.hardware or request.claimed
