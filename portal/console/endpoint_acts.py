"""What is done to an endpoint: added, changed, prolonged, handed over, retired."""

from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session
from starlette.responses import Response

from access import sessions
from directory import endpoints, spelling
from directory.refusal import Flaw, RegistryRefused
from directory.registry import EndpointRow
from portal import leaving
from portal.console import person_fields
from portal.console.desk import Desk, asks
from portal.console.endpoints import endpoint_at, people_named
from portal.console.people import unit_names
from portal.console.refusals import ConsoleRefused, Why, beside_field
from portal.console.roles import Right
from portal.console.terms import TERMS
from portal.console.typed import day_of, end_of, hardware_of, own_person_of, own_unit_of, suggestion
from portal.language import Text
from portal.requests import go

router = APIRouter()
FIELDS = ("hardware", "name", "kind", "owner", "unit", "valid_until")


@router.get("/endpoints/new")
def new_page(desk: Desk = Depends(asks(Right.ENDPOINTS_CHANGE)), owner: str = "", hardware: str = "") -> Response:
    """Show the empty form; whoever came from a person's page finds that person in it."""
    if owner:
        with desk.knowledge.store.read() as session:
            row = own_person_of(desk, owner, "owner", session)
            owner = suggestion(row.name, row.login)
    values = dict.fromkeys(FIELDS, "") | {"owner": owner, "hardware": hardware[:64], "kind": "printer"}
    return _form(desk, None, values, {}, frozenset())


@router.post("/endpoints/new")
def add(desk: Desk = Depends(asks(Right.ENDPOINTS_CHANGE))) -> Response:
    """Register the endpoint."""
    posted = desk.posted
    try:
        subject = _added(desk)
    except (RegistryRefused, ConsoleRefused) as refused:
        values = {name: posted.text(name) for name in FIELDS}
        return _form(desk, None, values, beside_field(refused), frozenset(posted.several("zones")))
    return go(f"/endpoints/{subject}")


def _added(desk: Desk) -> str:
    posted = desk.posted
    hardware, home = hardware_of(posted.wanted("hardware")), posted.text("unit")
    with desk.knowledge.store.write() as unit:
        known = endpoints.by_hardware(unit.session, hardware)
        if known is not None and not desk.sees(known.unit):  # nor does a retired one of others come back here
            raise RegistryRefused(Flaw.HARDWARE_TAKEN, "hardware")
        return endpoints.add(
            unit, desk.actor, hardware=hardware, name=posted.wanted("name"), kind=posted.wanted("kind"),
            owner=own_person_of(desk, posted.wanted("owner"), "owner", unit.session).subject,
            home=own_unit_of(desk, home, "unit", unit.session).code if home else None,
            valid_until=end_of(posted.text("valid_until"), desk.knowledge.time_zone, "valid_until"),
            zones=person_fields.zones_in(unit.session, posted),
        )  # fmt: skip


@router.get("/endpoints/{subject}/edit")
def edit_page(subject: str, desk: Desk = Depends(asks(Right.ENDPOINTS_CHANGE))) -> Response:
    """Show the record as a form."""
    with desk.knowledge.store.read() as session:
        row = endpoint_at(desk, session, subject)
        values = _values(desk, session, row)
    return _form(desk, row, values, {}, spelling.zone_set(row.zones))


@router.post("/endpoints/{subject}/edit")
def edit(subject: str, desk: Desk = Depends(asks(Right.ENDPOINTS_CHANGE))) -> Response:
    """Change name, kind, unit and rights."""
    posted = desk.posted
    try:
        with desk.knowledge.store.write() as unit:
            endpoint_at(desk, unit.session, subject)
            endpoints.change(
                unit, desk.actor, subject, name=posted.wanted("name"), kind=posted.wanted("kind"),
                home=own_unit_of(desk, posted.wanted("unit"), "unit", unit.session).code,
                zones=person_fields.zones_in(unit.session, posted),
            )  # fmt: skip
    except (RegistryRefused, ConsoleRefused) as refused:
        if isinstance(refused, ConsoleRefused) and refused.status != 400:
            raise
        with desk.knowledge.store.read() as session:
            row = endpoint_at(desk, session, subject)
        values = {name: posted.text(name) for name in FIELDS} | {"hardware": row.hardware}
        return _form(desk, row, values, beside_field(refused), frozenset(posted.several("zones")))
    return go(f"/endpoints/{subject}")


