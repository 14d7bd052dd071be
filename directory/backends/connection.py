"""The pool of connections to one directory: ordered servers, fail-over, and the operations that the product needs.

All of it blocks and may be called from any thread; every wait is bounded. Reads and binds are repeated once on the
next server, because they change nothing. Writes are never repeated: whether a lost one was done can only be found
out by reading the entry, which is the caller's to do.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import Enum
from typing import NamedTuple, Self, TypeVar

import structlog

from directory.backends.link import (
    INVALID_CREDENTIALS,
    NO_SUCH_OBJECT,
    SUCCESS,
    Attributes,
    Credentials,
    DirectoryRefused,
    Link,
    OwnCredentialsRefused,
    escape_filter,
    escape_rdn,
)
from directory.backends.wire import (
    DEFAULT_LIMITS,
    CertificateRefused,
    DirectoryServer,
    DirectorySlow,
    DirectoryUnavailable,
    Limits,
    check,
)

__all__ = [
    "DEFAULT_LIMITS",
    "Attributes",
    "BindOutcome",
    "CertificateRefused",
    "Credentials",
    "DirectoryPool",
    "DirectoryRefused",
    "DirectoryServer",
    "DirectorySlow",
    "DirectoryUnavailable",
    "Limits",
    "Link",
    "OwnCredentialsRefused",
    "check",
    "escape_filter",
    "escape_rdn",
    "open_link",
]

# Seconds for which a server that failed is passed over.
QUARANTINE = 2.0
# Seconds where only an operator can help; asking more often could lock our own account.
QUARANTINE_OPERATOR = 10.0
# Kept connections for each server and use; threads beyond that open one and close it again.
KEPT = 8
INAPPROPRIATE_AUTHENTICATION, CONSTRAINT_VIOLATION, UNWILLING = 48, 19, 53

log = structlog.get_logger()
T = TypeVar("T")


class BindOutcome(Enum):
    """What a directory said to a person's password."""

    PROVEN = "proven"
    WRONG = "wrong"
    LOCKED = "locked"  # refused whatever the password: 53 (389 DS: inactivated), 19 (389 DS: too many failures)
    UNAVAILABLE = "unavailable"  # nothing was learnt about the password


_OUTCOMES = {
    SUCCESS: BindOutcome.PROVEN,
    INVALID_CREDENTIALS: BindOutcome.WRONG,
    NO_SUCH_OBJECT: BindOutcome.WRONG,
    INAPPROPRIATE_AUTHENTICATION: BindOutcome.WRONG,  # the entry has no password at all
    CONSTRAINT_VIOLATION: BindOutcome.LOCKED,
    UNWILLING: BindOutcome.LOCKED,
}
_OF_THE_SERVER = frozenset({51, 52, 80})


def open_link(server: DirectoryServer, credentials: Credentials | None, limits: Limits) -> Link:
    """Connect to one server and become `credentials` there (None: nobody yet). Raises DirectoryUnavailable."""
    link = Link(server, limits)
    try:
        if credentials is not None:
            link.authenticate(credentials)
    except BaseException:
        link.close()
        raise
    return link


class _NobodyLeft(DirectoryUnavailable):
    """Every server is in quarantine; why was told when it got there."""


class _Borrowed(NamedTuple):
    server: int
    link: Link
    own: bool  # bound as the product's account; else a connection for the passwords of people


