"""Sessions of my account and of the console: a random token in a cookie, its hash in the database.

A session has an idle and an absolute limit, belongs to the address from which it began, and gets its token at the
login, never before: there is nothing that an attacker could have fixed (OWASP Session Management).
"""

import hashlib
import hmac
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session
from starlette.responses import Response

from portal.tables import WebSessionRow
from store.engine import Store, Unit

TOKEN = 32  # octets
TOUCH = 30.0  # seconds between two writes of when a session was last seen


class Door(StrEnum):
    """What the session opens."""

    ACCOUNT = "account"
    CONSOLE = "console"


class Limits(NamedTuple):
    """How long a session may live, in seconds."""

    idle: float
    absolute: float


class WebSession(NamedTuple):
    """A session that is valid now."""

    hash: bytes
    door: Door
    who: str
    strength: int
    started_at: float
    proven_at: float
    address: str


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def begin(unit: Unit, door: Door, who: str, *, strength: int, address: str, octets: bytes) -> str:
    """Begin a session and return its token; `octets` are 32 random ones."""
    token = octets.hex()
    unit.session.add(
        WebSessionRow(
            hash=_hash(token), door=door.value, who=who, strength=strength, started_at=unit.now, seen_at=unit.now,
            proven_at=unit.now, address=address,
        )
    )  # fmt: skip
    return token


def find(
    store: Store, door: Door, token: str, *, address: str, now: float, limits: Limits, touch: bool = True
) -> WebSession | None:
    """Return the session of a token, if it is valid now from this address; note that it was seen, unless told not to.

    A page that asks by itself is no sign that somebody sits before it (`touch` false).
    """
    if not token:
        return None
    key = _hash(token)
    with store.read() as session:
        row = session.get(WebSessionRow, key)
    if row is None or row.door != door.value or row.address != address:
        return None
    if now - row.seen_at > limits.idle or now - row.started_at > limits.absolute:
        return None
    if touch and now - row.seen_at > TOUCH:
        with store.write() as unit:
            unit.session.execute(update(WebSessionRow).where(WebSessionRow.hash == key).values(seen_at=now))
    return WebSession(key, door, row.who, row.strength, row.started_at, row.proven_at, row.address)


def prove(unit: Unit, key: bytes) -> None:
    """Note that the password was proven again just now."""
    unit.session.execute(update(WebSessionRow).where(WebSessionRow.hash == key).values(proven_at=unit.now))


def end(unit: Unit, key: bytes) -> None:
    """End one session."""
    unit.session.execute(delete(WebSessionRow).where(WebSessionRow.hash == key))


def end_all(unit: Unit, door: Door, who: str, *, but: bytes | None = None) -> None:
    """End every session of somebody, except one."""
    gone = delete(WebSessionRow).where(WebSessionRow.door == door.value, WebSessionRow.who == who)
    unit.session.execute(gone if but is None else gone.where(WebSessionRow.hash != but))


def of(session: Session, door: Door, who: str) -> list[WebSessionRow]:
    """Return the sessions of somebody, the latest first."""
    chosen = select(WebSessionRow).where(WebSessionRow.door == door.value, WebSessionRow.who == who)
    return list(session.scalars(chosen.order_by(WebSessionRow.started_at.desc())))


def prune(unit: Unit, absolute: float) -> None:
    """Remove sessions that nobody can use any more."""
    unit.session.execute(delete(WebSessionRow).where(WebSessionRow.started_at < unit.now - absolute))


def form_key(secret: bytes, session: WebSession) -> str:
    """Return what every form of a session carries, so that no other site can post in its name."""
    return hmac.digest(secret, b"form" + session.hash, hashlib.sha256).hex()[:32]


def is_form_key(secret: bytes, session: WebSession, told: str) -> bool:
    """Return whether a form carries the key of its session."""
    return hmac.compare_digest(form_key(secret, session).encode(), told.encode("utf-8", "surrogatepass"))


def cookie_name(door: Door, *, secure: bool) -> str:
    """Return the cookie's name; over TLS the browser itself holds it to this host (RFC 6265bis §4.1.3.2)."""
    return f"__Host-truename-{door.value}" if secure else f"truename-{door.value}"


def give(answer: Response, door: Door, token: str, *, secure: bool) -> None:
    """Put the token into the answer's cookie."""
    answer.set_cookie(cookie_name(door, secure=secure), token, secure=secure, httponly=True, samesite="lax", path="/")


def take(answer: Response, door: Door, *, secure: bool) -> None:
    """Take the cookie away."""
    answer.delete_cookie(cookie_name(door, secure=secure), secure=secure, httponly=True, samesite="lax", path="/")
