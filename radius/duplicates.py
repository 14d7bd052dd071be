"""Answers that are kept for a while, so that a repeated request gets the same octets and costs nothing.

RFC 2865 §3 names a repeat by source address, source port and Identifier; RFC 5080 §2.2.2 adds the Request
Authenticator: another one under the same key is a new request and pushes the old one out.
"""

from typing import NamedTuple

Key = tuple[str, int, int]  # source address, source port, Identifier

# Every key costs about 500 octets with its answer; a device has at most 256 of them under way at each source port.
LIMIT = 65_536


class Pending(NamedTuple):
    """A request under way or answered: `answer` is None while somebody works on it."""

    authenticator: bytes
    answer: bytes | None


class Duplicates:
    """Requests of the last seconds, in two generations: an entry lives once to twice `seconds`."""

    __slots__ = ("_new", "_old", "_seconds", "_turn")

    def __init__(self, seconds: float) -> None:
        """Keep each answer for at least `seconds` (RFC 5080 §2.2.2: 5 to 30)."""
        self._seconds = seconds
        self._new: dict[Key, Pending] = {}
        self._old: dict[Key, Pending] = {}
        self._turn = 0.0

    def seen(self, key: Key, authenticator: bytes, now: float) -> Pending | None:
        """Return what is known of this very request, or note it as pending and return None."""
        if now >= self._turn or len(self._new) >= LIMIT:
            # Past the limit the oldest go early: a flood costs repeats their answer, never memory without bound.
            self._old, self._new = self._new, {}
            self._turn = now + self._seconds
        known = self._new.get(key) or self._old.get(key)
        if known is not None and known.authenticator == authenticator:
            return known
        self._new[key] = Pending(authenticator, None)
        return None

    def answered(self, key: Key, authenticator: bytes, answer: bytes) -> None:
        """Keep the answer; one that comes after a newer request took the key is not kept."""
        known = self._new.get(key) or self._old.get(key)
        if known is None or known.authenticator == authenticator:
            self._new[key] = Pending(authenticator, answer)

    def forget(self, key: Key, authenticator: bytes) -> None:
        """Give up a pending request without an answer, so that its repeat is heard."""
        for generation in (self._new, self._old):
            known = generation.get(key)
            if known is not None and known.authenticator == authenticator:
                del generation[key]

    def __len__(self) -> int:
        """Count the requests that are kept."""
        return len(self._new) + len(self._old)
