"""My password: the old one proven, a new one chosen, and every other session of these pages ended."""

from fastapi import APIRouter, Depends
from starlette.responses import Response

from access.reasons import Reason
from portal import own_password, web_sessions
from portal.account.entry import record
from portal.account.owner import Owner, asks
from portal.account.refusals import Why
from portal.captive.door import DoorRefused
from portal.language import Text
from portal.own_password import PasswordNotSet
from portal.proving import prove
from portal.requests import go
from portal.web_sessions import Door

router = APIRouter()
HERE = "/account/password"


@router.get(HERE)
def form(owner: Owner = Depends(asks())) -> Response:
    """Show the form and what a password must be."""
    return owner.page("password.html", errors={})


@router.post(HERE)
def change(owner: Owner = Depends(asks())) -> Response:
    """Take the old and the new password."""
    knowledge = owner.knowledge
    old, chosen = owner.secret("old"), owner.secret("new")
    # The new one is looked at first: whoever mistypes it has not spent a try of the old one.
    errors = _errors(owner, old, chosen)
    if not errors:
        proof = prove(knowledge, owner.person.login, old, owner.address, knowledge.clock())
        refusal = proof.refusal
        if refusal is not None:
            record(knowledge, owner.address, owner.person.login, owner.person, refusal)
        if refusal is not None and refusal.reason is not Reason.PASSWORD_WRONG:
            raise DoorRefused(refusal)
        if refusal is not None or proof.person is None or proof.person.subject != owner.subject:
            errors["old"] = Text("原密码不正确。", "The old password is not correct.")
    if errors:
        return owner.page("password.html", status=400, errors=errors)
    try:
        own_password.change(knowledge, owner.person, chosen)
    except PasswordNotSet as failed:
        raise DoorRefused(failed.refusal, status=503) from None
    with knowledge.store.write() as unit:
        web_sessions.end_all(unit, Door.ACCOUNT, owner.subject, but=owner.session.hash)
        web_sessions.prove(unit, owner.session.hash)
    return go(f"{HERE}/changed")


def _errors(owner: Owner, old: str, chosen: str) -> dict[str, Text]:
    errors: dict[str, Text] = {}
    if not old:
        errors["old"] = Why.FIELD_MISSING.value.text
    found = own_password.flaws(owner.knowledge, owner.person, chosen)
    if found:
        errors["new"] = Text("".join(one.chinese for one in found), " ".join(one.english for one in found))
    elif chosen == old:
        errors["new"] = Why.SAME_PASSWORD.value.text
    if chosen != owner.secret("again"):
        errors["again"] = own_password.DIFFERENT
    return errors


@router.get(HERE + "/changed")
def changed(owner: Owner = Depends(asks())) -> Response:
    """Say what has happened, and what still holds."""
    return owner.page("password_changed.html")
