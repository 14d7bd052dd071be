"""The login at the door: the page, the password, the second factor, a first password's change, and in.

What comes next is judged anew before each form is taken: a form that skips a step, or was overtaken, changes nothing.
"""

from typing import NoReturn

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from access.bindings import BindingRefused
from access.decision import Grant, Refusal
from access.evidence import Strength
from access.reasons import Reason
from access.session_limit import limited
from directory import otp
from directory.person import Person
from portal import form_tokens, own_password
from portal.captive import visits
from portal.captive.door import (
    DoorRefused,
    Stage,
    device_of,
    field,
    fields_of,
    guard,
    language_of,
    mark_of,
    person_of,
    read_stage,
    seal_stage,
    show,
)
from portal.captive.judging import Next, Step, evidence, next_step
from portal.captive.visits import Visit, VisitRefused
from portal.handoff import reauthentication
from portal.knowledge import Knowledge
from portal.language import Language
from portal.own_password import PasswordNotSet
from portal.proving import prove, prove_factor
from portal.requests import address_of, knowledge_of

router = APIRouter()


@router.get("/")
def front(request: Request) -> Response:
    """Show the login form to whoever stands at a door that RADIUS knows."""
    knowledge = knowledge_of(request)
    with knowledge.store.read() as session:
        visit = visits.by_address(session, address_of(request), knowledge.clock())
    if visit is None:
        raise DoorRefused(Refusal(Reason.VISIT_UNKNOWN), status=404)
    return _form(request, visit)


@router.get("/in/{token}")
def redirected(request: Request, token: str) -> Response:
    """Show the login form to whoever a device sent here."""
    knowledge = knowledge_of(request)
    guard(request)
    try:
        with knowledge.store.write() as unit:
            visit = visits.by_token(unit, knowledge.redirect_key, token, address_of(request))
    except VisitRefused as refused:
        raise DoorRefused(Refusal(refused.reason)) from None
    return _form(request, visit)


def _form(
    request: Request, visit: Visit, *, refusal: Refusal | None = None, login: str = "", status: int = 200
) -> Response:
    knowledge = knowledge_of(request)
    device_of(knowledge, visit)
    stage = seal_stage(knowledge, Stage(visit))
    return show(request, "login.html", status=status, stage=stage, refusal=refusal, login=login)


@router.post("/login")
def login(request: Request, form: FormData = Depends(fields_of)) -> Response:
    """Take login name and password."""
    guard(request)
    knowledge = knowledge_of(request)
    now = knowledge.clock()
    stage = read_stage(request, field(form, "stage"))
    name = field(form, "login")
    proof = prove(knowledge, name, field(form, "password", strip=False), stage.visit.hardware, now)
    if proof.refusal is not None or proof.person is None:
        refusal = proof.refusal or Refusal(Reason.INTERNAL)
        reauthentication.record(knowledge, stage.visit, _claimed(name), proof.person, refusal, now)
        return _form(request, stage.visit, refusal=refusal, login=name, status=403)
    return _advance(request, stage.visit, proof.person, Strength.PASSWORD)


def _claimed(name: str) -> str:
    return "".join(each if each.isprintable() else "?" for each in name)[:253]


def _judge(knowledge: Knowledge, stage: Stage, person: Person) -> Step:
    """Return what comes next, as everything stands now."""
    device = device_of(knowledge, stage.visit)
    with knowledge.store.read() as session:
        step = next_step(
            person, stage.visit, device, knowledge.rulebook, knowledge.clock(),
            strength=stage.strength, has_factor=otp.has_factor(session, person.subject),
        )  # fmt: skip
        if step.decision is None:
            return step
        # The RADIUS worker counts again when the device asks: here it is counted for the page that tells of it.
        proven = evidence(person, stage.visit, device, stage.strength)
        return step._replace(decision=limited(session, proven, step.decision))


def _advance(request: Request, visit: Visit, person: Person, strength: Strength) -> Response:
    """Go on as far as is proven."""
    knowledge = knowledge_of(request)
    stage = Stage(visit, person.subject, strength, mark_of(person, knowledge))
    step = _judge(knowledge, stage, person)
    if step.next is Next.OWN_PASSWORD:
        sealed = seal_stage(knowledge, stage)
        if strength is Strength.STRONG:
            # To an address of its own: a reload must not send the code once more, which serves only once.
            return RedirectResponse(f"/password/{sealed}{_query(request)}", status_code=303)
        return show(request, "password.html", stage=sealed, person=person, errors=[])
    if step.next is Next.FACTOR:
        return show(request, "factor.html", stage=seal_stage(knowledge, stage), person=person, refusal=None)
    if not isinstance(step.decision, Grant):
        _refuse(knowledge, visit, person, step.decision or Refusal(Reason.INTERNAL))
    return _hand_over(request, visit, person, strength, step.decision)


