"""What is done to one person, each act with a page of its own that says what follows from it."""

from collections.abc import Callable

from fastapi import APIRouter, Depends
from starlette.responses import Response

from directory import people, spelling
from directory.refusal import RegistryRefused
from directory.registry import PersonRow
from portal import leaving
from portal.console import person_fields
from portal.console.desk import Desk, asks
from portal.console.people import unit_names
from portal.console.person import allowed, device_names, person_to_change
from portal.console.refusals import ConsoleRefused, Why, beside_field
from portal.console.roles import Right, Role
from portal.console.terms import TERMS
from portal.console.typed import own_unit_of
from portal.language import Text
from portal.requests import go
from store.engine import Unit

router = APIRouter()

Done = Callable[[Unit, PersonRow], list[int] | None]  # does the act; the orders that came of it, None: none could


def _act(desk: Desk, subject: str, act: str, done: Done, values: dict[str, str] | None = None) -> Response:
    """Do an act in one unit of work; a refusal comes back on the act's own page."""
    try:
        with desk.knowledge.store.write() as unit:
            row = person_to_change(desk, unit.session, subject)
            numbers = done(unit, row)
    except (RegistryRefused, ConsoleRefused) as refused:
        if isinstance(refused, ConsoleRefused) and refused.status != 400:
            raise
        return _page(desk, subject, act, values, beside_field(refused), status=400)
    if numbers is None:
        return go(f"/people/{subject}")
    return go(f"/people/{subject}/doors?first={min(numbers, default=0)}")


def _page(
    desk: Desk,
    subject: str,
    act: str,
    values: dict[str, str] | None = None,
    errors: dict[str, Text] | None = None,
    status: int = 200,
) -> Response:
    knowledge = desk.knowledge
    with knowledge.store.read() as session:
        row = person_to_change(desk, session, subject)
        held = leaving.held_by(session, subject, knowledge.clock())
        names = unit_names(session)
        zones = person_fields.zone_choices(session)
        devices = device_names(session, {each.device for each in held.sessions})
    if act in ("suspend", "end"):
        _refuse_administrator(desk, held.administrator is not None)
    return desk.page(
        f"console/person_{act}.html", status=status, row=row, errors=errors or {}, held=held, devices=devices,
        unit_name=names.get(row.unit, row.unit), zones=zones, rights=spelling.zone_set(row.zones),
        possible=act in allowed(row) or act in ("edit", "sessions"), categories=TERMS["category"],
        assurances=TERMS["assurance"], values=values or person_fields.shown(row, knowledge.time_zone),
    )  # fmt: skip


def _refuse_administrator(desk: Desk, is_administrator: bool) -> None:
    if is_administrator and desk.role is Role.UNIT:
        raise ConsoleRefused(Why.IS_ADMINISTRATOR, status=403)


@router.get("/people/{subject}/edit")
def edit_page(subject: str, desk: Desk = Depends(asks(Right.PEOPLE_CHANGE))) -> Response:
    """Show the record as a form."""
    return _edit(desk, subject, None, {})


@router.post("/people/{subject}/edit")
def edit(subject: str, desk: Desk = Depends(asks(Right.PEOPLE_CHANGE))) -> Response:
    """Change the record."""
    try:
        with desk.knowledge.store.write() as unit:
            row = person_to_change(desk, unit.session, subject)
            people.change(unit, desk.actor, subject, **person_fields.read(desk, row))
    except (RegistryRefused, ConsoleRefused) as refused:
        if isinstance(refused, ConsoleRefused) and refused.status != 400:
            raise
        return _edit(desk, subject, person_fields.typed(desk.posted), beside_field(refused))
    return go(f"/people/{subject}")


def _edit(desk: Desk, subject: str, values: dict[str, str] | None, errors: dict[str, Text]) -> Response:
    with desk.knowledge.store.read() as session:
        row = person_to_change(desk, session, subject)
    return desk.page(
        "console/person_form.html", status=400 if errors else 200, row=row, errors=errors, zones=[], held=frozenset(),
        values=values or person_fields.shown(row, desk.knowledge.time_zone), categories=TERMS["category"],
        assurances=TERMS["assurance"],
    )  # fmt: skip


@router.get("/people/{subject}/move")
def move_page(subject: str, desk: Desk = Depends(asks(Right.PEOPLE_CHANGE))) -> Response:
    """Ask where to."""
    return _page(desk, subject, "move", {"to": ""})


