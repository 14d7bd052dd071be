"""One-time links that nobody used yet, and the secrets that an administrator renews for the own account.

Every act runs inside the caller's unit of work. Slow hashing is the caller's to do beforehand.
"""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal import web_sessions
from portal.console.administrators import find, renew_recovery
from portal.console.refusals import ConsoleRefused, Why
from portal.tables import AdministratorRecoveryRow, InvitationRow
from portal.web_sessions import Door
from store.engine import Unit
from store.sealing import Sealer


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


def remaining_codes(session: Session, number: int) -> int:
    """Return how many recovery codes an administrator has left."""
    unused = (AdministratorRecoveryRow.administrator == number, AdministratorRecoveryRow.used_at.is_(None))
    return session.scalar(select(func.count()).select_from(AdministratorRecoveryRow).where(*unused)) or 0


def replace_codes(unit: Unit, sealer: Sealer, actor: str, number: int, codes: Sequence[str]) -> None:
    """Keep these recovery codes, and none of the earlier ones."""
    row = find(unit.session, number)
    renew_recovery(unit, sealer, number, codes)
    unit.act(actor, "administrator.recovery_codes", row.login, None, {"codes": len(codes)})


def change_password(unit: Unit, actor: str, number: int, verifier: bytes, *, but: bytes | None = None) -> None:
    """Keep a new password (a verifier of directory.passwords.hash_new); every session but one ends."""
    row = find(unit.session, number)
    row.verifier = verifier.decode("ascii")
    web_sessions.end_all(unit, Door.CONSOLE, str(number), but=but)
    unit.act(actor, "administrator.password", row.login, None, None)
