"""Tokens of the HTTP API: each acts as its administrator, within scopes that are rights of the administrator's role.

Kept as a hash, shown once, valid for a year at most, revocable. Every act runs inside the caller's unit of work.
"""

import hashlib
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.console.refusals import ConsoleRefused, Why
from portal.console.roles import RIGHTS, Right, Role, may
from portal.tables import AdministratorRow, ApiTokenRow
from store.engine import Store, Unit

PREFIX = "tn_"  # so that whoever finds one in a file knows what it is
OCTETS = 32
LONGEST = 365 * 86400.0  # seconds
MOST = 50  # living tokens of one administrator
_TOUCH = 60.0  # seconds between two writes of when a token was last used
_LONGEST_NAME = 60


class Holder(NamedTuple):
    """Whom a token stands for, and what it may do."""

    token: int  # its number
    name: str  # of the token
    administrator: AdministratorRow
    scopes: frozenset[Right]


def offered(role: Role) -> list[Right]:
    """Return the scopes that an administrator of this role may give to a token."""
    return [right for right in Right if right in RIGHTS[role] and right is not Right.OWN]


def make(
    unit: Unit, administrator: AdministratorRow, *, name: str, scopes: Iterable[str], seconds: float, octets: bytes
) -> str:
    """Make a token and return it, which nobody can read again; `octets` are 32 random ones. Raises ConsoleRefused."""
    kept = name.strip()
    if not kept or len(kept) > _LONGEST_NAME or not kept.isprintable():
        raise ConsoleRefused(Why.FIELD_MALFORMED if kept else Why.FIELD_MISSING, "name")
    wanted = sorted(set(scopes))
    if not wanted:
        raise ConsoleRefused(Why.FIELD_MISSING, "scopes")
    if not set(wanted) <= {right.value for right in offered(Role(administrator.role))}:
        raise ConsoleRefused(Why.FIELD_MALFORMED, "scopes")
    if not 0 < seconds <= LONGEST:
        raise ConsoleRefused(Why.FIELD_MALFORMED, "days")
    living = [row for row in tokens_of(unit.session, administrator.number) if _lives(row, unit.now)]
    if len(living) >= MOST:
        raise ConsoleRefused(Why.TOO_MANY, "name")
    token = PREFIX + octets.hex()
    row = ApiTokenRow(
        hash=_hash(token), administrator=administrator.number, name=kept, scopes=",".join(wanted), made_at=unit.now,
        valid_until=unit.now + seconds,
    )  # fmt: skip
    unit.session.add(row)
    unit.session.flush()
    unit.act(f"admin:{administrator.login}", "token.make", str(row.number), None, _shown(row))
    return token


def revoke(unit: Unit, actor: str, administrator: int, number: int) -> None:
    """End a token of an administrator. Raises ConsoleRefused for one that is not there, or somebody else's."""
    row = unit.session.get(ApiTokenRow, number)
    if row is None or row.administrator != administrator:
        raise ConsoleRefused(Why.NOT_FOUND, status=404)
    if row.revoked_at is None:
        row.revoked_at = unit.now
        unit.act(actor, "token.revoke", str(number), _shown(row), None)


def tokens_of(session: Session, administrator: int) -> Sequence[ApiTokenRow]:
    """Return all tokens of an administrator, the latest first."""
    chosen = select(ApiTokenRow).where(ApiTokenRow.administrator == administrator)
    return session.scalars(chosen.order_by(ApiTokenRow.number.desc())).all()


def holder(store: Store, token: str, now: float) -> Holder | None:
    """Return whom a token stands for; None where it is unknown, over, revoked, or its administrator is disabled.

    A scope that the role no longer has is not given: a role can shrink while tokens live.
    """
    if not token.startswith(PREFIX):
        return None
    with store.read() as session:
        row = session.scalars(select(ApiTokenRow).where(ApiTokenRow.hash == _hash(token))).first()
        administrator = session.get(AdministratorRow, row.administrator) if row is not None else None
    if row is None or administrator is None or not administrator.enabled or not _lives(row, now):
        return None
    if row.used_at is None or now - row.used_at > _TOUCH:
        with store.write() as unit:
            unit.session.execute(update(ApiTokenRow).where(ApiTokenRow.number == row.number).values(used_at=now))
    role = Role(administrator.role)
    told = set(row.scopes.split(","))
    scopes = frozenset(right for right in Right if right.value in told and may(role, right))
    return Holder(row.number, row.name, administrator, scopes | {Right.OWN})


def _lives(row: ApiTokenRow, now: float) -> bool:
    return row.revoked_at is None and now < row.valid_until


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def _shown(row: ApiTokenRow) -> dict[str, object]:
    return {"name": row.name, "scopes": row.scopes, "valid_until": row.valid_until, "administrator": row.administrator}
