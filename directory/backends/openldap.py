"""Follow an OpenLDAP server by content synchronisation (RFC 4533), and know at each moment whether we keep up.

One thread has two connections to one server: on the first the server tells every change, on the second we ask each
second how far the server is (contextCSN) and compare. Silence on the first one proves nothing. Whatever fails, the
next server is asked to go on from the cookie; where there is any doubt about the cookie, for everything anew.
"""

import contextlib
import re
import select
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing

import structlog

from directory.backends.connection import (
    DEFAULT_LIMITS,
    Credentials,
    DirectoryServer,
    DirectoryUnavailable,
    Limits,
    Link,
    open_link,
)
from directory.backends.following import Following, Resume
from directory.ber import message_length
from directory.synchronisation import (
    REQUEST_OID,
    UNWILLING,
    Cookie,
    Ended,
    Event,
    Idle,
    RefreshDone,
    Session,
    Stage,
    Upsert,
    request_value,
)
from store.clock import Clock, SystemClock

PEOPLE_AND_ENDPOINTS = "(|(objectClass=rnPerson)(objectClass=rnDevice))"
BEAT = 1.0
# Seconds without an octet, within a refresh, after which a server counts as stuck.
REFRESH_SILENCE = 10.0
GREATEST_MESSAGE = 16 * 1024 * 1024
CHUNK = 256 * 1024

log = structlog.get_logger()


# "time#count#provider#operation", all of fixed length.
_CHANGE_NUMBER = re.compile(rb"\d{14}\.\d{6}Z#[0-9a-f]{6}#([0-9a-f]{3})#[0-9a-f]{6}")


def change_numbers(values: Sequence[bytes]) -> dict[bytes, bytes]:
    """Return the newest change sequence number of each provider; what is no such number is left out.

    Numbers of one provider are ordered as text.
    """
    newest: dict[bytes, bytes] = {}
    for value in values:
        match = _CHANGE_NUMBER.fullmatch(value)
        if match:
            newest[match[1]] = max(value, newest.get(match[1], b""))
    return newest


def cookie_numbers(cookie: bytes) -> dict[bytes, bytes]:
    """Return the change sequence numbers of OpenLDAP's cookie, "rid=000,sid=001,csn=A;B"."""
    for part in cookie.split(b","):
        if part.startswith(b"csn="):
            return change_numbers(part[4:].split(b";"))
    return {}


class _Stream:
    """Whole LDAP messages from the socket of a search that does not end."""

    def __init__(self, link: Link, wake: socket.socket) -> None:
        self._socket = link.socket
        self._wake = wake
        self._uri = link.server.uri
        self._rest = b""
        self._socket.setblocking(False)

    def read(self, seconds: float) -> Iterator[bytes]:
        """Wait up to `seconds` for octets, or for the wish to stop, and yield the messages that became whole.

        Raises DirectoryUnavailable at the end of the stream, MalformedSync.
        """
        data = self._receive(seconds)
        if not data:
            return
        data = self._rest + data
        at = 0
        while length := message_length(data, at, GREATEST_MESSAGE):
            if at + length > len(data):
                break
            yield data[at : at + length]
            at += length
        self._rest = data[at:]

    def _receive(self, seconds: float) -> bytes:
        # TLS may hold octets that select does not see, so the socket is asked first.
        for wait in (True, False):
            try:
                data = self._socket.recv(CHUNK)
            except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                if wait:
                    select.select([self._socket, self._wake], [], [], max(0.0, seconds))
            except OSError:
                raise DirectoryUnavailable(f"{self._uri}: connection lost") from None
            else:
                if not data:
                    raise DirectoryUnavailable(f"{self._uri}: the server closed the connection")
                return data
        return b""


