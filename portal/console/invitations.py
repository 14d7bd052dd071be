"""One-time links that nobody used yet, and the secrets that an administrator renews for the own account.

Every act runs inside the caller's unit of work. Slow hashing is the caller's to do beforehand.
"""

from collections.abc import Callable, Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from portal import web_sessions
from portal.console.administrators import RECOVERY_CODES, find
from portal.console.refusals import ConsoleRefused, Why
from portal.tables import AdministratorRecoveryRow, InvitationRow
from portal.web_sessions import Door
from store.engine import Unit

_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"  # nobody mistakes one for another on paper


def pending(session: Session, now: float) -> Sequence[InvitationRow]:
    """Return the links that still work, the latest first."""
    alive = (InvitationRow.used_at.is_(None), InvitationRow.valid_until > now)
    return session.scalars(select(InvitationRow).where(*alive).order_by(InvitationRow.made_at.desc())).all()


def revoke(unit: Unit, actor: str, key: str) -> None:
    """Make one link useless; `key` is the hash of its token in hexadecimal. Raises ConsoleRefused."""
    try:
        row = unit.session.get(InvitationRow, bytes.fromhex(key))
    except ValueError:
        row = None
    if row is None or row.used_at is not None:
        raise ConsoleRefused(Why.LINK_DEAD, status=404)
    row.used_at = unit.now
    told = {"role": row.role, "person": row.person, "unit": row.unit, "replaces": row.replaces}
    unit.act(actor, "administrator.revoke_link", row.person or "first", told, None)


def recovery_code(octets: bytes) -> str:
    """Return a code such as k7m2x-q9w4t; `octets` are 10 random ones."""
    signs = "".join(_SIGNS[octet % len(_SIGNS)] for octet in octets)
    return f"{signs[:5]}-{signs[5:]}"


def new_recovery_codes(chance: Callable[[int], bytes]) -> list[str]:
    """Return the codes of one administrator, to be shown once."""
    return [recovery_code(chance(10)) for _ in range(RECOVERY_CODES)]


def remaining_codes(session: Session, number: int) -> int:
    """Return how many recovery codes an administrator has left."""
    unused = (AdministratorRecoveryRow.administrator == number, AdministratorRecoveryRow.used_at.is_(None))
    return session.scalar(select(func.count()).select_from(AdministratorRecoveryRow).where(*unused)) or 0


def replace_codes(unit: Unit, actor: str, number: int, hashes: Sequence[bytes]) -> None:
    """Keep these recovery codes, and none of the earlier ones."""
    row = find(unit.session, number)
    unit.session.execute(delete(AdministratorRecoveryRow).where(AdministratorRecoveryRow.administrator == number))
    unit.session.add_all(AdministratorRecoveryRow(administrator=number, hash=one) for one in hashes)
    unit.act(actor, "administrator.recovery_codes", row.login, None, {"codes": len(hashes)})


def change_password(unit: Unit, actor: str, number: int, verifier: bytes, *, but: bytes | None = None) -> None:
    """Keep a new password (a verifier of directory.passwords.hash_new); every session but one ends."""
    row = find(unit.session, number)
    row.verifier = verifier.decode("ascii")
    web_sessions.end_all(unit, Door.CONSOLE, str(number), but=but)
    unit.act(actor, "administrator.password", row.login, None, None)
