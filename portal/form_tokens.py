"""Signed form fields: what a page must remember without a cookie. Pure; time is an argument.

A token is base64url of JSON, a dot, and a tag (HMAC-SHA-256, 16 octets). It hides nothing and proves that we wrote
it, for this purpose, lately. Apple's captive sheet keeps no cookies, so the captive pages hold their state in these.
"""

import base64
import binascii
import hashlib
import hmac
import json
from typing import Any

LONGEST = 2048
_TAG = 16
_PURPOSE, _MADE = "@p", "@t"  # no value has such a name


class TokenBroken(ValueError):  # noqa: N818 - says what is the matter, as all our errors do
    """Not ours, changed, for another purpose, or too old."""


def make(key: bytes, purpose: str, now: float, /, **values: Any) -> str:
    """Return a token over JSON values; `now` is in seconds since the epoch."""
    body = json.dumps({**values, _PURPOSE: purpose, _MADE: round(now, 3)}, ensure_ascii=False, separators=(",", ":"))
    octets = body.encode()
    return f"{_text(octets)}.{_text(_tag(key, octets))}"


def read(key: bytes, purpose: str, token: str, now: float, *, seconds: float) -> dict[str, Any]:
    """Return the values of a token not older than `seconds`. Raises TokenBroken and nothing else."""
    if len(token) > LONGEST or not token.isascii():
        raise TokenBroken("shape")
    body, _, tag = token.partition(".")
    octets = _octets(body)
    if not hmac.compare_digest(_tag(key, octets), _octets(tag)):
        raise TokenBroken("tag")
    values: dict[str, Any] = json.loads(octets)  # ours: the tag says so
    made = values.pop(_MADE)
    if values.pop(_PURPOSE) != purpose or not 0 <= now - made + 1 <= seconds + 1:
        raise TokenBroken("purpose or age")
    return values


def _tag(key: bytes, octets: bytes) -> bytes:
    return hmac.digest(key, octets, hashlib.sha256)[:_TAG]


def _text(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def _octets(text: str) -> bytes:
    try:
        octets = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise TokenBroken("shape") from None
    if _text(octets) != text:  # bits that mean nothing are zero: one token has one spelling (RFC 4648 §3.5)
        raise TokenBroken("shape")
    return octets


def made_at(token: str) -> float:
    """Return when a token that `read` accepted was made, in seconds since the epoch."""
    return float(json.loads(_octets(token.partition(".")[0]))[_MADE])


def mark(key: bytes, octets: bytes) -> str:
    """Return a short keyed mark of something that must not be told but be recognised."""
    return _text(_tag(key, octets))
