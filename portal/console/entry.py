"""How administrators come in: the one-time link, the login with both factors, proving again, and leaving."""

from typing import Any

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from directory import otp
from directory.password_policy import objections
from directory.passwords import hash_new
from portal import web_sessions
from portal.console import administrators, proof
from portal.console.desk import Desk, Posted, asks, local_path
from portal.console.refusals import ConsoleRefused, Why
from portal.console.roles import NAMES, Right
from portal.knowledge import Knowledge
from portal.language import Text
from portal.qr_code import data_uri
from portal.rendering import page
from portal.requests import address_of, go, is_secure, knowledge_of, language_of
from portal.web_sessions import Door

router = APIRouter()
open_router = APIRouter()  # what is asked before anybody is known; everything else needs a right
COMMON = frozenset({"zh", "en"})


async def posted_of(request: Request) -> Posted:
    """Return the fields of a form that nobody has to be logged in for."""
    return Posted(await request.form() if request.method == "POST" else FormData())


def _bare(request: Request, template: str, status: int = 200, **values: Any) -> Response:
    knowledge = knowledge_of(request)
    return page(template, language_of(request), knowledge.time_zone, status=status, request=request, **values)


# --- login --------------------------------------------------------------------------------------------------------


@open_router.get("/login")
def login_page(request: Request) -> Response:
    """Show the form."""
    return _bare(request, "console/login.html", next=local_path(request.query_params.get("next", "/")), error=None,
                 login="")  # fmt: skip


@open_router.post("/login")
def login(request: Request, posted: Posted = Depends(posted_of)) -> Response:
    """Take login, password and code; all errors read the same."""
    next_page = local_path(posted.text("next") or "/")
    try:
        token = _admitted(request, posted)
    except ConsoleRefused as refused:
        return _bare(
            request, "console/login.html", refused.status, next=next_page, error=refused.why,
            login=posted.text("login"),
        )  # fmt: skip
    answer = RedirectResponse(next_page, status_code=303)
    web_sessions.give(answer, Door.CONSOLE, token, secure=is_secure(request))
    return answer


def _admitted(request: Request, posted: Posted) -> str:
    """Return the token of a new session. Raises ConsoleRefused."""
    knowledge, address = knowledge_of(request), address_of(request)
    now = knowledge.clock()
    if knowledge.lockout.check("console", address, now) is not None:
        raise ConsoleRefused(Why.LOCKED, status=429)
    with knowledge.store.read() as session:
        known = administrators.of_login(session, posted.text("login"))
    right = administrators.password_matches(known, posted.secret("password"))
    number = known.number if known is not None else None
    with knowledge.store.write() as unit:
        row = administrators.admit(unit, knowledge.sealer, number, posted.text("code"), password_right=right)
        if row is not None:
            unit.act(f"admin:{row.login}", "console.login", row.login, None, {"address": address})
            knowledge.lockout.proven("console", address)
            octets = knowledge.chance(web_sessions.TOKEN)
            return web_sessions.begin(unit, Door.CONSOLE, str(row.number), strength=2, address=address, octets=octets)
    # Outside of the unit of work: the count of errors in it must be kept.
    knowledge.lockout.failed("console", address, now)
    raise ConsoleRefused(Why.LOGIN_WRONG)


@router.post("/logout")
def logout(request: Request, desk: Desk = Depends(asks(Right.OWN))) -> Response:
    """End the session."""
    with desk.knowledge.store.write() as unit:
        web_sessions.end(unit, desk.session.hash)
        unit.act(desk.actor, "console.logout", desk.administrator.login, None, None)
    answer = RedirectResponse("/login", status_code=303)
    web_sessions.take(answer, Door.CONSOLE, secure=is_secure(request))
    return answer


@router.get("/prove")
def prove_page(desk: Desk = Depends(asks(Right.OWN))) -> Response:
    """Ask for the password again, before a dangerous act."""
    return desk.page("console/prove.html", next=local_path(desk.request.query_params.get("next", "/")), error=None)


@router.post("/prove")
def prove(desk: Desk = Depends(asks(Right.OWN))) -> Response:
    """Take the password again."""
    next_page = local_path(desk.posted.text("next") or "/")
    try:
        proof.prove(desk)
    except ConsoleRefused as refused:
        return desk.page("console/prove.html", status=refused.status, next=next_page, error=refused.why)
    return go(next_page)


# --- the one-time link --------------------------------------------------------------------------------------------


def _invited(request: Request, token: str) -> tuple[Knowledge, administrators.Invitation, str]:
    knowledge = knowledge_of(request)
    with knowledge.store.read() as session:
        invitation = administrators.invitation(session, token, knowledge.clock())
    return knowledge, invitation, administrators.totp_secret(knowledge.key("invitation"), token)


def _enrolment(
    request: Request,
    token: str,
    *,
    status: int = 200,
    errors: dict[str, Text] | None = None,
    login: str = "",
    name: str = "",
) -> Response:
    _, invitation, secret = _invited(request, token)
    uri = otp.provisioning_uri(secret, invitation.login or login or "administrator", "Truename")
    return _bare(
        request, "console/invitation.html", status, invitation=invitation, role=NAMES[invitation.role], secret=secret,
        picture=data_uri(uri), errors=errors or {}, login=login, name=name,
    )  # fmt: skip


@open_router.get("/invitation/{token}")
def invitation_page(request: Request, token: str) -> Response:
    """Show what the link invites to, and the second factor to enrol."""
    return _enrolment(request, token)


@open_router.post("/invitation/{token}")
def accept(request: Request, token: str, posted: Posted = Depends(posted_of)) -> Response:
    """Make the administrator, and show the recovery codes this once."""
    knowledge, invitation, secret = _invited(request, token)
    login = invitation.login or posted.text("login").casefold()
    name = invitation.name or posted.text("name")
    password, again = posted.secret("password"), posted.secret("again")
    errors = _objections(login, name, password, again)
    step = otp.verify_code(secret, posted.text("code"), knowledge.clock(), None)
    if step is None:
        errors["code"] = Why.CODE_WRONG.value.text
    if errors:
        return _enrolment(request, token, status=400, errors=errors, login=login, name=name)
    codes = otp.new_recovery_codes()
    verifier = hash_new(password)
    try:
        with knowledge.store.write() as unit:
            administrators.accept(
                unit, knowledge.sealer, token, login=login, name=name, verifier=verifier, secret=secret, step=step or 0,
                codes=codes,
            )  # fmt: skip
    except ConsoleRefused as refused:
        if refused.why is Why.LINK_DEAD:
            raise
        errors = {refused.field or "login": refused.why.value.text}
        return _enrolment(request, token, status=400, errors=errors, login=login, name=name)
    return _bare(request, "console/welcome.html", codes=codes, login=login)


def _objections(login: str, name: str, password: str, again: str) -> dict[str, Text]:
    errors: dict[str, Text] = {}
    if not login or not login.isprintable() or " " in login or len(login) > 64:
        errors["login"] = Why.FIELD_MALFORMED.value.text
    if not name.strip() or not name.isprintable() or len(name) > 100:
        errors["name"] = Why.FIELD_MALFORMED.value.text
    return errors | password_errors(login, name, password, again)


def password_errors(login: str, name: str, password: str, again: str) -> dict[str, Text]:
    """Return what speaks against a new password, by the field where it is said."""
    errors: dict[str, Text] = {}
    if password != again:
        errors["again"] = Why.PASSWORDS_DIFFER.value.text
    found = objections(password, login, name)
    if found:
        errors["password"] = Text(
            "".join(one.value.chinese for one in found), " ".join(one.value.english for one in found)
        )
    return errors
