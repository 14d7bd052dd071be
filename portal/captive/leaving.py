"""After the logout: whether the switch has heard it."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from portal.captive.door import read_address, show
from portal.captive.waiting import WAIT_SECONDS
from portal.handoff import reauthentication
from portal.requests import knowledge_of

router = APIRouter()


@router.get("/left/{token}")
def left(request: Request, token: str) -> Response:
    """Show that the login has ended, and what the device said."""
    knowledge = knowledge_of(request)
    told = read_address(request, "leave", token, seconds=WAIT_SECONDS)
    with knowledge.store.read() as session:
        progress = reauthentication.progress(session, told["o"], told["h"], told["l"])
    return show(request, "left.html", reload_after=None if progress.answered else 2, progress=progress)
