"""Endpoints: devices without a person at them, who answers for each, and until when."""

import re

from fastapi import APIRouter, Depends
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import Response

from access import sessions
from directory import endpoints
from directory.person import State
from directory.refusal import RegistryRefused
from directory.registry import EndpointRow, PersonRow
from portal.console.desk import Desk, asks
from portal.console.differences import lines
from portal.console.people import unit_names
from portal.console.person import device_names
from portal.console.refusals import ConsoleRefused, Why, beside_field
from portal.console.roles import Right
from portal.console.terms import TERMS
from portal.console.typed import own_unit_of
from portal.language import Text
from store.record import ActRow

router = APIRouter()
PAGE = 200
SOON = 14 * 86400.0  # seconds before the end from which on a page warns
LATEST = 30
_OWNER = re.compile(r'"owner":"(p-[a-z2-7]{16})"')


def endpoint_at(desk: Desk, session: Session, subject: str) -> EndpointRow:
    """Return an endpoint that is this administrator's to see. Raises ConsoleRefused as if there were no other."""
    try:
        row = endpoints.find(session, subject)
    except RegistryRefused:
        raise ConsoleRefused(Why.NOT_FOUND, status=404) from None
    desk.must_see(row.unit)
    return row


def people_named(session: Session, subjects: set[str]) -> dict[str, PersonRow]:
    """Return people by subject id."""
    found: dict[str, PersonRow] = {}
    ordered = sorted(subjects)
    for start in range(0, len(ordered), 500):  # a statement has a bounded number of parameters
        query = select(PersonRow).where(PersonRow.subject.in_(ordered[start : start + 500]))
        found |= {row.subject: row for row in session.scalars(query)}
    return found


@router.get("/endpoints")
def listed(
    desk: Desk = Depends(asks(Right.ENDPOINTS_SEE)), q: str = "", unit: str = "", state: str = "", ending: str = ""
) -> Response:
    """List endpoints; what ends soon is said above the list, and listed alone on demand."""
    now = desk.knowledge.clock()
    errors: dict[str, Text] = {}
    found: list[EndpointRow] = []
    with desk.knowledge.store.read() as session:
        scope = desk.administrator.unit if desk.scope is not None else None
        soon = len(endpoints.search(session, unit=scope, ends_before=now + SOON, limit=PAGE))
        try:
            within = own_unit_of(desk, unit, "unit", session).code if unit else scope
            chosen = State(state) if state in TERMS["endpoint_state"] else None
            before = now + SOON if ending else None
            found += endpoints.search(
                session, text=q[:100], unit=within, state=chosen, ends_before=before, limit=PAGE + 1
            )
        except RegistryRefused as refused:
            errors = beside_field(refused)
        owners = people_named(session, {row.owner for row in found})
        names = unit_names(session)
    return desk.page(
        "console/endpoint_rows.html" if desk.is_partial else "console/endpoints.html", found=found[:PAGE],
        more=len(found) > PAGE, owners=owners, unit_names=names, now=now, soon=soon, errors=errors, most=PAGE,
        query={"q": q[:100], "unit": unit[:100], "state": state[:20], "ending": ending[:1]},
        states=TERMS["endpoint_state"], warn_from=now + SOON,
    )  # fmt: skip


@router.get("/endpoints/{subject}")
def endpoint(subject: str, desk: Desk = Depends(asks(Right.ENDPOINTS_SEE))) -> Response:
    """Show one endpoint: facts, who answers for it, where it is online, what was changed."""
    knowledge, now = desk.knowledge, desk.knowledge.clock()
    with knowledge.store.read() as session:
        row = endpoint_at(desk, session, subject)
        online = sessions.online(session, subject=subject)
        names = unit_names(session)
        devices = device_names(session, {each.device for each in online})
        changes = (ActRow.subject == subject, ~ActRow.act.endswith(".view"))
        acts = session.scalars(select(ActRow).where(*changes).order_by(ActRow.number.desc()).limit(LATEST)).all()
        told = {owner for act in acts for owner in _OWNER.findall(f"{act.before}{act.after}")}
        known = people_named(session, {row.owner, *told})
    return desk.page(
        "console/endpoint.html", row=row, owner=known.get(row.owner), unit_name=names.get(row.unit, row.unit),
        sessions=online, devices=devices, zones=knowledge.zones, now=now, warn_from=now + SOON,
        may_change=desk.may(Right.ENDPOINTS_CHANGE) and row.state != State.LEFT,
        lines=lines(acts, knowledge.time_zone, names | {each.subject: each.name for each in known.values()}),
        more=False,
    )  # fmt: skip
