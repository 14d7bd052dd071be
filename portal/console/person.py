"""One person: what is recorded, what is open, what happened. Looking is itself recorded."""

from typing import Any

from fastapi import APIRouter, Depends
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import Response

from access import bindings, logins, own_devices, sessions
from access.reasons import Reason
from access.tables import DeviceRow
from directory import documents, endpoints, lifecycle, otp, people
from directory.lifecycle import Act
from directory.mirror import Ambiguous
from directory.person import Person, State
from directory.refusal import RegistryRefused
from directory.registry import PersonRow, PublicationRow
from portal.console.desk import Desk, asks
from portal.console.differences import lines
from portal.console.people import unit_names
from portal.console.refusals import ConsoleRefused, Why
from portal.console.roles import Right
from store.record import ActRow

router = APIRouter()
LATEST = 50
REASONS = {reason.code: reason.value for reason in Reason}


def person_at(desk: Desk, session: Session, subject: str) -> PersonRow:
    """Return a person who is this administrator's to see. Raises ConsoleRefused as if there were nobody else."""
    try:
        row = people.find(session, subject)
    except RegistryRefused:
        raise ConsoleRefused(Why.NOT_FOUND, status=404) from None
    desk.must_see(row.unit)
    return row


def person_to_change(desk: Desk, session: Session, subject: str) -> PersonRow:
    """Return a person whom this administrator may change: nobody changes the own account. Raises ConsoleRefused."""
    row = person_at(desk, session, subject)
    if desk.administrator.person == subject:
        raise ConsoleRefused(Why.OWN_REQUEST, status=403)
    return row


def allowed(row: PersonRow) -> frozenset[str]:
    """Return what the life cycle allows in this state."""
    return frozenset(act.value for state, act in lifecycle.TABLE if state == State(row.state))


@router.get("/people/{subject}")
def person(subject: str, desk: Desk = Depends(asks(Right.PEOPLE_SEE))) -> Response:
    """Show the facts, what is open, and the devices."""
    knowledge, now = desk.knowledge, desk.knowledge.clock()
    with knowledge.store.read() as session:
        row = person_at(desk, session, subject)
        waiting = session.scalars(select(PublicationRow).where(PublicationRow.subject == subject)).all()
        online = sessions.online(session, subject=subject)
        values: dict[str, Any] = {
            "unit_name": unit_names(session).get(row.unit, row.unit),
            "waits": bool(waiting),
            "waits_why": next((each.error for each in waiting if each.error), None),
            "sessions": online,
            "bindings": bindings.of_subject(session, subject, now),
            "own_devices": own_devices.of_subject(session, subject),
            "endpoints": endpoints.listed(session, owner=subject),
            "documents": documents.of(session, subject),
            "has_factor": otp.has_factor(session, subject),
            "devices": device_names(session, {each.device for each in online}),
        }
    desk.viewed("person", subject)
    return desk.page(
        "console/person.html", row=row, tab="facts", acts=acts_for(desk, row), now=now, zones=knowledge.zones,
        known=known_by_directory(desk, subject), **values,
    )  # fmt: skip


def acts_for(desk: Desk, row: PersonRow) -> frozenset[str]:
    """Return what this administrator may do to a person now; none to the own account."""
    if not desk.may(Right.PEOPLE_CHANGE) or desk.administrator.person == row.subject:
        return frozenset()
    more = {"password", "documents"} if row.state in (State.ACTIVE, State.SUSPENDED) else set()
    if row.state == State.DRAFT:
        more.add("documents")
    return allowed(row) - {Act.PRESERVE.value} | more


def known_by_directory(desk: Desk, subject: str) -> Person | None:
    """Return the person as logins see it; None where the directory has nobody, or has the id twice."""
    try:
        return desk.knowledge.mirror.by_subject(subject)
    except Ambiguous:
        return None


def device_names(session: Session, numbers: set[int]) -> dict[int, str]:
    """Return the names of network devices by number."""
    chosen = select(DeviceRow.number, DeviceRow.name).where(DeviceRow.number.in_(numbers))
    return dict(iter(session.execute(chosen)))


@router.get("/people/{subject}/logins")
def past_logins(subject: str, desk: Desk = Depends(asks(Right.LOGINS_SEE)), before: int | None = None) -> Response:
    """Show logins, the latest first, with the reason of each refusal."""
    with desk.knowledge.store.read() as session:
        row = person_at(desk, session, subject)
        found = list(logins.history(session, subject=subject, before=before, limit=LATEST + 1))
        names = device_names(session, {each.device for each in found})
    desk.viewed("person.logins", subject)
    return desk.page(
        "console/person_logins.html", row=row, tab="logins", acts=acts_for(desk, row), found=found[:LATEST],
        more=len(found) > LATEST, devices=names, zones=desk.knowledge.zones, reasons=REASONS,
    )  # fmt: skip


@router.get("/people/{subject}/history")
def history(subject: str, desk: Desk = Depends(asks(Right.PEOPLE_SEE)), before: int | None = None) -> Response:
    """Show who changed what, the latest first."""
    with desk.knowledge.store.read() as session:
        row = person_at(desk, session, subject)
        changes = (ActRow.subject == subject, ~ActRow.act.endswith(".view"))  # who looked is for the auditors
        chosen = select(ActRow).where(*changes).order_by(ActRow.number.desc()).limit(LATEST + 1)
        if before is not None:
            chosen = chosen.where(ActRow.number < before)
        found = session.scalars(chosen).all()
        names = unit_names(session)
    return desk.page(
        "console/person_history.html", row=row, tab="history", acts=acts_for(desk, row),
        lines=lines(found[:LATEST], desk.knowledge.time_zone, names), more=len(found) > LATEST,
    )  # fmt: skip