def _refuse(knowledge: Knowledge, visit: Visit, person: Person, refusal: Refusal) -> NoReturn:
    """Keep a refusal among the logins, and raise it."""
    reauthentication.record(knowledge, visit, person.login, person, refusal, knowledge.clock())
    raise DoorRefused(refusal)


def _hand_over(request: Request, visit: Visit, person: Person, strength: Strength, grant: Grant) -> Response:
    knowledge = knowledge_of(request)
    now = knowledge.clock()
    until = now + knowledge.portal.binding_hours * 3600
    if person.valid_until is not None:
        until = min(until, person.valid_until)
    try:
        order = reauthentication.hand_over(knowledge, visit, person, strength, until)
    except BindingRefused as refused:
        _refuse(knowledge, visit, person, Refusal(refused.reason))
    number = reauthentication.record(knowledge, visit, person.login, person, grant, now)
    token = form_tokens.make(
        knowledge.key("captive"), "wait", now, o=order, l=number, h=visit.hardware, a=visit.address, z=grant.zone.code
    )
    return RedirectResponse(f"/wait/{token}{_query(request)}", status_code=303)


def _query(request: Request) -> str:
    return "?lang=en" if language_of(request) is Language.ENGLISH else ""


@router.post("/factor")
def factor(request: Request, form: FormData = Depends(fields_of)) -> Response:
    """Take a one-time code or a recovery code."""
    guard(request)
    knowledge = knowledge_of(request)
    stage = read_stage(request, field(form, "stage"))
    person = person_of(knowledge, stage)
    if _judge(knowledge, stage, person).next is not Next.FACTOR:
        return _advance(request, stage.visit, person, stage.strength)  # no code is used up for nothing
    now = knowledge.clock()
    refused = prove_factor(knowledge, person.subject, field(form, "code"), stage.visit.hardware, now)
    if refused is None:
        return _advance(request, stage.visit, person, Strength.STRONG)
    reauthentication.record(knowledge, stage.visit, person.login, person, refused, now)
    return show(request, "factor.html", status=403, stage=field(form, "stage"), person=person, refusal=refused)


@router.get("/password/{token}")
def password_page(request: Request, token: str) -> Response:
    """Show the form for a new password to whoever proved the second factor; the page may be loaded again."""
    guard(request)
    person = _chooser(request, read_stage(request, token))
    return show(request, "password.html", stage=token, person=person, errors=[])


@router.post("/password")
def new_password(request: Request, form: FormData = Depends(fields_of)) -> Response:
    """Take the password that replaces a first one."""
    guard(request)
    knowledge = knowledge_of(request)
    stage = read_stage(request, field(form, "stage"))
    person = _chooser(request, stage)
    chosen, again = field(form, "new", strip=False), field(form, "again", strip=False)
    errors = own_password.flaws(knowledge, person, chosen)
    if chosen != again:
        errors.append(own_password.DIFFERENT)
    if errors:
        return show(request, "password.html", status=400, stage=field(form, "stage"), person=person, errors=errors)
    try:
        changed = own_password.change(knowledge, person, chosen)
    except PasswordNotSet as failed:
        raise DoorRefused(failed.refusal, status=503) from None
    return _advance(request, stage.visit, changed, stage.strength)


def _chooser(request: Request, stage: Stage) -> Person:
    """Return who chooses a password now. Raises DoorRefused where something else comes first, or nothing is to choose.

    Without this, the form of the second factor could be sent here by whoever knows the password alone.
    """
    knowledge = knowledge_of(request)
    person = person_of(knowledge, stage)
    step = _judge(knowledge, stage, person)
    if isinstance(step.decision, Refusal):
        _refuse(knowledge, stage.visit, person, step.decision)
    if step.next is not Next.OWN_PASSWORD:
        raise DoorRefused(Refusal(Reason.FORM_EXPIRED))
    return person
