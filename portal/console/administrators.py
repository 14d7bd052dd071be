"""Administrators: invited by a one-time link, known by password and TOTP, paused after errors.

Every act runs inside the caller's unit of work and is recorded. Slow hashing is the caller's to do beforehand.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from directory import otp, people, units
from directory.hashes import matches
from directory.passwords import hash_new
from directory.person import State
from directory.refusal import RegistryRefused
from directory.registry import PersonRow
from portal import web_sessions
from portal.console.refusals import ConsoleRefused, Why
from portal.console.roles import Role
from portal.tables import AdministratorRecoveryRow, AdministratorRow, InvitationRow
from portal.web_sessions import Door
from store.engine import Unit
from store.sealing import Sealer

TOKEN = 32  # octets of a one-time link
INVITATION_SECONDS = 72 * 3600.0
MOST_FAILURES = 5  # wrong logins in a row before a pause
PAUSE = 900.0  # seconds


class Invitation(NamedTuple):
    """What a link invites to."""

    hash: bytes
    role: Role
    unit: str | None
    person: str | None  # subject; None: the first administrator, who types a name
    login: str | None
    name: str | None
    replaces: int | None  # number of the administrator who gets a new password and second factor
    valid_until: float


def token_hash(token: str) -> bytes:
    """Return under what a one-time token is kept: SHA-256; the token itself has 256 random bits."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def find(session: Session, number: int) -> AdministratorRow:
    """Return an administrator. Raises ConsoleRefused where there is none."""
    row = session.get(AdministratorRow, number)
    if row is None:
        raise ConsoleRefused(Why.NOT_FOUND, status=404)
    return row


def of_login(session: Session, login: str) -> AdministratorRow | None:
    """Return the administrator of a login, however it is capitalised."""
    return session.scalars(select(AdministratorRow).where(AdministratorRow.login == login.casefold())).one_or_none()


def listed(session: Session) -> Sequence[AdministratorRow]:
    """Return all administrators, by role and login."""
    return session.scalars(select(AdministratorRow).order_by(AdministratorRow.role, AdministratorRow.login)).all()


def present_roles(session: Session) -> frozenset[Role]:
    """Return the roles that somebody holds who may come in."""
    chosen = select(AdministratorRow.role).where(AdministratorRow.enabled.is_(True)).distinct()
    return frozenset(Role(role) for role in session.scalars(chosen))


def invite(
    unit: Unit,
    actor: str,
    token: str,
    *,
    role: Role,
    person: str | None = None,
    scope: str | None = None,
    replaces: int | None = None,
) -> None:
    """Make a one-time link to become an administrator; `token` is 32 random octets in hexadecimal.

    Raises ConsoleRefused where the person is one already, RegistryRefused for a person or unit that is not there.
    """
    if (role is Role.UNIT) is not (scope is not None):
        raise ConsoleRefused(Why.FIELD_MISSING, "unit")
    if scope is not None:
        units.find(unit.session, scope)
    if person is not None and replaces is None:
        row = people.find(unit.session, person)
        if row.state != State.ACTIVE:
            raise ConsoleRefused(Why.FIELD_MALFORMED, "person")
        _refuse_second(unit.session, row)
    _end_earlier(unit, person, replaces)
    unit.session.add(
        InvitationRow(
            hash=token_hash(token), role=role.value, unit=scope, person=person, made_by=actor, made_at=unit.now,
            valid_until=unit.now + INVITATION_SECONDS, replaces=replaces,
        )
    )  # fmt: skip
    told = {"role": role.value, "person": person, "unit": scope, "replaces": replaces}
    unit.act(actor, "administrator.invite", person or "first", None, told)


def link(
    unit: Unit,
    actor: str,
    console: str,
    *,
    role: Role,
    person: str | None = None,
    scope: str | None = None,
    replaces: int | None = None,
) -> str:
    """Make a one-time link and return its whole address below that of the console; raises as `invite` does."""
    token = secrets.token_hex(TOKEN)
    invite(unit, actor, token, role=role, person=person, scope=scope, replaces=replaces)
    return f"{console.rstrip('/')}/invitation/{token}"


