"""A socket to a directory server, by our rules: verified TLS or the local socket, and no wait without end."""

import errno
import select
import socket
import ssl
import time
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

LDAPS_PORT = 636
# Octets of answers to one operation; a page of 500 people with all attributes is below 2 MiB.
GREATEST_ANSWER = 64 * 1024 * 1024


class DirectoryUnavailable(Exception):  # noqa: N818 - a state of the directory, named as its callers speak of it
    """No usable answer: nobody there, too slow, broken, busy, or not who it should be.

    `slow` tells that finding out took the whole waiting time, or that trying again soon cannot help.
    """

    slow = False


class DirectorySlow(DirectoryUnavailable):
    """The server took longer than it may."""

    slow = True


class CertificateRefused(DirectoryUnavailable):
    """The server's certificate or the name in it is wrong; there is no way round it."""

    slow = True


class DirectoryServer(NamedTuple):
    """Where a server is: `ldapi://` and a percent-encoded path, or `ldaps://` and name or address; never `ldap://`."""

    uri: str
    ca_file: str = ""  # PEM file of the authorities that may sign its certificate; empty: those of the system


class Limits(NamedTuple):
    """Seconds that may pass: to connect with handshake, for an answer, and for the answer to a write."""

    connect: float = 1.0
    answer: float = 1.0
    write: float = 5.0


DEFAULT_LIMITS = Limits()


class Wire:
    """A socket on which an operation ends by its deadline, however slowly the octets trickle in."""

    __slots__ = ("_deadline", "_left", "_socket")

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._deadline = 0.0
        self._left = 0

    def begin(self, seconds: float) -> None:
        """Allow the next operation that many seconds, and GREATEST_ANSWER octets."""
        self._deadline = time.monotonic() + seconds
        self._left = GREATEST_ANSWER

    def _bound(self) -> None:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._socket.settimeout(left)

    def recv(self, size: int) -> bytes:
        """Receive up to `size` octets. Raises TimeoutError or another OSError."""
        self._bound()
        data = self._socket.recv(size)
        self._left -= len(data)
        if self._left < 0:
            raise OSError(errno.EMSGSIZE, "answer too long")
        return data

    def sendall(self, data: bytes) -> None:
        """Send all of `data`. Raises TimeoutError or another OSError."""
        self._bound()
        self._socket.sendall(data)

    def shutdown(self, how: int) -> None:
        """As socket.shutdown."""
        self._socket.shutdown(how)

    def close(self) -> None:
        """As socket.close."""
        self._socket.close()


def _under_tls(connected: socket.socket, name: str, ca_file: str, deadline: float) -> ssl.SSLSocket:
    """Return `connected` under TLS 1.2 or later, certificate and name verified (RFC 4513 §3.1.3)."""
    context = ssl.create_default_context(cafile=ca_file or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    connected.setblocking(False)
    wrapped = context.wrap_socket(connected, server_hostname=name, do_handshake_on_connect=False)
    try:
        while not _shaken(wrapped, deadline - time.monotonic()):
            pass
    except BaseException:
        wrapped.close()
        raise
    return wrapped


def _shaken(wrapped: ssl.SSLSocket, seconds: float) -> bool:
    """Take the handshake one step on, waiting for the peer; tell whether it is done."""
    try:
        wrapped.do_handshake()
    except ssl.SSLWantReadError:
        ready = bool(select.select([wrapped], [], [], max(0.0, seconds))[0])
    except ssl.SSLWantWriteError:
        ready = bool(select.select([], [wrapped], [], max(0.0, seconds))[1])
    else:
        return True
    if not ready:
        raise TimeoutError
    return False


def _local(path: str, seconds: float) -> socket.socket:
    connected = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connected.settimeout(seconds)
        connected.connect(path)
    except BaseException:
        connected.close()
        raise
    return connected


def _remote(name: str, port: int, ca_file: str, seconds: float) -> socket.socket:
    deadline = time.monotonic() + seconds
    connected = socket.create_connection((name, port), timeout=seconds)
    try:
        # A peer that vanished without a word is noticed after about 20 seconds, whatever the system's default.
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 10)
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 3)
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3)
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return _under_tls(connected, name, ca_file, deadline)
    except BaseException:
        connected.close()
        raise


def check(server: DirectoryServer) -> None:
    """Raise ValueError for a URI over which a password would travel in clear, or that is none."""
    parts = urlsplit(server.uri)
    if not (parts.scheme == "ldapi" and parts.netloc) and not (parts.scheme == "ldaps" and parts.hostname):
        raise ValueError("only ldapi:// and ldaps:// are spoken: a password never crosses a network in clear")


def dial(server: DirectoryServer, seconds: float) -> socket.socket:
    """Return a connected socket. Names are resolved by the system, within the limits of its resolver.

    Raises DirectoryUnavailable, and ValueError as `check` does.
    """
    check(server)
    parts = urlsplit(server.uri)
    try:
        if parts.scheme == "ldapi":
            return _local(unquote(parts.netloc), seconds)
        return _remote(parts.hostname or "", parts.port or LDAPS_PORT, server.ca_file, seconds)
    except ssl.SSLCertVerificationError as error:
        raise CertificateRefused(f"{server.uri}: certificate refused, {error.verify_message}") from None
    except TimeoutError:
        raise DirectorySlow(f"{server.uri}: no connection in time") from None
    except OSError as error:
        reason = errno.errorcode.get(error.errno or 0, type(error).__name__)
        raise DirectoryUnavailable(f"{server.uri}: no connection, {reason}") from None
