"""The second factor: one-time codes by time (TOTP, RFC 6238), and recovery codes for whoever lost the telephone.

SHA-1, six digits and steps of 30 seconds, because that is what every authenticator application understands. The step
before and the one after the present are accepted (RFC 6238 §6); each step is accepted once (§5.2), so a code that was
watched is worth nothing. The secret is sealed; recovery codes are kept as keyed hashes only.

Whoever calls counts failures: six digits withstand no machine that may try for ever.
"""

import base64
import binascii
import hmac
import secrets
import unicodedata

import pyotp
from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from directory import people
from directory.refusal import Flaw, RegistryRefused
from directory.registry import RecoveryCodeRow, SecondFactorRow
from store.engine import Unit
from store.sealing import Sealer

STEP = 30  # seconds
DIGITS = 6
SKEW = 1  # steps by which a telephone's clock may differ, before and after
RECOVERY_CODES = 10

_SECRET = 20  # octets: the length of a SHA-1 key (RFC 4226 §4, R6)
_SIGNS = "23456789abcdefghjkmnpqrstvwxyz"  # no 0 o, 1 i l, u v: a code is read from paper
_CODE = 10  # signs of a recovery code: 49 bits
_DRAWN = 16  # octets for each recovery code, so many that no sign is likelier than another
_PLACE = ("second_factor", "secret")


def new_secret(octets: bytes | None = None) -> str:
    """Return a fresh secret in base32 (32 signs); `octets` are 20 random ones, drawn here where absent."""
    return base64.b32encode(octets or secrets.token_bytes(_SECRET)).decode("ascii")


def provisioning_uri(secret: str, login: str, issuer: str) -> str:
    """Return the otpauth URI that an authenticator application reads as a QR code.

    The issuer is what the application shows above the code; a colon would end it there and becomes a space.
    """
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=issuer.replace(":", " "))


