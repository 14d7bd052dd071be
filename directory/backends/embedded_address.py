"""Where the embedded directory is reached: its local socket, and ldaps:// for outside applications."""

import ipaddress
import os
import re
import socket
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from directory.backends.slapd_child import SOCKET

_LONGEST_SOCKET_PATH = 107  # octets: sun_path of unix(7) with its closing NUL
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what an operator may write, not a default
# LDAPMessage 1: SearchRequest of the root DSE, scope base, (objectClass=*), no attributes (RFC 4511 §4.5.1).
_ROOT_DSE_SEARCH = bytes.fromhex(
    "302a020101632504000a01000a0100020101020100010100870b6f626a656374436c61737330050403312e31"
)
_ENTRY_OF_IT = b"\x02\x01\x01\x64"  # messageID 1, then [APPLICATION 4] SearchResultEntry
_descriptors: dict[Path, int] = {}


class ListenRefused(ValueError):  # noqa: N818 - the name is the sentence
    """[directory] listen is not address:port."""


class Listen(NamedTuple):
    """Where slapd listens with TLS."""

    host: str
    port: int

    @property
    def uri(self) -> str:
        """URI under which it is reached on this machine."""
        host = _EVERYWHERE.get(self.host, self.host)
        return f"ldaps://{f'[{host}]' if ':' in host else host}:{self.port}"

    @property
    def names(self) -> tuple[str, ...]:
        """Names and addresses that its certificate must carry."""
        outside = socket.gethostname() if self.host in _EVERYWHERE else self.host
        return tuple(dict.fromkeys(("localhost", "127.0.0.1", "::1", outside)))


def parse_listen(text: str) -> Listen | None:
    """Return `address:port` or `[address]:port` taken apart; None where empty. Raises ListenRefused."""
    if not text:
        return None
    host, _, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if re.fullmatch(r"[0-9]{1,5}", port, re.ASCII) is None or not 0 < int(port) < 65536:
        raise ListenRefused("[directory] listen: write address:port, for example 192.0.2.10:636 or [2001:db8::10]:636")
    if re.fullmatch(r"[0-9A-Za-z]([0-9A-Za-z.-]{0,251}[0-9A-Za-z])?", host, re.ASCII) is None:
        try:
            ipaddress.IPv6Address(host)
        except ValueError as error:
            raise ListenRefused("[directory] listen: that is no address and no host name") from error
    return Listen(host, int(port))


def socket_path(home: Path) -> str:
    """Return a path of at most 107 octets to slapd's socket.

    Where the state directory is deeper, the path goes through this process's descriptor of slapd's directory,
    /proc/PID/fd/N: valid in this process, and for its children while it lives. Unlike a short symbolic link it
    leaves nothing behind, and no cleaner of temporary files takes it away.
    """
    path = str(home / SOCKET)
    if len(os.fsencode(path)) <= _LONGEST_SOCKET_PATH or not home.exists():
        return path
    return f"/proc/{os.getpid()}/fd/{_descriptor_of(home)}/{SOCKET}"


def socket_uri(home: Path) -> str:
    """Return the same as a URI (percent-encoded path)."""
    return "ldapi://" + quote(socket_path(home), safe="")


def answers(home: Path, *, within: float) -> bool:
    """Ask for the root DSE on the local socket, and wait at most so many seconds.

    The existence of the socket or of the pid file says nothing: slapd makes both before it can answer.
    """
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
            client.settimeout(within)
            client.connect(socket_path(home))
            client.sendall(_ROOT_DSE_SEARCH)
            return _ENTRY_OF_IT in client.recv(64)
    except OSError:
        return False


def _descriptor_of(directory: Path) -> int:
    """Return a descriptor of this directory that stays open for the life of the process, because URIs name it."""
    known = _descriptors.get(directory)
    if known is None or not os.path.samestat(os.fstat(known), directory.stat()):
        known = _descriptors[directory] = os.open(directory, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    return known
