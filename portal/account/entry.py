"""How a person comes into the own account: password, second factor, a first password replaced; and how one leaves.

There is no session before everything is proven: until then the forms carry what was, signed and for this address only.
Who has a second factor shows it before a first password is replaced: a slip of paper that somebody found sets none.
"""

from typing import NamedTuple

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from access.decision import Refusal
from access.evidence import Strength
from access.reasons import Reason
from directory import otp
from directory.person import Person
from portal import form_tokens, own_password, web_sessions
from portal.account.owner import FIRST, LIMITS, LOGIN, Owner, asks, own_page, show
from portal.captive.door import STAGE_SECONDS, DoorRefused, field, fields_of, guard, mark_of
from portal.captive.visits import Visit
from portal.form_tokens import TokenBroken
from portal.handoff import reauthentication
from portal.knowledge import Knowledge
from portal.own_password import PasswordNotSet
from portal.proving import may_look_after_account, prove, prove_factor
from portal.requests import address_of, go, is_secure, knowledge_of, session_of
from portal.web_sessions import Door

router = APIRouter()
FORM_SECONDS = 3600.0  # for which a login form may lie open
NOWHERE = 0  # the number of no network device


class Stage(NamedTuple):
    """What was proven so far; carried by the form."""

    following: str  # the page to go to
    person: Person
    strength: Strength


@router.get(LOGIN)
def login_page(request: Request) -> Response:
    """Show the form, or lead on whoever is logged in."""
    following = own_page(request.query_params.get("next", FIRST))
    if session_of(request, Door.ACCOUNT, LIMITS) is not None:
        return RedirectResponse(following, status_code=303)
    return _form(request, following)


def _form(
    request: Request, following: str, *, refusal: Refusal | None = None, login: str = "", status: int = 200
) -> Response:
    knowledge = knowledge_of(request)
    token = form_tokens.make(
        knowledge.key("account"), "login", knowledge.clock(), a=address_of(request), n=following
    )  # fmt: skip
    return show(request, "login.html", status=status, stage=token, refusal=refusal, login=login)


@router.post(LOGIN)
def login(request: Request, form: FormData = Depends(fields_of)) -> Response:
    """Take login name and password."""
    guard(request)
    knowledge, address = knowledge_of(request), address_of(request)
    now = knowledge.clock()
    name = field(form, "login")
    try:
        told = form_tokens.read(
            knowledge.key("account"), "login", field(form, "stage"), now, seconds=FORM_SECONDS
        )  # fmt: skip
    except TokenBroken:
        told = {}
    if told.get("a") != address:
        return _form(request, FIRST, refusal=Refusal(Reason.FORM_EXPIRED), login=name, status=403)
    following = own_page(told["n"])
    person, refusal = prove(knowledge, name, field(form, "password", strip=False), address, now)
    if refusal is None and person is not None:
        refusal = may_look_after_account(person, now)
    if refusal is not None or person is None:
        refusal = refusal or Refusal(Reason.INTERNAL)
        record(knowledge, address, name, person, refusal)
        return _form(request, following, refusal=refusal, login=name, status=403)
    return _advance(request, Stage(following, person, Strength.PASSWORD))


def record(knowledge: Knowledge, address: str, claimed: str, person: Person | None, refusal: Refusal) -> None:
    """Keep a refused proof among the logins, where its person sees it too."""
    shown = "".join(each if each.isprintable() else "?" for each in claimed)[:253]
    visit = Visit("", NOWHERE, address)
    reauthentication.record(knowledge, visit, shown, person, refusal, knowledge.clock())


def _advance(request: Request, stage: Stage) -> Response:
    """Go on as far as is proven."""
    knowledge, person = knowledge_of(request), stage.person
    if stage.strength is not Strength.STRONG:
        with knowledge.store.read() as session:
            has_factor = otp.has_factor(session, person.subject)
        if has_factor:
            return show(request, "login_code.html", stage=_seal(request, stage), refusal=None)
    if person.must_change:
        return show(request, "login_password.html", stage=_seal(request, stage), login=person.login, errors=[])
    return _begin(request, stage)


def _begin(request: Request, stage: Stage) -> Response:
    """Begin the session: a new token each time, and whatever token the browser brought ends."""
    knowledge, subject, address = knowledge_of(request), stage.person.subject, address_of(request)
    old = session_of(request, Door.ACCOUNT, LIMITS)
    with knowledge.store.write() as unit:
        if old is not None:
            web_sessions.end(unit, old.hash)
        token = web_sessions.begin(
            unit, Door.ACCOUNT, subject, strength=int(stage.strength), address=address,
            octets=knowledge.chance(web_sessions.TOKEN),
        )  # fmt: skip
        unit.act(f"person:{subject}", "account.login", subject, None, {"address": address})
    answer = go(stage.following)
    web_sessions.give(answer, Door.ACCOUNT, token, secure=is_secure(request))
    return answer


