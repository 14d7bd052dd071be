"""Sockets and TLS of the pages: where they listen, how people reach them, and the certificate that they show."""

import os
import socket
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from directory.backends.private_authority import ensure_certificate
from operate.settings import Settings

BACKLOG = 512


class Addresses(NamedTuple):
    """How people reach the pages; empty where a door is not offered."""

    door: str
    console: str


def addresses(settings: Settings) -> Addresses:
    """Return the addresses as set, else those that the listeners give."""
    portal = settings.portal
    door = portal.url
    if not door and portal.tls_listen:
        door = "https://" + _named(portal.tls_listen)
    elif not door and portal.listen:
        door = "http://" + _named(portal.listen)
    console = portal.console_url
    if not console and portal.console_listen:
        console = "https://" + _named(portal.console_listen)
    offered = bool(portal.listen or portal.tls_listen)
    return Addresses(door.rstrip("/") if offered else "", console.rstrip("/") if portal.console_listen else "")


def _named(listen: str) -> str:
    host, port = split(listen)
    if ip_address(host).is_unspecified:
        host = socket.getfqdn()
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def split(listen: str) -> tuple[str, int]:
    """Return host and port of an address:port that settings_check accepted."""
    host, _, port = listen.rpartition(":")
    return host.strip("[]"), int(port)


def open_socket(listen: str) -> socket.socket:
    """Return a listening socket. Raises OSError where the address cannot be had."""
    host, port = split(listen)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((host, port))
        made.listen(BACKLOG)
    except BaseException:
        made.close()
        raise
    return made


def inherited(listen: str) -> socket.socket:
    """Return the listening socket that the supervisor has opened for this address, else a new one.

    The kernel takes connections from the moment it was opened: nobody is turned away while the pages start or start
    again; whoever comes then waits for a second. Raises OSError.
    """
    descriptor = os.environ.get(variable(listen), "")
    if not descriptor.isdigit():
        return open_socket(listen)
    # A descriptor of our own: the server closes what it is given, and the supervisor's stays open beside it.
    return socket.socket(fileno=os.dup(int(descriptor)))


def variable(listen: str) -> str:
    """Return the name under which the descriptor of an address's socket stands in the environment."""
    return "TRUENAME_LISTENS_" + "".join(each if each.isalnum() else "_" for each in listen)


def certificate(settings: Settings, names: tuple[str, ...]) -> tuple[Path, Path]:
    """Return certificate and key: as set, else of a private authority of the pages' own, made or renewed here."""
    portal = settings.portal
    if portal.certificate:
        return Path(portal.certificate), Path(portal.key)
    keys, public = settings.state / "keys" / "portal", settings.state / "portal"
    for directory in (keys, public):
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    ensure_certificate(keys, public, names=names, owner=(os.geteuid(), os.getegid()), now=datetime.now(UTC))
    return public / "server.pem", public / "server.key"


def host_of(url: str) -> str:
    """Return the host of one of our addresses."""
    return urlsplit(url).hostname or ""