class Follower(Following):
    """Turns an OpenLDAP server into events."""

    def __init__(
        self,
        servers: Sequence[DirectoryServer],
        credentials: Credentials,
        suffix: str,
        attributes: Sequence[str],
        *,
        deliver: Callable[[Event], None],
        held: Callable[[], int],
        condition: str = PEOPLE_AND_ENDPOINTS,
        beat: float = BEAT,
        limits: Limits = DEFAULT_LIMITS,
        clock: Clock | None = None,
    ) -> None:
        """Prepare to follow `servers` (in order of preference, all with the same content).

        `suffix` is the naming context; `condition` selects by class only, because an entry that leaves it counts as
        deleted. `deliver` is called in the follower's thread, `held` tells how many entries the receiver has.
        `beat`: seconds between two questions how far the server is. Raises ValueError as DirectoryPool does.
        """
        super().__init__(servers)
        self._credentials = credentials
        self._suffix = suffix
        self._attributes = tuple(attributes)
        self._condition = condition
        self._deliver = deliver
        self._held = held
        self._beat = beat
        self._limits = limits
        self._clock = clock or SystemClock()
        self._wake, self._waker = socket.socketpair()
        self._cookie: bytes | None = None
        self._database: list[bytes] | None = None  # entryUUID of its root: which database the cookie belongs to
        self._seen: dict[bytes, bytes] = {}
        self._asked: tuple[float, dict[bytes, bytes]] | None = None  # when, and how far the server was then
        self._upserts = 0

    def stop(self) -> None:
        """End the thread and wait for it, and close what would wake it."""
        super().stop()
        self._wake.close()
        self._waker.close()

    def _interrupt(self) -> None:
        with contextlib.suppress(OSError):
            self._waker.send(b"\0")

    def _distrust(self) -> None:
        self._cookie = None

    def _follow(self, server: DirectoryServer) -> None:
        """Follow one server until it fails."""
        with (
            closing(open_link(server, self._credentials, self._limits)) as link,
            closing(open_link(server, self._credentials, self._limits)) as second,
        ):
            self._check_cookie(second)
            control = (REQUEST_OID, True, request_value(self._cookie))
            number = link.send_search(self._suffix, self._condition, self._attributes, [control])
            fresh = self._cookie is None
            session = Session(number, fresh=fresh)
            stream = _Stream(link, self._wake)
            self._upserts = 0
            self._asked = None
            self._deliver(session.begin())
            heard = beaten = time.monotonic()
            while not self._stopping.is_set():
                refreshing = session.stage is Stage.REFRESH
                until = heard + REFRESH_SILENCE if refreshing else beaten + self._beat
                for message in stream.read(until - time.monotonic()):
                    heard = time.monotonic()
                    for event in session.receive(message):
                        self._take(event, refreshing=refreshing)
                    refreshing = session.stage is Stage.REFRESH
                now = time.monotonic()
                if refreshing:
                    if now >= heard + REFRESH_SILENCE:
                        raise DirectoryUnavailable(f"{server.uri}: silent in the middle of a refresh")
                    continue
                if self.server is None:
                    self.server = server.uri
                    log.info("directory followed", server=server.uri, fresh=fresh)
                    beaten = now - self._beat
                if now >= beaten + self._beat:
                    self._ask(second, heard_since=heard > beaten)
                    beaten = now

    def _check_cookie(self, link: Link) -> None:
        """Drop the cookie unless it is sound and this is the database that it came from, told by its root entry."""
        found = link.read(self._suffix, ["entryUUID"]) or {}
        database = found.get("entryUUID")
        if self._cookie is not None and (
            not database or database != self._database or not cookie_numbers(self._cookie)
        ):
            log.warning("directory cookie dropped", server=link.server.uri)
            self._cookie = None
        self._database = database
        if self._cookie is None:
            self._seen = {}

    def _take(self, event: Event | Ended, *, refreshing: bool) -> None:
        if isinstance(event, Ended):
            if event.restart and self._cookie is not None:
                self._cookie = None
                if event.code == UNWILLING:
                    log.error("directory went back in time", result=event.code)
                raise Resume
            raise DirectoryUnavailable(f"the server ended the synchronisation, result code {event.code}")
        if isinstance(event, Upsert):
            self._upserts += refreshing
        elif isinstance(event, Cookie):
            self._cookie = event.octets
            self._seen = cookie_numbers(event.octets)
            self._compare()
            return
        elif isinstance(event, RefreshDone) and self._doubtful(event):
            log.warning("directory cookie doubted", sent=self._upserts, held=self._held())
            self._cookie = None
            raise Resume
        self._deliver(event)

    def _doubtful(self, done: RefreshDone) -> bool:
        """Tell whether the server may not have understood the cookie.

        OpenLDAP answers a cookie that it does not understand with everything it has, and closes as if deletions had
        been told: what vanished would stay for ever. From outside it only looks like many changes.
        """
        return self._cookie is not None and done.deletes_were_told and 0 < self._held() <= self._upserts * 2

    def _ask(self, link: Link, *, heard_since: bool) -> None:
        """Ask how far the server is. We are in step once we have heard all of that."""
        if self._asked is not None and not heard_since:
            # Behind, and nothing comes: the stream is dead, or the change was of a kind that is not told (something
            # deleted that we never saw). A new session from the cookie settles both.
            raise Resume
        at = self._clock.now()
        found = link.read(self._suffix, ["contextCSN"])
        numbers = change_numbers((found or {}).get("contextCSN", []))
        if not numbers:
            raise DirectoryUnavailable(f"{link.server.uri}: no contextCSN to be seen at {self._suffix}")
        if self._asked is None:
            self._asked = (at, numbers)
        self._compare()

    def _compare(self) -> None:
        if self._asked is None:
            return
        at, numbers = self._asked
        if all(self._seen.get(provider, b"") >= number for provider, number in numbers.items()):
            self._asked = None
            self._deliver(Idle(at))