def _values(desk: Desk, session: Session, row: EndpointRow) -> dict[str, str]:
    owner = people_named(session, {row.owner}).get(row.owner)
    return {
        "hardware": row.hardware,
        "name": row.name,
        "kind": row.kind,
        "owner": suggestion(owner.name, owner.login) if owner is not None else "",
        "unit": suggestion(unit_names(session).get(row.unit, row.unit), row.unit),
        "valid_until": day_of(row.valid_until, desk.knowledge.time_zone, last=True),
    }


def _form(
    desk: Desk, row: EndpointRow | None, values: dict[str, str], errors: dict[str, Text], held: frozenset[str]
) -> Response:
    with desk.knowledge.store.read() as session:
        zones = person_fields.zone_choices(session)
    return desk.page(
        "console/endpoint_form.html", status=400 if errors else 200, row=row, values=values, errors=errors, held=held,
        zones=zones, kinds=TERMS["endpoint_kind"],
    )  # fmt: skip


@router.get("/endpoints/{subject}/{act}")
def act_page(subject: str, act: str, desk: Desk = Depends(asks(Right.ENDPOINTS_CHANGE))) -> Response:
    """Show the form of an act: `until`, `owner` or `retire`."""
    return _act(desk, subject, act, {})


def _act(desk: Desk, subject: str, act: str, errors: dict[str, Text]) -> Response:
    with desk.knowledge.store.read() as session:
        row = endpoint_at(desk, session, subject)
        if act not in ("until", "owner", "retire"):
            raise ConsoleRefused(Why.NOT_FOUND, status=404)
        values = _values(desk, session, row)
        online = sessions.online(session, subject=subject)
    if errors:
        values |= {name: desk.posted.text(name) for name in ("valid_until", "owner")}
    return desk.page(
        "console/endpoint_act.html", status=400 if errors else 200, row=row, act=act, values=values, errors=errors,
        online=len(online),
    )  # fmt: skip


@router.post("/endpoints/{subject}/until")
def prolong(subject: str, desk: Desk = Depends(asks(Right.ENDPOINTS_CHANGE))) -> Response:
    """Set another end date."""
    try:
        with desk.knowledge.store.write() as unit:
            endpoint_at(desk, unit.session, subject)
            until = end_of(desk.posted.text("valid_until"), desk.knowledge.time_zone, "valid_until")
            endpoints.extend(unit, desk.actor, subject, until)
    except (RegistryRefused, ConsoleRefused) as refused:
        return _refused(desk, subject, "until", refused)
    return go(f"/endpoints/{subject}")


@router.post("/endpoints/{subject}/owner")
def hand_over(subject: str, desk: Desk = Depends(asks(Right.ENDPOINTS_CHANGE))) -> Response:
    """Let another person answer for it."""
    try:
        with desk.knowledge.store.write() as unit:
            endpoint_at(desk, unit.session, subject)
            owner = own_person_of(desk, desk.posted.wanted("owner"), "owner", unit.session)
            endpoints.hand_over(unit, desk.actor, subject, owner.subject)
    except (RegistryRefused, ConsoleRefused) as refused:
        return _refused(desk, subject, "owner", refused)
    return go(f"/endpoints/{subject}")


@router.post("/endpoints/{subject}/retire")
def retire(subject: str, desk: Desk = Depends(asks(Right.ENDPOINTS_CHANGE))) -> Response:
    """Take it off the network for good."""
    try:
        with desk.knowledge.store.write() as unit:
            endpoint_at(desk, unit.session, subject)
            leaving.retire(unit, desk.actor, subject)
    except (RegistryRefused, ConsoleRefused) as refused:
        return _refused(desk, subject, "retire", refused)
    return go(f"/endpoints/{subject}")


def _refused(desk: Desk, subject: str, act: str, refused: RegistryRefused | ConsoleRefused) -> Response:
    if isinstance(refused, ConsoleRefused) and refused.status != 400:
        raise refused
    return _act(desk, subject, act, beside_field(refused))
