"""After the logout: whether the switch has heard it."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from access.decision import Refusal
from access.reasons import Reason
from portal import form_tokens
from portal.captive.door import DoorRefused, address_of, knowledge_of, show
from portal.captive.waiting import WAIT_SECONDS
from portal.form_tokens import TokenBroken
from portal.handoff import reauthentication

router = APIRouter()


@router.get("/left/{token}")
def left(request: Request, token: str) -> Response:
    """Show that the login has ended, and what the device said."""
    knowledge = knowledge_of(request)
    try:
        told = form_tokens.read(knowledge.key("captive"), "leave", token, knowledge.clock(), seconds=WAIT_SECONDS)
    except TokenBroken:
        raise DoorRefused(Refusal(Reason.FORM_EXPIRED)) from None
    if told["a"] != address_of(request):
        raise DoorRefused(Refusal(Reason.VISIT_ELSEWHERE))
    with knowledge.store.read() as session:
        progress = reauthentication.progress(session, told["o"], told["h"], told["l"])
    return show(request, "left.html", reload_after=None if progress.answered else 2, progress=progress)