@router.post("/people/{subject}/move")
def move(subject: str, desk: Desk = Depends(asks(Right.PEOPLE_CHANGE))) -> Response:
    """Let another unit answer for the person; it has to be this administrator's too."""

    def done(unit: Unit, row: PersonRow) -> None:
        to = own_unit_of(desk, desk.posted.wanted("to"), "to", unit.session).code
        people.move(unit, desk.actor, row.subject, to, keep_rights=desk.posted.ticked("keep_rights"))

    return _act(desk, subject, "move", done, {"to": desk.posted.text("to")})


@router.get("/people/{subject}/rights")
def rights_page(subject: str, desk: Desk = Depends(asks(Right.PEOPLE_CHANGE))) -> Response:
    """Show the personal rights."""
    return _page(desk, subject, "rights")


@router.post("/people/{subject}/rights")
def rights(subject: str, desk: Desk = Depends(asks(Right.PEOPLE_CHANGE))) -> Response:
    """Give exactly these."""

    def done(unit: Unit, row: PersonRow) -> None:
        people.set_rights(unit, desk.actor, row.subject, person_fields.zones_in(unit.session, desk.posted))

    return _act(desk, subject, "rights", done)


@router.get("/people/{subject}/release")
def release_page(subject: str, desk: Desk = Depends(asks(Right.PEOPLE_CHANGE))) -> Response:
    """Ask how well the identity was verified."""
    return _page(desk, subject, "release", {"assurance": "2"})


@router.post("/people/{subject}/release")
def release(subject: str, desk: Desk = Depends(asks(Right.PEOPLE_CHANGE))) -> Response:
    """Begin the account."""

    def done(unit: Unit, row: PersonRow) -> None:
        people.release(unit, desk.actor, row.subject, assurance=desk.posted.number("assurance"))

    return _act(desk, subject, "release", done, {"assurance": desk.posted.text("assurance")})


@router.get("/people/{subject}/suspend")
def suspend_page(subject: str, desk: Desk = Depends(asks(Right.PEOPLE_CHANGE))) -> Response:
    """Name what ends."""
    return _page(desk, subject, "suspend")


@router.post("/people/{subject}/suspend")
def suspend(subject: str, desk: Desk = Depends(asks(Right.PEOPLE_CHANGE))) -> Response:
    """Keep the person off the network until further notice."""

    def done(unit: Unit, row: PersonRow) -> list[int]:
        _refuse_administrator(desk, leaving.administrator_of(unit.session, row.subject) is not None)
        return leaving.suspend(unit, desk.actor, row.subject)

    return _act(desk, subject, "suspend", done)


@router.get("/people/{subject}/resume")
def resume_page(subject: str, desk: Desk = Depends(asks(Right.PEOPLE_CHANGE))) -> Response:
    """Say what comes back."""
    return _page(desk, subject, "resume")


@router.post("/people/{subject}/resume")
def resume(subject: str, desk: Desk = Depends(asks(Right.PEOPLE_CHANGE))) -> Response:
    """Lift the suspension."""

    def done(unit: Unit, row: PersonRow) -> None:
        people.resume(unit, desk.actor, row.subject)

    return _act(desk, subject, "resume", done)


@router.get("/people/{subject}/end")
def end_page(subject: str, desk: Desk = Depends(asks(Right.PEOPLE_CHANGE, proven=True))) -> Response:
    """Name what ends for good."""
    return _page(desk, subject, "end")


@router.post("/people/{subject}/end")
def end(subject: str, desk: Desk = Depends(asks(Right.PEOPLE_CHANGE, proven=True))) -> Response:
    """End the account for good, at every door."""

    def done(unit: Unit, row: PersonRow) -> list[int]:
        _refuse_administrator(desk, leaving.administrator_of(unit.session, row.subject) is not None)
        if not desk.posted.ticked("sure"):
            raise ConsoleRefused(Why.FIELD_MISSING, "sure")
        return leaving.leave(unit, desk.actor, row.subject)

    return _act(desk, subject, "end", done)


@router.get("/people/{subject}/sessions/end")
def sessions_page(subject: str, desk: Desk = Depends(asks(Right.ONLINE_ORDER))) -> Response:
    """Name the sessions that end."""
    return _page(desk, subject, "sessions")


@router.post("/people/{subject}/sessions/end")
def end_sessions(subject: str, desk: Desk = Depends(asks(Right.ONLINE_ORDER))) -> Response:
    """End everything that is open; the account goes on."""

    def done(unit: Unit, row: PersonRow) -> list[int]:
        unit.act(desk.actor, "person.sessions", row.subject, None, None)
        return leaving.end_sessions(unit, desk.actor, row.subject)

    return _act(desk, subject, "sessions", done)
