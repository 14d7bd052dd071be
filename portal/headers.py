"""The headers that every answer carries, and the origin that a post must come from. Pure ASGI around an app."""

import base64
import hashlib
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

MOST_OCTETS = 16 * 1024 * 1024  # of a request's body: a list of people is the largest thing that anybody sends


def style_source(css: str) -> str:
    """Return the source expression by which a policy allows exactly this <style> (CSP level 3 §2.3.1)."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()}'"


def policy(*, styles: str = "'self'", scripts: str = "'none'") -> str:
    """Return a content security policy: nothing from elsewhere, nothing inline, nobody frames us."""
    connects = "'self'" if scripts != "'none'" else "'none'"
    return (
        f"default-src 'none'; style-src {styles}; script-src {scripts}; img-src 'self' data:; connect-src {connects}; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )


class Guarded:
    """Adds the headers; refuses bodies that are too long and posts that another site's page sends."""

    def __init__(self, app: Application, *, policy: str, origin: str, secure: bool) -> None:
        """`origin` is ours as browsers write it (RFC 6454 §6.2), `secure` whether we speak TLS."""
        self._app = app
        self._origin = origin
        told = {
            "content-security-policy": policy,
            "x-content-type-options": "nosniff",
            "referrer-policy": "same-origin",
            "x-frame-options": "DENY",
            "cross-origin-opener-policy": "same-origin",
            "cross-origin-resource-policy": "same-origin",
            "permissions-policy": "camera=(), microphone=(), geolocation=()",
        }
        if secure:
            told["strict-transport-security"] = "max-age=31536000"
        self._headers = [(name.encode(), value.encode()) for name, value in told.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {name: value for name, value in scope["headers"]}  # noqa: C416 - the last one of a name counts

        async def told(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                given = {name.lower() for name, _ in message["headers"]}
                more = [pair for pair in self._headers if pair[0] not in given]
                if b"cache-control" not in given:
                    more.append((b"cache-control", b"no-store"))
                message["headers"] = [*message["headers"], *more]
            await send(message)

        refused = self._refused(scope["method"], headers)
        if refused:
            await _say(told, *refused)
            return
        await self._app(scope, _bounded(receive), told)

    def _refused(self, method: str, headers: dict[bytes, bytes]) -> tuple[int, str] | None:
        try:
            length = int(headers.get(b"content-length", b"0"))
        except ValueError:
            return 400, "bad request"
        if length > MOST_OCTETS:
            return 413, "too long"
        if method in ("GET", "HEAD", "OPTIONS"):
            return None
        # A browser tells where a post comes from in at least one of the two (Fetch standard); a tool tells neither.
        if headers.get(b"sec-fetch-site", b"same-origin") not in (b"same-origin", b"none"):
            return 403, "cross-site request"
        origin = headers.get(b"origin")
        if origin is not None and origin.decode("latin-1") != self._origin:
            return 403, "cross-site request"
        return None


def _bounded(receive: Receive) -> Receive:
    taken = 0

    async def next_part() -> MutableMapping[str, Any]:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > MOST_OCTETS:
            return {"type": "http.disconnect"}
        return message

    return next_part


async def _say(send: Send, status: int, words: str) -> None:
    start = {"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/plain")]}
    await send(start)
    await send({"type": "http.response.body", "body": words.encode()})
