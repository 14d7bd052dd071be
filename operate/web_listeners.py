"""Sockets and TLS of the pages: which application answers where, and the certificate that it shows."""

import os
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import uvicorn
from starlette.types import Receive, Scope, Send

from directory.backends.private_authority import ensure_certificate
from operate.settings import Settings

BACKLOG = 512
MOST_AT_ONCE = 400  # requests under way; more are told 503
KEEP_ALIVE = 5  # seconds
_KEPT = re.compile(r"/(in/[A-Za-z0-9_-]+|s|account)")  # paths that the way to the real address keeps


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


class Server(uvicorn.Server):
    """A server that leaves signals to its process."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


def server(app: Any, tls: tuple[Path, Path] | None) -> Server:
    """Return a server for an application; it listens on the sockets that `serve` is given."""
    configuration = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # the source address is the socket's: no header may change who asks
        lifespan="off",
        limit_concurrency=MOST_AT_ONCE,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=5,
        ssl_certfile=str(tls[0]) if tls is not None else None,
        ssl_keyfile=str(tls[1]) if tls is not None else None,
    )
    return Server(configuration)


class Signpost:
    """What stands on the HTTP port beyond loopback: the way to the real address, with the path kept."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Answer 302, whatever was asked: probes of captive devices among it."""
        if scope["type"] != "http":
            return
        path = scope.get("raw_path", b"/").decode("ascii", "replace")
        where = self._url + (path if _KEPT.fullmatch(path) else "/")
        headers = [(b"location", where.encode("ascii", "replace")), (b"cache-control", b"no-store"),
                   (b"connection", b"close"), (b"content-length", b"0")]  # fmt: skip
        await send({"type": "http.response.start", "status": 302, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
