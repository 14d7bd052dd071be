"""The servers of the pages: uvicorn as this product wants it, and what stands on the HTTP port beyond loopback."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from starlette.types import Receive, Scope, Send

MOST_AT_ONCE = 400  # requests under way; more are told 503
KEEP_ALIVE = 5  # seconds
_KEPT = re.compile(r"/(in/[A-Za-z0-9_-]+|s|account)")  # paths that the way to the real address keeps


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
        timeout_graceful_shutdown=2,
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
