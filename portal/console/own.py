"""The administrator's own account in the console: language, sessions, password, recovery codes."""

from fastapi import APIRouter, Depends
from starlette.responses import Response

from directory import otp
from directory.passwords import hash_new
from portal import web_sessions
from portal.console import invitations
from portal.console.desk import Desk, asks, local_path
from portal.console.entry import password_errors
from portal.console.roles import Right
from portal.language import Text
from portal.requests import go, is_secure
from portal.web_sessions import Door

router = APIRouter()


@router.get("/own")
def own(desk: Desk = Depends(asks(Right.OWN)), done: str = "") -> Response:
    """Show the own sessions, and how many recovery codes are left."""
    number = desk.administrator.number
    with desk.knowledge.store.read() as session:
        mine = web_sessions.of(session, Door.CONSOLE, str(number))
        left = invitations.remaining_codes(session, number)
    return desk.page("console/own.html", sessions=mine, codes_left=left, done=done)


@router.post("/own/sessions/end")
def end_others(desk: Desk = Depends(asks(Right.OWN))) -> Response:
    """End every other session of this administrator."""
    with desk.knowledge.store.write() as unit:
        web_sessions.end_all(unit, Door.CONSOLE, str(desk.administrator.number), but=desk.session.hash)
        unit.act(desk.actor, "console.end_sessions", desk.administrator.login, None, None)
    return go("/own?done=sessions")


@router.get("/own/password")
def password_page(desk: Desk = Depends(asks(Right.OWN, proven=True))) -> Response:
    """Ask for a new password."""
    return _password(desk)


def _password(desk: Desk, *, errors: dict[str, Text] | None = None) -> Response:
    return desk.page("console/own_password.html", status=400 if errors else 200, errors=errors or {})


@router.post("/own/password")
def password(desk: Desk = Depends(asks(Right.OWN, proven=True))) -> Response:
    """Change the own password; every other session ends."""
    row = desk.administrator
    words, again = desk.posted.secret("password"), desk.posted.secret("again")
    errors = password_errors(row.login, row.name, words, again)
    if errors:
        return _password(desk, errors=errors)
    verifier = hash_new(words)
    with desk.knowledge.store.write() as unit:
        invitations.change_password(unit, desk.actor, row.number, verifier, but=desk.session.hash)
    return go("/own?done=password")


@router.get("/own/recovery")
def recovery_page(desk: Desk = Depends(asks(Right.OWN, proven=True))) -> Response:
    """Say what new recovery codes mean for the earlier ones."""
    with desk.knowledge.store.read() as session:
        left = invitations.remaining_codes(session, desk.administrator.number)
    return desk.page("console/own_recovery.html", codes_left=left, codes=None)


@router.post("/own/recovery")
def recovery(desk: Desk = Depends(asks(Right.OWN, proven=True))) -> Response:
    """Make new recovery codes, and show them this once."""
    codes = otp.new_recovery_codes()
    with desk.knowledge.store.write() as unit:
        invitations.replace_codes(unit, desk.knowledge.sealer, desk.actor, desk.administrator.number, codes)
    return desk.page("console/own_recovery.html", codes_left=len(codes), codes=codes)


@router.post("/language")
def language(desk: Desk = Depends(asks(Right.OWN))) -> Response:
    """Read the console in the other language from now on."""
    wanted = "en" if desk.posted.text("language") == "en" else "zh"
    answer = go(local_path(desk.posted.text("next") or "/"))
    answer.set_cookie("lang", wanted, max_age=31536000, secure=is_secure(desk.request), httponly=True, samesite="lax")
    return answer
