"""My sessions: what is open in my name on the network, and at these pages; and how one ends it."""

from collections.abc import Iterable
from typing import Any

from fastapi import APIRouter, Depends
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import Response

from access import bindings, own_devices, sessions
from access.tables import LoginRow, SessionRow
from portal import web_sessions
from portal.account.answers import answer_page
from portal.account.endings import end_session, own_session
from portal.account.owner import LIMITS, Owner, asks
from portal.knowledge import Knowledge
from portal.requests import go
from portal.web_sessions import Door

router = APIRouter()
HERE = "/account/sessions"


@router.get(HERE)
def listed(owner: Owner = Depends(asks())) -> Response:
    """Show the open sessions of the network, and the sessions of these pages."""
    knowledge = owner.knowledge
    now = knowledge.clock()
    with knowledge.store.read() as session:
        rows = sessions.online(session, subject=owner.subject)
        shown = described(knowledge, session, owner.subject, rows)
        logins = [
            row
            for row in web_sessions.of(session, Door.ACCOUNT, owner.subject)
            if now - row.seen_at <= LIMITS.idle and now - row.started_at <= LIMITS.absolute
        ]
    return owner.page("sessions.html", sessions=shown, logins=logins, now=now)


def described(knowledge: Knowledge, session: Session, subject: str, rows: Iterable[SessionRow]) -> list[dict[str, Any]]:
    """Return sessions with the words that a page shows for them: which device, where, in which zone."""
    rows = list(rows)
    numbers = [row.login_number for row in rows if row.login_number is not None]
    told = select(LoginRow.number, LoginRow.ssid).where(LoginRow.number.in_(numbers))
    networks = {number: ssid for number, ssid in session.execute(told)} if numbers else {}  # noqa: C416 - rows are no pairs
    names = {row.hardware: row.name for row in own_devices.of_subject(session, subject)}
    zones = knowledge.rulebook.zones
    return [
        {
            "row": row,
            "name": names.get(row.hardware or "", ""),
            "place": knowledge.devices.by_number(row.device),
            "ssid": networks.get(row.login_number or 0),
            "zone": zones.get(row.zone or ""),
        }
        for row in rows
    ]


@router.get(HERE + "/{number:int}/end")
def ask(number: int, owner: Owner = Depends(asks())) -> Response:
    """Ask whether a session is to end, and say what ends with it."""
    knowledge = owner.knowledge
    with knowledge.store.read() as session:
        row = own_session(session, owner.subject, number)
        (shown,) = described(knowledge, session, owner.subject, [row])
        binding = bindings.find(session, row.hardware, knowledge.clock()) if row.hardware is not None else None
    bound = binding is not None and binding.subject == owner.subject
    return owner.page("session_end.html", one=shown, bound=bound)


@router.post(HERE + "/{number:int}/end")
def end(number: int, owner: Owner = Depends(asks())) -> Response:
    """Order the end of a session, and show what the device says."""
    with owner.knowledge.store.write() as unit:
        orders = end_session(unit, owner.subject, number, owner.actor)
    return answer_page(owner, [orders], HERE, "session")


@router.post(HERE + "/others")
def end_others(owner: Owner = Depends(asks())) -> Response:
    """End every other session of these pages."""
    with owner.knowledge.store.write() as unit:
        web_sessions.end_all(unit, Door.ACCOUNT, owner.subject, but=owner.session.hash)
        unit.act(owner.actor, "account.end_sessions", owner.subject, None, None)
    return go(HERE)
