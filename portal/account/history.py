"""My login history: where my name was used, and what became of it."""

from fastapi import APIRouter, Depends
from starlette.responses import Response

from access import logins
from portal.account.owner import Owner, asks
from portal.captive.waiting import reason_named

router = APIRouter()
SHOWN = 100


@router.get("/account/history")
def history(owner: Owner = Depends(asks())) -> Response:
    """Show the last logins, each refused one with its reason and what to do."""
    knowledge = owner.knowledge
    with knowledge.store.read() as session:
        rows = logins.history(session, subject=owner.subject, limit=SHOWN)
    zones = knowledge.rulebook.zones
    entries = [
        {
            "row": row,
            "reason": reason_named(row.reason),
            "zone": zones.get(row.zone or ""),
            "device": knowledge.devices.by_number(row.device),
        }
        for row in rows
    ]
    return owner.page("history.html", entries=entries, most=SHOWN)
