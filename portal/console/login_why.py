"""One login and why it was decided so: the evidence, the rules in order, what would have passed, and today's answer."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Depends
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import Response

from access import logins, zones
from access.decision import Zone
from access.tables import DeviceRow, LoginRow, SessionRow
from directory import subjects
from portal.console import retrial
from portal.console.decision_words import Speaker
from portal.console.desk import Desk, asks
from portal.console.refusals import ConsoleRefused, Why
from portal.console.roles import Right

router = APIRouter()


@router.get("/logins/{number:int}")
def why(number: int, desk: Desk = Depends(asks(Right.LOGINS_SEE))) -> Response:
    """Answer why a login was let in or refused."""
    now = desk.knowledge.clock()
    with desk.knowledge.store.read() as session:
        row = logins.find(session, number) if number < 1 << 63 else None
        if row is None:
            raise ConsoleRefused(Why.NOT_FOUND, status=404)
        who = subjects.find(session, row.subject)
        desk.must_see(who.unit if who is not None else None)
        device = session.get(DeviceRow, row.device)
        known = zones.load_zones(session)
        then = retrial.evidence_of(session, desk.knowledge.mirror, row, now)
        today = retrial.again(session, desk.knowledge, row, now)
        speaker = Speaker(session, desk.knowledge.time_zone, known)
        steps = logins.trace_of(session, row)
        told = speaker.recorded(row, steps, then)
        retried = None if today.decision is None else speaker.decided(today.decision, today.evidence, now)
        owner = subjects.find(session, who.owner) if who is not None else None
        shown: dict[str, Any] = {
            "row": row,
            "who": who,
            "owner": owner,
            "unit_name": speaker.names.units.get(who.unit) if who is not None else None,
            "device": device,
            "strength": None if then is None else str(int(then.strength)),
            "told": told,
            "retried": retried,
            "into": known.get(row.zone or ""),
            "zone_names": speaker.names.zones,
            "session_number": _session_of(session, row),
        }
    desk.viewed("login", str(number))
    return desk.page("console/login_why.html", **shown, attributes=_attributes(desk, shown["into"], device), now=now)


def _session_of(session: Session, row: LoginRow) -> int | None:
    """Return the session that came of a login."""
    if row.subject is None:
        return None
    query = select(SessionRow.number).where(
        SessionRow.subject == row.subject, SessionRow.started_at >= row.at - 60, SessionRow.login_number == row.number
    )
    return session.scalars(query.limit(1)).first()


def _attributes(desk: Desk, zone: Zone | None, device: DeviceRow | None) -> Sequence[tuple[str, str]] | None:
    """Return what a device of this vendor is sent for a zone; None where nobody here can render it."""
    if zone is None or device is None or desk.knowledge.render_attributes is None:
        return None
    return desk.knowledge.render_attributes(zone, device.vendor)
