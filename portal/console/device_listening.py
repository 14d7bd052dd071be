"""Does it work? Waits for the next sign of life of a network device, and says what it was or what may be wrong.

A device is the one that asks, so what can be seen is what it sends: a login, an accounting record, or packets that
got no answer, which the workers write down within seconds (another secret, no signature).
"""

from fastapi import APIRouter, Depends
from starlette.responses import Response

from access import devices
from access.device_activity import heard
from access.device_drops import drops
from portal.console.desk import Desk, asks
from portal.console.device import device_of
from portal.console.device_terms import reason, remedy, unprobeable
from portal.console.drop_words import words_of
from portal.console.roles import Right

router = APIRouter()
PATIENCE = 60.0  # seconds for which a page waits
_STRANGERS = 5  # unknown sources that are named


@router.get("/devices/{number:int}/listen")
def listen(number: int, desk: Desk = Depends(asks(Right.DEVICES_SEE)), since: float = 0.0) -> Response:
    """Show what was heard since the page was opened; the page asks again until something was, or for a minute."""
    now = desk.knowledge.clock()
    if not now - 3600 <= since <= now:
        since = now
    row = device_of(desk, number)
    with desk.knowledge.store.read() as session:
        sign = heard(session, number, since)
        dropped = drops(session, number, since)
        strangers = [one for one in devices.unknown_sources(session, 50) if one.last_at >= since][:_STRANGERS]
    found = sign.login is not None or sign.session is not None
    return desk.page(
        "console/device_listening_part.html" if desk.is_partial else "console/device_listening.html",
        row=row, sign=sign, found=found, drops=dropped, words_of=words_of, strangers=strangers,
        since=since, waited=now - since,
        over=found or now - since > PATIENCE, patience=PATIENCE, reason=reason, remedy=remedy,
        unprobeable=unprobeable(row),
    )  # fmt: skip
