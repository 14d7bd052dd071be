"""Follow a server without content synchronisation (389 DS as it is installed) by asking it again and again.

Each second we ask for what was changed since the newest change we know, by modifyTimestamp, whose clock is the
server's. That shows neither deletions nor everything else: a lock after too many failures leaves modifyTimestamp as
it was, and a change can come late from another supplier. So every half minute we list all ids with the version of
each entry, and look again at those that differ.

What 389 DS needs for it beyond a few thousand people (measured with 2.3.1): an index of modifyTimestamp, nsIndexType
eq with nsMatchingRule generalizedTimeOrderingMatch, or each question reads every entry; and on the account that asks
nsLookThroughLimit, nsPagedLookThroughLimit and nsSizeLimit of -1, or the answer is 11, adminLimitExceeded.
"""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from itertools import islice
from typing import NamedTuple

import structlog

from directory.backends.connection import (
    Attributes,
    Credentials,
    DirectoryServer,
    DirectoryUnavailable,
    Limits,
    Link,
)
from directory.backends.following import Following
from directory.ber import MalformedSync
from directory.login_record import MalformedEntry, generalized_time
from directory.synchronisation import Event, Gone, Idle, RefreshBegun, RefreshDone, Upsert
from store.clock import Clock, SystemClock

BEAT, LISTING = 1.0, 30.0  # seconds
# A search without an index takes two seconds in 100,000 entries.
LIMITS = Limits(connect=1.0, answer=5.0)
# Seconds by which a change may become visible later than another one with the same time.
OVERLAP = 5.0
# Entries that are looked at again by one search.
TOGETHER = 100
_MODIFIED = "modifyTimestamp"
_LAST_SECOND = 253402300799  # of the year 9999

log = structlog.get_logger()


class Identity(NamedTuple):
    """The attribute that never changes, 16 octets in hexadecimal digits, and the groups in which it shows them."""

    attribute: str
    groups: tuple[int, ...]

    def read(self, attributes: Attributes) -> bytes:
        """Return the id of an entry, its attributes in lower case. Raises MalformedSync."""
        try:
            (value,) = attributes[self.attribute.lower()]
            found = bytes.fromhex(value.decode("ascii").replace("-", ""))
        except (KeyError, ValueError):
            raise MalformedSync(f"an entry without a readable {self.attribute}") from None
        if len(found) != 16:
            raise MalformedSync(f"{self.attribute} has 16 octets")
        return found

    def text(self, entry: bytes) -> str:
        """Return the value of the attribute, as the server compares it."""
        digits = iter(entry.hex())
        return "-".join("".join(islice(digits, size)) for size in self.groups)


NS_UNIQUE_ID = Identity("nsUniqueId", (8, 8, 8, 8))
ENTRY_UUID = Identity("entryUUID", (8, 4, 4, 4, 12))  # RFC 4530


def changed_since(condition: str, at: float) -> str:
    """Return a filter for what was changed at `at` (seconds since the epoch, of the server's clock) or later."""
    moment = datetime.fromtimestamp(min(max(int(at), 0), _LAST_SECOND), UTC)
    return f"(&{condition}({_MODIFIED}>={moment:%Y%m%d%H%M%S}Z))"


def one_of(condition: str, identity: Identity, entries: Collection[bytes]) -> str:
    """Return a filter for these entries, as far as they still fulfil the condition."""
    either = "".join(f"({identity.attribute}={identity.text(entry)})" for entry in entries)
    return f"(&{condition}(|{either}))"


def modified(attributes: Attributes) -> float | None:
    """Return modifyTimestamp in seconds since the epoch, None where there is none to be read."""
    try:
        (value,) = attributes[_MODIFIED.lower()]
        return generalized_time(value)
    except (KeyError, ValueError, MalformedEntry):
        return None


def _newer(first: float | None, second: float | None) -> float | None:
    return second if first is None else first if second is None else max(first, second)


