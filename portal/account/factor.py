"""My second factor: enrolled, replaced, removed, and its recovery codes.

The fresh secret waits in the form, sealed for its person, until a code proves that the telephone has it; it is in no
address and in no database before. Whoever has a factor shows it for every change of it.
"""

import base64
import binascii
from typing import NamedTuple

from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session
from starlette.responses import Response

from directory import otp
from directory.registry import PersonRow, SecondFactorRow
from portal import form_tokens
from portal.account.owner import RECENT, Owner, asks
from portal.account.refusals import AccountRefused, Why
from portal.captive.door import DoorRefused
from portal.form_tokens import TokenBroken
from portal.language import Text
from portal.proving import prove_factor
from portal.qr_code import data_uri
from portal.requests import go
from store.sealing import SealBroken

router = APIRouter()
HERE = "/account/factor"
_PLACE = ("account", "enrolment")  # where a sealed secret opens: nowhere but here


class Enrolment(NamedTuple):
    """A secret that is not enrolled yet."""

    secret: str
    replaces: float | None  # when the present factor was enrolled; None: there is none


@router.get(HERE)
def standing(owner: Owner = Depends(asks())) -> Response:
    """Show whether there is a second factor, and how many recovery codes are left."""
    with owner.knowledge.store.read() as session:
        row = session.get(SecondFactorRow, owner.subject)
        left = otp.remaining(session, owner.subject)
        known = session.get(PersonRow, owner.subject) is not None
    return owner.page("factor.html", enrolled_at=row.enrolled_at if row is not None else None, left=left, known=known)


@router.get(HERE + "/new")
def enrolment(owner: Owner = Depends(asks(proven=True))) -> Response:
    """Show a fresh secret, as a picture and as text."""
    with owner.knowledge.store.read() as session:
        if session.get(PersonRow, owner.subject) is None:
            raise AccountRefused(Why.NOT_IN_REGISTRY, status=409)
    secret = otp.new_secret(owner.knowledge.chance(20))
    return _show(owner, Enrolment(secret, _enrolled_at(owner)))


def _enrolled_at(owner: Owner) -> float | None:
    with owner.knowledge.store.read() as session:
        return _factor_of(session, owner.subject)


def _factor_of(session: Session, subject: str) -> float | None:
    row = session.get(SecondFactorRow, subject)
    return row.enrolled_at if row is not None else None


def _show(owner: Owner, one: Enrolment, *, errors: dict[str, Text] | None = None) -> Response:
    issuer = owner.knowledge.portal.title or "Truename"
    picture = data_uri(otp.provisioning_uri(one.secret, owner.person.login, issuer))
    return owner.page(
        "factor_new.html", status=400 if errors else 200, errors=errors or {}, secret=one.secret,
        picture=picture, stage=_seal(owner, one), replaces=one.replaces is not None,
    )  # fmt: skip


def _seal(owner: Owner, one: Enrolment) -> str:
    knowledge = owner.knowledge
    table, column = _PLACE
    sealed = knowledge.sealer.seal(one.secret.encode("ascii"), table=table, column=column, subject=owner.subject)
    return form_tokens.make(
        knowledge.key("account"), "enrolment", knowledge.clock(), x=base64.b64encode(sealed).decode(),
        h=owner.session.hash.hex(), r=one.replaces,
    )  # fmt: skip


def _read(owner: Owner) -> Enrolment:
    """Return the enrolment of the form. Raises AccountRefused for one of another session, late, or done already."""
    knowledge = owner.knowledge
    table, column = _PLACE
    try:
        told = form_tokens.read(
            knowledge.key("account"), "enrolment", owner.text("stage"), knowledge.clock(), seconds=RECENT
        )
        sealed = base64.b64decode(told["x"])
        secret = knowledge.sealer.unseal(sealed, table=table, column=column, subject=owner.subject).decode("ascii")
    except (TokenBroken, binascii.Error, SealBroken):
        raise AccountRefused(Why.FORM_STALE, status=403) from None
    if told["h"] != owner.session.hash.hex() or told["r"] != _enrolled_at(owner):
        raise AccountRefused(Why.FORM_STALE, status=403)
    return Enrolment(secret, told["r"])


@router.post(HERE + "/new")
def enrol(owner: Owner = Depends(asks(proven=True))) -> Response:
    """Take a code of the fresh secret, and one of the factor that it replaces; show recovery codes this once."""
    knowledge = owner.knowledge
    one = _read(owner)
    step = otp.verify_code(one.secret, owner.text("code"), knowledge.clock(), None)
    if step is None:
        return _show(owner, one, errors={"code": Why.CODE_WRONG.value.text})
    if one.replaces is not None:
        wrong = _present_code(owner)
        if wrong is not None:
            return _show(owner, one, errors={"present": wrong})
    with knowledge.store.write() as unit:
        if _factor_of(unit.session, owner.subject) != one.replaces:  # the same form, sent twice at once
            raise AccountRefused(Why.FORM_STALE, status=403)
        otp.enrol(unit, knowledge.sealer, owner.actor, owner.subject, one.secret, proven_step=step)
        codes = otp.replace_recovery_codes(unit, knowledge.sealer, owner.actor, owner.subject)
    return owner.page("factor_codes.html", codes=codes, done="replaced" if one.replaces is not None else "enrolled")


def _present_code(owner: Owner) -> Text | None:
    """Take a code of the factor that there is; return what is wrong with it. Raises DoorRefused for a pause."""
    refused = prove_factor(
        owner.knowledge, owner.subject, owner.text("present"), owner.address, owner.knowledge.clock()
    )
    if refused is None:
        return None
    if refused.until is not None:
        raise DoorRefused(refused, status=429)
    explained = refused.reason.value
    return Text(explained.chinese + explained.remedy_chinese, f"{explained.english} {explained.remedy_english}")


@router.get(HERE + "/remove")
def ask_removal(owner: Owner = Depends(asks(proven=True))) -> Response:
    """Ask whether the second factor is to be removed, and say what it was needed for."""
    _must_have(owner)
    return owner.page("factor_remove.html", errors={})


def _must_have(owner: Owner) -> None:
    if _enrolled_at(owner) is None:
        raise AccountRefused(Why.NOT_FOUND, status=404)


@router.post(HERE + "/remove")
def remove(owner: Owner = Depends(asks(proven=True))) -> Response:
    """Take the second factor away."""
    knowledge = owner.knowledge
    _must_have(owner)
    wrong = _present_code(owner)
    if wrong is not None:
        return owner.page("factor_remove.html", status=400, errors={"present": wrong})
    with knowledge.store.write() as unit:
        otp.remove(unit, owner.actor, owner.subject)
    return go(HERE)


@router.get(HERE + "/codes")
def ask_codes(owner: Owner = Depends(asks(proven=True))) -> Response:
    """Say what new recovery codes mean for the earlier ones."""
    _must_have(owner)
    return owner.page("factor_renew.html", errors={})


@router.post(HERE + "/codes")
def renew_codes(owner: Owner = Depends(asks(proven=True))) -> Response:
    """Make new recovery codes, and show them this once."""
    knowledge = owner.knowledge
    _must_have(owner)
    wrong = _present_code(owner)
    if wrong is not None:
        return owner.page("factor_renew.html", status=400, errors={"present": wrong})
    with knowledge.store.write() as unit:
        codes = otp.replace_recovery_codes(unit, knowledge.sealer, owner.actor, owner.subject)
    return owner.page("factor_codes.html", codes=codes, done="renewed")