def verify_code(secret: str, code: str, now: float, last_step: int | None) -> int | None:
    """Return the step to which `code` belongs, or None. Pure.

    `now` is in seconds since the epoch. Steps up to `last_step`, the one accepted last, are not looked at, also where
    the clock was turned back meanwhile. Spaces and full-width digits are forgiven. Takes as long for every code.
    """
    given = unicodedata.normalize("NFKC", code).replace(" ", "")
    if not is_secret(secret) or len(given) != DIGITS or not (given.isascii() and given.isdigit()):
        return None
    generator = pyotp.TOTP(secret)
    present = int(now // STEP)
    found = None
    for step in range(max(0, present - SKEW), present + SKEW + 1):
        equal = hmac.compare_digest(generator.generate_otp(step).encode(), given.encode())
        if equal and (last_step is None or step > last_step):
            found = step  # the newest one, so that a code which two steps share is not accepted a second time
    return found


def is_secret(text: str) -> bool:
    """Say whether a text is a secret as `new_secret` makes them."""
    try:
        return len(base64.b32decode(text)) == _SECRET
    except (binascii.Error, ValueError):
        return False


def new_recovery_codes(octets: bytes | None = None) -> list[str]:
    """Return ten codes to be shown once, such as `k7m2x-q9w4t`; `octets` are 160 random ones, drawn where absent."""
    drawn = octets or secrets.token_bytes(RECOVERY_CODES * _DRAWN)
    return [_readable(drawn[start : start + _DRAWN]) for start in range(0, RECOVERY_CODES * _DRAWN, _DRAWN)]


def _readable(octets: bytes) -> str:
    number = int.from_bytes(octets, "big")
    signs = []
    for _ in range(_CODE):
        number, at = divmod(number, len(_SIGNS))
        signs.append(_SIGNS[at])
    return "".join(signs[:5]) + "-" + "".join(signs[5:])


def recovery_hash(sealer: Sealer, code: str, *, table: str, subject: str) -> bytes | None:
    """Return the keyed hash (32 octets) under which a code is kept, None for what is no code.

    Capitals, spaces, hyphens and full-width signs do not matter. `table` and `subject` name whose code it is, so that
    nobody's hash fits anybody else: "recovery_code" and the subject id for a person.
    """
    folded = unicodedata.normalize("NFKC", code).casefold()
    kept = "".join(sign for sign in folded if sign not in " -")
    if len(kept) != _CODE or not set(kept) <= set(_SIGNS):
        return None
    return sealer.blind(kept.encode("ascii"), table=table, column="hash", subject=subject)


def has_factor(session: Session, subject: str) -> bool:
    """Say whether a person has a second factor."""
    return session.scalar(select(SecondFactorRow.subject).where(SecondFactorRow.subject == subject)) is not None


def enrol(unit: Unit, sealer: Sealer, actor: str, subject: str, secret: str, *, proven_step: int | None = None) -> None:
    """Give a person this second factor, in the place of an earlier one, whose recovery codes end with it.

    The caller has proven a code against the fresh secret; `proven_step` is the step that `verify_code` returned for
    it, and is not accepted again. Raises RegistryRefused for an unknown person and for what is no secret.
    """
    people.find(unit.session, subject)
    if not is_secret(secret):
        raise RegistryRefused(Flaw.SECRET_MALFORMED, "secret")
    before = _shown(unit.session, subject)
    _forget(unit, subject)
    table, column = _PLACE
    row = SecondFactorRow(subject=subject, last_step=proven_step, enrolled_at=unit.now)
    row.secret = sealer.seal(secret.encode("ascii"), table=table, column=column, subject=subject)
    unit.session.add(row)
    unit.session.flush()
    _trace(unit, actor, "factor.enrol", subject, before)


def remove(unit: Unit, actor: str, subject: str) -> None:
    """Take the second factor away, and the recovery codes; raises RegistryRefused where there is none."""
    before = _shown(unit.session, subject)
    if before is None:
        raise RegistryRefused(Flaw.FACTOR_UNKNOWN, "factor")
    _forget(unit, subject)
    _trace(unit, actor, "factor.remove", subject, before)


def verify(unit: Unit, sealer: Sealer, subject: str, code: str, now: float) -> bool:
    """Say whether `code` proves the second factor at `now`; if so, its step is used up in the same unit of work.

    False for a person without a factor. Raises SealBroken where the secret does not open.
    """
    row = unit.session.get(SecondFactorRow, subject, populate_existing=True)
    if row is None:
        return False
    table, column = _PLACE
    secret = sealer.unseal(row.secret, table=table, column=column, subject=subject).decode("ascii")
    step = verify_code(secret, code, now, row.last_step)
    if step is None:
        return False
    # Compared once more where it is written: on PostgreSQL the same code may be under way in another unit of work.
    later = or_(SecondFactorRow.last_step.is_(None), SecondFactorRow.last_step < step)
    taken = update(SecondFactorRow).where(SecondFactorRow.subject == subject, later).values(last_step=step)
    return unit.session.execute(taken.returning(SecondFactorRow.subject)).first() is not None


def replace_recovery_codes(
    unit: Unit, sealer: Sealer, actor: str, subject: str, *, octets: bytes | None = None
) -> list[str]:
    """Make ten new recovery codes and return them, which nobody can do again; the earlier ones end.

    Raises RegistryRefused for a person without a second factor. `octets` as in `new_recovery_codes`.
    """
    before = _shown(unit.session, subject)
    if before is None:
        raise RegistryRefused(Flaw.FACTOR_UNKNOWN, "factor")
    codes = new_recovery_codes(octets)
    unit.session.execute(delete(RecoveryCodeRow).where(RecoveryCodeRow.subject == subject))
    hashes = [recovery_hash(sealer, code, table="recovery_code", subject=subject) for code in codes]
    unit.session.execute(insert(RecoveryCodeRow), [{"subject": subject, "hash": each} for each in hashes])
    _trace(unit, actor, "factor.recovery_codes", subject, before)
    return codes


def use_recovery_code(unit: Unit, sealer: Sealer, subject: str, code: str) -> bool:
    """Say whether `code` is an unused recovery code of this person; if so, it is used up in the same unit of work."""
    wanted = recovery_hash(sealer, code, table="recovery_code", subject=subject)
    if wanted is None:
        return False
    before = _shown(unit.session, subject)
    # Found by a keyed hash, so the time that the search takes tells nothing about codes that exist.
    unused = (RecoveryCodeRow.subject == subject, RecoveryCodeRow.hash == wanted, RecoveryCodeRow.used_at.is_(None))
    used = update(RecoveryCodeRow).where(*unused).values(used_at=unit.now).returning(RecoveryCodeRow.number)
    if unit.session.execute(used).first() is None:
        return False
    _trace(unit, f"person:{subject}", "factor.recover", subject, before)
    return True


def remaining(session: Session, subject: str) -> int:
    """Return how many recovery codes a person has left."""
    unused = (RecoveryCodeRow.subject == subject, RecoveryCodeRow.used_at.is_(None))
    return session.scalar(select(func.count()).select_from(RecoveryCodeRow).where(*unused)) or 0


def _forget(unit: Unit, subject: str) -> None:
    unit.session.execute(delete(RecoveryCodeRow).where(RecoveryCodeRow.subject == subject))
    unit.session.execute(delete(SecondFactorRow).where(SecondFactorRow.subject == subject))


def _shown(session: Session, subject: str) -> dict[str, float | int] | None:
    enrolled = session.scalar(select(SecondFactorRow.enrolled_at).where(SecondFactorRow.subject == subject))
    return None if enrolled is None else {"enrolled_at": enrolled, "recovery_codes": remaining(session, subject)}


def _trace(unit: Unit, actor: str, act: str, subject: str, before: dict[str, float | int] | None) -> None:
    unit.changed("factor", subject)
    unit.act(actor, act, subject, before, _shown(unit.session, subject))