class PollingFollower(Following):
    """Turns a server without content synchronisation into events."""

    def __init__(
        self,
        servers: Sequence[DirectoryServer],
        credentials: Credentials,
        suffix: str,
        attributes: Sequence[str],
        *,
        deliver: Callable[[Event], None],
        condition: str,
        identity: Identity = NS_UNIQUE_ID,
        watched: Sequence[str] = (),
        beat: float = BEAT,
        listing: float = LISTING,
        limits: Limits = LIMITS,
        clock: Clock | None = None,
    ) -> None:
        """Prepare to follow `servers` (in order of preference, all with the same content).

        `suffix` is the naming context; `condition` selects by class only, because an entry that leaves it counts as
        deleted. `deliver` is called in the follower's thread. `watched` are attributes that can change while
        modifyTimestamp does not. `beat`: seconds between two questions what changed; `listing`: between two lists of
        everything. Raises ValueError as DirectoryPool does.
        """
        super().__init__(servers)
        self._credentials = credentials
        self._suffix = suffix
        self._condition = condition if condition.startswith("(") else f"({condition})"
        self._deliver = deliver
        self._identity = identity
        self._watched = tuple(name.lower() for name in watched if name)
        self._versions_only = (identity.attribute, _MODIFIED, *(name for name in watched if name))
        self._attributes = tuple({name.lower(): name for name in (*attributes, *self._versions_only)}.values())
        self._beat = beat
        self._listing = listing
        self._limits = limits
        self._clock = clock or SystemClock()
        self._lock = threading.Lock()
        self._open: tuple[Link, ...] = ()
        self._versions: dict[bytes, bytes] = {}  # of each entry that was delivered
        self._newest: float | None = None  # time of the newest change, by the server's clock
        self._newest_since = 0.0  # when we saw it, on the monotonic clock
        self._heard = False  # of a change, since the last list

    def _interrupt(self) -> None:
        with self._lock:
            for link in self._open:
                with contextlib.suppress(OSError):
                    link.socket.shutdown(socket.SHUT_RDWR)

    def _distrust(self) -> None:
        """Nothing is taken over from one session to the next anyway."""

    def _follow(self, server: DirectoryServer) -> None:
        """Follow one server until it fails. Nothing is taken over from another one: its clock may differ."""
        with (
            closing(Link(server, self._limits)) as link,
            closing(Link(server, self._limits)) as second,
            self._stoppable(link, second),
        ):
            link.authenticate(self._credentials)
            second.authenticate(self._credentials)
            self._take_all(link)
            # What changed while we read is found by a list at once; only then are we in step.
            due = time.monotonic()
            while not self._stopping.is_set():
                if time.monotonic() >= due:
                    self._compare(link, second)
                    due = time.monotonic() + self._listing
                    if self.server is None:
                        self.server = server.uri
                        log.info("directory followed", server=server.uri, entries=len(self._versions))
                self._poll(link)
                self._stopping.wait(self._beat)

    @contextlib.contextmanager
    def _stoppable(self, *links: Link) -> Iterator[None]:
        with self._lock:
            self._open = links
        try:
            if self._stopping.is_set():
                raise DirectoryUnavailable("stopped before the first question")
            yield
        finally:
            with self._lock:
                self._open = ()

    def _search(
        self, link: Link, condition: str, attributes: Sequence[str]
    ) -> Iterator[list[tuple[bytes, str, Attributes]]]:
        """Yield pages of (id, dn, attributes). Not to its end means that nothing is known of what is missing."""
        cookie = b""
        while True:
            entries, cookie = link.page(self._suffix, condition, attributes, "subtree", cookie)
            page = []
            for dn, given in entries:
                lower = {name.lower(): values for name, values in given.items()}
                page.append((self._identity.read(lower), dn, lower))
            yield page
            if not cookie:
                return

    def _version(self, attributes: Attributes) -> bytes:
        """Return what differs where an entry differs."""
        return b"\0".join(b",".join(sorted(attributes.get(name, ()))) for name in (_MODIFIED.lower(), *self._watched))

    def _take(self, entry: bytes, dn: str, attributes: Attributes) -> float | None:
        """Deliver an entry; return when it was modified, if that is news."""
        version = self._version(attributes)
        news = self._versions.get(entry) != version
        self._versions[entry] = version
        self._deliver(Upsert(entry, dn, attributes))
        return modified(attributes) if news else None

    def _take_all(self, link: Link) -> None:
        """Read everything, into a new set."""
        self._versions = {}
        self._newest = None
        self._deliver(RefreshBegun(fresh=True))
        for page in self._search(link, self._condition, self._attributes):
            for entry in page:
                self._newest = _newer(self._newest, self._take(*entry))
        if self._versions and self._newest is None:
            raise DirectoryUnavailable(f"{link.server.uri}: no {_MODIFIED} to be seen")
        self._newest_since = time.monotonic()
        self._heard = False
        self._deliver(RefreshDone(deletes_were_told=True))

    def _poll(self, link: Link) -> None:
        """Take what changed. We are in step with what the server had when we asked."""
        at = self._clock.now()
        newest = self._newest
        for page in self._search(link, self._question(), self._attributes):
            for entry in page:
                news = self._take(*entry)
                self._heard = self._heard or news is not None
                newest = _newer(newest, news)
        if newest != self._newest:
            self._newest, self._newest_since = newest, time.monotonic()
        self._deliver(Idle(at))

    def _question(self) -> str:
        if self._newest is None:
            return self._condition
        # Once no change of that time can appear any more we ask for later ones only: an import gives the same time
        # to everybody, and they would all come again each second.
        settled = time.monotonic() - self._newest_since > 2 * OVERLAP
        return changed_since(self._condition, self._newest + 1 if settled else self._newest - OVERLAP)

    def _compare(self, link: Link, second: Link) -> None:
        """List the version of every entry, and look again at those that are new, missing or not as we know them."""
        missing = set(self._versions)
        doubtful = set()
        polled = time.monotonic()
        for page in self._search(second, self._condition, self._versions_only):
            for entry, _, attributes in page:
                missing.discard(entry)
                if self._versions.get(entry) != self._version(attributes):
                    doubtful.add(entry)
            # A long list must not keep us from hearing of changes. Two pagings need two connections.
            if self.server is not None and time.monotonic() >= polled + self._beat:
                self._poll(link)
                polled = time.monotonic()
        late = self._look_again(link, sorted(missing | doubtful))
        if late is not None and self._newest is not None and late < self._newest - OVERLAP and not self._heard:
            # Changes are made, and none of them shows: the newest one we know came from a clock that ran ahead.
            log.warning("directory clock went back", server=link.server.uri, seconds=round(self._newest - late))
            self._newest, self._newest_since = late, time.monotonic()
        self._heard = False

    def _look_again(self, link: Link, entries: Sequence[bytes]) -> float | None:
        """Take these entries as they are now; return the newest change that was news."""
        late = None
        for first in range(0, len(entries), TOGETHER):
            asked = entries[first : first + TOGETHER]
            gone = set(asked)
            for page in self._search(link, one_of(self._condition, self._identity, asked), self._attributes):
                for found in page:
                    gone.discard(found[0])
                    late = _newer(late, self._take(*found))
            for entry in gone:
                if self._versions.pop(entry, None) is not None:
                    self._deliver(Gone(entry))
        return late
