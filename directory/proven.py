"""What a process has proven lately, so that a slow hash is computed once and not for every port.

An entry is a keyed digest over the person, everything in the directory that a password is judged by, and the
password. The key is made at start and never leaves memory; a wrong password leaves no trace here.
"""

import hashlib
import secrets
import threading
from hmac import compare_digest
from typing import NamedTuple

from directory.person import Person

_PEOPLE = 131_072  # remembered at most; the oldest goes first


class _Entry(NamedTuple):
    digest: bytes
    since: float  # seconds since the epoch
    until: float

    def __repr__(self) -> str:
        return "_Entry()"


class Proven:
    """One remembered password for each person. Threads may share it."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds  # for which an entry counts; 0: nothing is remembered
        self._key = secrets.token_bytes(32)
        self._entries: dict[str, _Entry] = {}
        self._forgotten = 0
        self._lock = threading.Lock()

    @property
    def mark(self) -> int:
        """How often something was forgotten; taken before a verification begins, and handed to `remember`."""
        return self._forgotten

    def holds(self, person: Person, password: bytes, now: float) -> bool:
        """Tell whether just this password was proven for the person as the directory has it now."""
        entry = self._entries.get(person.subject)
        # A clock that was set back ends an entry too: nothing lives longer than it was meant to.
        if entry is None or not entry.since <= now < entry.until:
            return False
        return compare_digest(entry.digest, self._digest(person, password))

    def remember(self, person: Person, password: bytes, now: float, mark: int) -> None:
        """Remember a password that was proven at `now`, unless anything was forgotten since `mark`."""
        if self._seconds <= 0:
            return
        entry = _Entry(self._digest(person, password), now, now + self._seconds)
        with self._lock:
            if mark != self._forgotten:
                return  # it may have been this very person, and what was proven may be the old password
            self._entries.pop(person.subject, None)  # to the end of the order
            self._entries[person.subject] = entry
            if len(self._entries) > _PEOPLE:
                del self._entries[next(iter(self._entries))]

    def forget(self, subject: str) -> None:
        """Forget a person's password: the directory changed something."""
        with self._lock:
            self._forgotten += 1
            self._entries.pop(subject, None)

    def clear(self) -> None:
        """Forget everybody's."""
        with self._lock:
            self._forgotten += 1
            self._entries.clear()

    def _digest(self, person: Person, password: bytes) -> bytes:
        identity = repr((person.subject, person.entry, person.dn, person.password_changed, person.locked_until))
        parts = (identity.encode(errors="surrogatepass"), *person.verifiers, password)
        # Lengths first: no two lists of parts may give the same octets.
        framed = b"".join([len(part).to_bytes(4, "big") + part for part in parts])
        return hashlib.blake2b(framed, key=self._key, digest_size=32).digest()