def renewing_link(unit: Unit, actor: str, console: str, row: AdministratorRow) -> str:
    """Make a link by which an administrator gets a new password and second factor."""
    return link(unit, actor, console, role=Role(row.role), person=row.person, scope=row.unit, replaces=row.number)


def _end_earlier(unit: Unit, person: str | None, replaces: int | None) -> None:
    """End links for the same: one that was lost on the way is worth nothing once there is another."""
    same = InvitationRow.replaces == replaces if replaces is not None else InvitationRow.person == person
    if person is not None or replaces is not None:
        unit.session.execute(
            update(InvitationRow).where(same, InvitationRow.used_at.is_(None)).values(used_at=unit.now)
        )


def revoke_unused(unit: Unit, actor: str) -> int:
    """Make every link of this maker that nobody used useless; return how many."""
    chosen = select(InvitationRow).where(InvitationRow.made_by == actor, InvitationRow.used_at.is_(None))
    rows = unit.session.scalars(chosen).all()
    for row in rows:
        row.used_at = unit.now
    if rows:
        unit.act(actor, "administrator.revoke_links", "unused", None, {"links": len(rows)})
    return len(rows)


def invitation(session: Session, token: str, now: float) -> Invitation:
    """Return what a link invites to. Raises ConsoleRefused where it is dead, whatever the cause."""
    row = session.get(InvitationRow, token_hash(token))
    if row is None or row.used_at is not None or now >= row.valid_until:
        raise ConsoleRefused(Why.LINK_DEAD, status=404)
    login = name = None
    if row.replaces is not None:
        there = find(session, row.replaces)
        login, name = there.login, there.name
    elif row.person is not None:
        person = people.find(session, row.person)
        login, name = person.login, person.name
    return Invitation(row.hash, Role(row.role), row.unit, row.person, login, name, row.replaces, row.valid_until)


def totp_secret(key: bytes, token: str) -> str:
    """Return the secret that belongs to a link (160 bits, base32): the same after a reload, gone with the link."""
    return base64.b32encode(hmac.digest(key, b"totp" + token_hash(token), hashlib.sha256)[:20]).decode()


def accept(
    unit: Unit,
    sealer: Sealer,
    token: str,
    *,
    login: str,
    name: str,
    verifier: bytes,
    secret: str,
    step: int,
    codes: Sequence[str],
) -> int:
    """Use a link: make the administrator, or renew one; return the number. Raises ConsoleRefused."""
    told = invitation(unit.session, token, unit.now)
    used = update(InvitationRow).where(InvitationRow.hash == told.hash, InvitationRow.used_at.is_(None))
    if unit.session.execute(used.values(used_at=unit.now)).rowcount != 1:  # type: ignore[attr-defined]
        raise ConsoleRefused(Why.LINK_DEAD, status=404)
    if told.replaces is not None:
        row = find(unit.session, told.replaces)
        web_sessions.end_all(unit, Door.CONSOLE, str(row.number))
    else:
        row = _made(unit, told, told.login or login, told.name or name)
    row.verifier, row.last_step = verifier.decode("ascii"), step
    row.failures, row.locked_until = 0, None
    row.totp = sealer.seal(secret.encode(), table="administrator", column="totp", subject=str(row.number))
    renew_recovery(unit, sealer, row.number, codes)
    act = "administrator.renew" if told.replaces is not None else "administrator.begin"
    unit.act(f"admin:{row.login}", act, row.login, None, {"role": row.role, "unit": row.unit, "name": row.name})
    return row.number


def _made(unit: Unit, told: Invitation, login: str, name: str) -> AdministratorRow:
    person = told.person
    if person is None:
        try:
            known = people.by_login(unit.session, login)
        except RegistryRefused:
            known = None
        if known is not None:  # the first administrator may be somebody whom the registry knows
            _refuse_second(unit.session, known)
            person, login, name = known.subject, known.login, known.name
    else:
        _refuse_second(unit.session, people.find(unit.session, person))
    if of_login(unit.session, login) is not None:
        raise ConsoleRefused(Why.LOGIN_TAKEN, "login")
    row = AdministratorRow(
        login=login, name=name, person=person, role=told.role.value, unit=told.unit, verifier="", totp=b"",
        created_by="link", created_at=unit.now,
    )  # fmt: skip
    unit.session.add(row)
    unit.session.flush()
    return row