def _seal(request: Request, stage: Stage) -> str:
    knowledge, person = knowledge_of(request), stage.person
    return form_tokens.make(
        knowledge.key("account"), "stage", knowledge.clock(), a=address_of(request), n=stage.following,
        s=person.subject, m=mark_of(person, knowledge), g=int(stage.strength),
    )  # fmt: skip


def _read(request: Request, form: FormData) -> Stage:
    """Return the stage of a form. Raises DoorRefused for one that is forged, late, from elsewhere or overtaken."""
    knowledge = knowledge_of(request)
    now = knowledge.clock()
    try:
        told = form_tokens.read(
            knowledge.key("account"), "stage", field(form, "stage"), now, seconds=STAGE_SECONDS
        )  # fmt: skip
    except TokenBroken:
        raise DoorRefused(Refusal(Reason.FORM_EXPIRED)) from None
    if told["a"] != address_of(request):
        raise DoorRefused(Refusal(Reason.VISIT_ELSEWHERE))
    person = knowledge.mirror.by_subject(told["s"])
    if person is None or mark_of(person, knowledge) != told["m"]:
        raise DoorRefused(Refusal(Reason.FORM_EXPIRED))
    refused = may_look_after_account(person, now)
    if refused is not None:
        raise DoorRefused(refused)
    return Stage(own_page(told["n"]), person, Strength(told["g"]))


@router.post("/account/login/code")
def code(request: Request, form: FormData = Depends(fields_of)) -> Response:
    """Take a one-time code or a recovery code."""
    guard(request)
    knowledge, address = knowledge_of(request), address_of(request)
    stage = _read(request, form)
    refusal = prove_factor(knowledge, stage.person.subject, field(form, "code"), address, knowledge.clock())
    if refusal is not None:
        record(knowledge, address, stage.person.login, stage.person, refusal)
        return show(request, "login_code.html", status=403, stage=field(form, "stage"), refusal=refusal)
    return _advance(request, stage._replace(strength=Strength.STRONG))


@router.post("/account/login/password")
def first_password(request: Request, form: FormData = Depends(fields_of)) -> Response:
    """Take the password that replaces a first one."""
    guard(request)
    knowledge = knowledge_of(request)
    stage = _read(request, form)
    with knowledge.store.read() as session:
        has_factor = otp.has_factor(session, stage.person.subject)
    if not stage.person.must_change or (has_factor and stage.strength is not Strength.STRONG):
        raise DoorRefused(Refusal(Reason.FORM_EXPIRED))
    chosen = field(form, "new", strip=False)
    errors = own_password.flaws(knowledge, stage.person, chosen)
    if chosen != field(form, "again", strip=False):
        errors.append(own_password.DIFFERENT)
    if errors:
        return show(
            request, "login_password.html", status=400, stage=field(form, "stage"), login=stage.person.login,
            errors=errors,
        )  # fmt: skip
    try:
        person = own_password.change(knowledge, stage.person, chosen)
    except PasswordNotSet as failed:
        raise DoorRefused(failed.refusal, status=503) from None
    return _begin(request, stage._replace(person=person))


@router.post("/account/logout")
def logout(owner: Owner = Depends(asks())) -> Response:
    """End the session."""
    with owner.knowledge.store.write() as unit:
        web_sessions.end(unit, owner.session.hash)
        unit.act(owner.actor, "account.logout", owner.subject, None, None)
    answer = go(LOGIN)
    web_sessions.take(answer, Door.ACCOUNT, secure=is_secure(owner.request))
    return answer


@router.get("/account/prove")
def prove_page(owner: Owner = Depends(asks())) -> Response:
    """Ask for the password again, before the second factor is changed."""
    return owner.page("prove.html", next=own_page(owner.request.query_params.get("next", FIRST)), refusal=None)


@router.post("/account/prove")
def prove_again(owner: Owner = Depends(asks())) -> Response:
    """Take the password again."""
    knowledge, following = owner.knowledge, own_page(owner.text("next"))
    now = knowledge.clock()
    proof = prove(knowledge, owner.person.login, owner.secret("password"), owner.address, now)
    if proof.refusal is not None or proof.person is None or proof.person.subject != owner.subject:
        refusal = proof.refusal or Refusal(Reason.INTERNAL)
        record(knowledge, owner.address, owner.person.login, owner.person, refusal)
        return owner.page("prove.html", status=403, next=following, refusal=refusal)
    with knowledge.store.write() as unit:
        web_sessions.prove(unit, owner.session.hash)
    return go(following)
