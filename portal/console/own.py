"""The administrator's own account in the console: language, sessions."""

from fastapi import APIRouter, Depends
from starlette.responses import Response

from portal import web_sessions
from portal.console.desk import Desk, asks, go, is_secure, local_path
from portal.console.roles import Right
from portal.web_sessions import Door

router = APIRouter()


@router.get("/own")
def own(desk: Desk = Depends(asks(Right.OWN))) -> Response:
    """Show the own sessions."""
    with desk.knowledge.store.read() as session:
        mine = web_sessions.of(session, Door.CONSOLE, str(desk.administrator.number))
    return desk.page("console/own.html", sessions=mine)


@router.post("/own/sessions/end")
def end_others(desk: Desk = Depends(asks(Right.OWN))) -> Response:
    """End every other session of this administrator."""
    with desk.knowledge.store.write() as unit:
        web_sessions.end_all(unit, Door.CONSOLE, str(desk.administrator.number), but=desk.session.hash)
        unit.act(desk.actor, "console.end_sessions", desk.administrator.login, None, None)
    return go("/own")


@router.post("/language")
def language(desk: Desk = Depends(asks(Right.OWN))) -> Response:
    """Read the console in the other language from now on."""
    wanted = "en" if desk.posted.text("language") == "en" else "zh"
    answer = go(local_path(desk.posted.text("next") or "/"))
    answer.set_cookie("lang", wanted, max_age=31536000, secure=is_secure(desk.request), httponly=True, samesite="lax")
    return answer