def _refuse_second(session: Session, person: PersonRow) -> None:
    taken = select(AdministratorRow).where(
        (AdministratorRow.person == person.subject) | (AdministratorRow.login == person.login)
    )
    if session.scalars(taken).first() is not None:
        raise ConsoleRefused(Why.ALREADY_ADMINISTRATOR, "person")


def renew_recovery(unit: Unit, sealer: Sealer, number: int, codes: Sequence[str]) -> None:
    """Let these recovery codes replace the earlier ones; they are kept as keyed hashes."""
    gone = delete(AdministratorRecoveryRow).where(AdministratorRecoveryRow.administrator == number)
    unit.session.execute(gone)
    for code in codes:
        unit.session.add(AdministratorRecoveryRow(administrator=number, hash=_recovery_hash(sealer, number, code)))


def _recovery_hash(sealer: Sealer, number: int, code: str) -> bytes | None:
    return otp.recovery_hash(sealer, code, table="administrator_recovery", subject=str(number))


@cache
def _decoy() -> bytes:
    return hash_new(secrets.token_hex(16))


def password_matches(row: AdministratorRow | None, password: str) -> bool:
    """Compare a password; for an unknown administrator with a decoy, which takes as long. Costs 20 ms and more."""
    stored = row.verifier.encode("ascii") if row is not None else _decoy()
    return matches(stored, password.encode("utf-8", "surrogatepass")) and row is not None


def admit(
    unit: Unit, sealer: Sealer, number: int | None, code: str, *, password_right: bool
) -> AdministratorRow | None:
    """Conclude a login: return the administrator who is in, or None; count errors, and use up what was proven.

    The caller says whether the password was right, as hashing does not belong into a unit of work. Raises
    ConsoleRefused(LOCKED) during a pause.
    """
    row = unit.session.get(AdministratorRow, number, with_for_update=True) if number is not None else None
    if row is None or not row.enabled:
        return None
    if row.locked_until is not None and unit.now < row.locked_until:
        raise ConsoleRefused(Why.LOCKED, status=429)
    if password_right and (_uses_step(unit, sealer, row, code) or _uses_recovery(unit, sealer, row, code)):
        row.failures, row.locked_until, row.came_at = 0, None, unit.now
        return row
    row.failures += 1
    if row.failures >= MOST_FAILURES:
        row.failures, row.locked_until = 0, unit.now + PAUSE
        unit.act("console", "administrator.pause", row.login, None, {"seconds": PAUSE})
    return None


def _uses_step(unit: Unit, sealer: Sealer, row: AdministratorRow, code: str) -> bool:
    secret = sealer.unseal(row.totp, table="administrator", column="totp", subject=str(row.number)).decode()
    step = otp.verify_code(secret, code, unit.now, row.last_step)
    if step is not None:
        row.last_step = step
    return step is not None


def _uses_recovery(unit: Unit, sealer: Sealer, row: AdministratorRow, code: str) -> bool:
    wanted = select(AdministratorRecoveryRow).where(
        AdministratorRecoveryRow.administrator == row.number,
        AdministratorRecoveryRow.hash == _recovery_hash(sealer, row.number, code),
        AdministratorRecoveryRow.used_at.is_(None),
    )
    found = unit.session.scalars(wanted).first()
    if found is None:
        return False
    found.used_at = unit.now
    unit.act(f"admin:{row.login}", "administrator.recovery_code", row.login, None, None)
    return True


def set_enabled(unit: Unit, actor: str, number: int, *, enabled: bool) -> None:
    """Let an administrator come in, or no longer: sessions end at once, tokens of the API are not heard any more.

    Raises ConsoleRefused for the own account.
    """
    row = find(unit.session, number)
    if f"admin:{row.login}" == actor:
        raise ConsoleRefused(Why.OWN_REQUEST, status=403)
    before = {"enabled": row.enabled}
    row.enabled = enabled
    if not enabled:
        web_sessions.end_all(unit, Door.CONSOLE, str(number))
    unit.act(actor, "administrator.enable" if enabled else "administrator.disable", row.login, before,
             {"enabled": enabled})  # fmt: skip