class DirectoryPool:
    """The operations of a directory over one or more servers that hold the same content."""

    def __init__(
        self, servers: Sequence[DirectoryServer], credentials: Credentials, *, limits: Limits = DEFAULT_LIMITS
    ) -> None:
        """Take the servers in order of preference; nothing is opened before it is needed.

        Raises ValueError where there is none, or one that would not protect a password.
        """
        if not servers:
            raise ValueError("a pool needs a server")
        for server in servers:
            check(server)
        self._servers = tuple(servers)
        self._credentials = credentials
        self._limits = limits
        self._lock = threading.Lock()
        self._kept: dict[tuple[int, bool], list[Link]] = {}
        self._until = [0.0] * len(self._servers)  # end of each quarantine, on the monotonic clock
        self._closed = False
        self.referrals = 0  # answers that pointed to another server, for the metrics; none was followed

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the kept connections; those in use are closed when they come back."""
        with self._lock:
            self._closed = True
            kept, self._kept = self._kept, {}
        for links in kept.values():
            for link in links:
                link.close()

    # -- lending ---------------------------------------------------------------------------------------------

    def _from_kept(self, server: int, *, own: bool) -> Link | None:
        while True:
            with self._lock:
                links = self._kept.get((server, own))
                link = links.pop() if links else None
            if link is None or link.quiet():
                return link
            link.close()

    def _borrow(self, *, own: bool) -> _Borrowed:
        """Return a connection to the first server that is not in quarantine and answers."""
        last: DirectoryUnavailable = _NobodyLeft("no directory server is usable at present")
        for server, address in enumerate(self._servers):
            if time.monotonic() < self._until[server]:
                continue
            try:
                link = self._from_kept(server, own=own) or open_link(
                    address, self._credentials if own else None, self._limits
                )
            except DirectoryUnavailable as error:
                self._fault(server, error)
                last = error
            else:
                return _Borrowed(server, link, own)
        raise last

    def _give_back(self, borrowed: _Borrowed) -> None:
        with self._lock:
            self.referrals += borrowed.link.referrals
            borrowed.link.referrals = 0
            links = self._kept.setdefault((borrowed.server, borrowed.own), [])
            if not self._closed and len(links) < KEPT:
                links.append(borrowed.link)
                return
        borrowed.link.close()

    def _fault(self, server: int, error: DirectoryUnavailable) -> None:
        """Pass over a server for a while, drop what is kept to it, and say so."""
        uri = self._servers[server].uri
        pause = QUARANTINE
        if isinstance(error, CertificateRefused):
            log.error("directory certificate refused", server=uri, reason=str(error))
            pause = QUARANTINE_OPERATOR
        elif isinstance(error, OwnCredentialsRefused):
            log.error("own credentials refused", server=uri, reason=str(error))
            pause = QUARANTINE_OPERATOR
        else:
            log.warning("directory server failed", server=uri, reason=str(error))
        with self._lock:
            # The only server is tried again at once where finding out costs nothing: it may just have restarted.
            if len(self._servers) > 1 or error.slow:
                self._until[server] = time.monotonic() + pause
            dropped = self._kept.pop((server, True), []) + self._kept.pop((server, False), [])
        for link in dropped:
            link.close()

    def _use(self, act: Callable[[Link], T], *, own: bool) -> tuple[T, _Borrowed]:
        """Do something over a borrowed connection, which is still out when this returns."""
        borrowed = self._borrow(own=own)
        try:
            return act(borrowed.link), borrowed
        except DirectoryRefused:
            self._give_back(borrowed)
            raise
        except BaseException as error:
            borrowed.link.close()
            if isinstance(error, DirectoryUnavailable):
                self._fault(borrowed.server, error)
            raise

    def _use_twice(self, act: Callable[[Link], T], *, own: bool = True) -> tuple[T, _Borrowed]:
        """Do something that may be done twice: on the next server where the first one fails."""
        try:
            return self._use(act, own=own)
        except DirectoryUnavailable as error:
            try:
                return self._use(act, own=own)
            except _NobodyLeft:
                raise error from None

    def _read(self, act: Callable[[Link], T], *, own: bool = True) -> T:
        answer, borrowed = self._use_twice(act, own=own)
        self._give_back(borrowed)
        return answer

    def _write(self, act: Callable[[Link], None]) -> None:
        _, borrowed = self._use(act, own=True)
        self._give_back(borrowed)

    # -- reading ---------------------------------------------------------------------------------------------

    def get(self, dn: str, attributes: Sequence[str]) -> Attributes | None:
        """Return these attributes of one entry, or None where there is none.

        Raises DirectoryUnavailable; DirectoryRefused.
        """
        return self._read(lambda link: link.read(dn, attributes))

    def search(
        self, base: str, condition: str, attributes: Sequence[str], scope: str = "subtree"
    ) -> Iterator[tuple[str, Attributes]]:
        """Yield (dn, attributes) of all entries, page by page. `scope` is base, one or subtree.

        Values in `condition` go through escape_filter. Raises DirectoryRefused; DirectoryUnavailable, also in the
        middle: then nothing may be concluded from what is missing.
        """
        (entries, cookie), borrowed = self._use_twice(lambda link: link.page(base, condition, attributes, scope, b""))
        whole = False
        try:
            while True:
                yield from entries
                if not cookie:
                    break
                entries, cookie = borrowed.link.page(base, condition, attributes, scope, cookie)
            whole = True
        except DirectoryUnavailable as error:
            self._fault(borrowed.server, error)
            raise
        finally:
            # A search that was left half-way still occupies its connection at the server.
            if whole:
                self._give_back(borrowed)
            else:
                borrowed.link.close()

    # -- writing, never repeated -----------------------------------------------------------------------------

    def add(self, dn: str, attributes: Mapping[str, Sequence[bytes]]) -> None:
        """Add an entry. Raises DirectoryUnavailable (done or not is unknown); DirectoryRefused (68: it exists)."""
        self._write(lambda link: link.add(dn, attributes))

    def modify(self, dn: str, changes: Mapping[str, Sequence[bytes]]) -> None:
        """Give each attribute exactly these values; none: remove it.

        Raises DirectoryUnavailable (done or not is unknown); DirectoryRefused.
        """
        self._write(lambda link: link.modify(dn, changes))

    def delete(self, dn: str) -> None:
        """Delete an entry. Raises DirectoryUnavailable (done or not is unknown); DirectoryRefused (32: gone)."""
        self._write(lambda link: link.delete(dn))

    def rename(self, dn: str, new_rdn: str, new_superior: str | None = None) -> None:
        """Rename and/or move an entry; `new_rdn` such as "uid=" + escape_rdn(login).

        Raises DirectoryUnavailable (done or not is unknown); DirectoryRefused.
        """
        self._write(lambda link: link.rename(dn, new_rdn, new_superior))

    # -- passwords of people ---------------------------------------------------------------------------------

    def bind_as(self, dn: str, password: bytes) -> BindOutcome:
        """Ask whether this is the password of the entry `dn`, which must be a DN that the server itself returned.

        Never raises for what a server does; an empty password is WRONG before anything is sent (RFC 4513 §5.1.2).
        """
        if not dn or not password:
            return BindOutcome.WRONG

        def ask(link: Link) -> int:
            code = link.bind(dn, password)
            if code in _OF_THE_SERVER:
                raise DirectoryUnavailable(f"{link.server.uri}: result code {code}")
            return code

        try:
            code = self._read(ask, own=False)
        except DirectoryUnavailable:
            return BindOutcome.UNAVAILABLE
        outcome = _OUTCOMES.get(code, BindOutcome.UNAVAILABLE)
        if outcome is BindOutcome.UNAVAILABLE:
            log.error("directory cannot judge passwords", result=code)
        return outcome
