"""From the login to the network: what the switch says, until the device is in, or why it is not."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from access.reasons import Reason
from portal import form_tokens
from portal.captive.door import read_address, show
from portal.captive.status import better_zone, standing_at
from portal.handoff import reauthentication
from portal.knowledge import Knowledge
from portal.requests import knowledge_of

router = APIRouter()
WAIT_SECONDS = 3600.0  # for which the page may be opened again
WAITED_FOR = 120.0  # seconds for which the page asks again by itself
PATIENCE = 30.0  # seconds after which the device is unlikely to ask again by itself


@router.get("/wait/{token}")
def waiting(request: Request, token: str) -> Response:
    """Show how far the hand-over is; the page reloads itself while there is something to wait for."""
    knowledge = knowledge_of(request)
    told = read_address(request, "wait", token, seconds=WAIT_SECONDS)
    with knowledge.store.read() as session:
        progress = reauthentication.progress(session, told["o"], told["h"], told["l"])
        login = progress.login
        zone = knowledge.rulebook.zones.get(login.zone) if login is not None and login.zone is not None else None
        inside = zone is not None and not zone.is_door  # else the device asked again, and was not let further
        here = standing_at(session, told["a"], knowledge.clock()) if inside else None
        better = better_zone(knowledge, session, here, zone)
    waited = knowledge.clock() - form_tokens.made_at(token)
    reason = reason_named(login.reason if login is not None else None)
    waits = not inside and reason is None and waited < WAITED_FOR
    return show(
        request, "waiting.html", reload_after=2 if waits else None, progress=progress, inside=inside, zone=zone,
        better=better, wanted=_name(knowledge, told["z"]), waited=waited, late=waited > PATIENCE, reason=reason,
    )  # fmt: skip


def _name(knowledge: Knowledge, code: str) -> str:
    zone = knowledge.rulebook.zones.get(code)
    return zone.name if zone is not None else code


def reason_named(code: str | None) -> Reason | None:
    """Return the reason of a code; None where there is none, or a code that this version does not know."""
    return next((one for one in Reason if one.code == code), None)
