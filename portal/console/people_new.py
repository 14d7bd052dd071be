"""A new colleague: name, unit and what else is known; the login is suggested."""

from fastapi import APIRouter, Depends
from starlette.responses import Response

from directory import people
from directory.refusal import RegistryRefused
from portal.console import person_fields
from portal.console.desk import Desk, asks
from portal.console.refusals import ConsoleRefused, Why, beside_field
from portal.console.roles import Right
from portal.console.terms import TERMS
from portal.console.typed import own_unit_of, suggestion
from portal.language import Text
from portal.requests import go

router = APIRouter()


@router.get("/people/new")
def form(desk: Desk = Depends(asks(Right.PEOPLE_CHANGE)), unit: str = "") -> Response:
    """Show the empty form; a unit's administrator mostly adds to the own unit."""
    home = unit or (desk.administrator.unit if desk.scope is not None else None) or ""
    with desk.knowledge.store.read() as session:
        if home:
            row = own_unit_of(desk, home, "unit", session)
            home = suggestion(row.name, row.code)
    empty = dict.fromkeys((*person_fields.NAMES, "login"), "")
    return _form(desk, {**empty, "unit": home, "category": "staff", "assurance": ""}, {})


@router.get("/people/new/login")
def login_for(desk: Desk = Depends(asks(Right.PEOPLE_CHANGE)), name: str = "") -> Response:
    """Suggest a login while the name is typed."""
    with desk.knowledge.store.read() as session:
        login = people.suggested_login(session, name[:64])
    return desk.page("console/person_login.html", login=login)


@router.post("/people/new")
def add(desk: Desk = Depends(asks(Right.PEOPLE_CHANGE))) -> Response:
    """Add the person, and begin the account at once where the identity was verified."""
    typed = person_fields.typed(desk.posted, "login", "unit", "assurance")
    try:
        subject = _added(desk)
    except (RegistryRefused, ConsoleRefused) as refused:
        return _form(desk, typed, beside_field(refused), status=400)
    return go(f"/people/{subject}")


def _added(desk: Desk) -> str:
    fields, assurance = person_fields.read(desk), desk.posted.text("assurance")
    if assurance not in ("", "1", "2", "3"):
        raise ConsoleRefused(Why.FIELD_MALFORMED, "assurance")
    with desk.knowledge.store.write() as unit:
        home = own_unit_of(desk, desk.posted.wanted("unit"), "unit", unit.session).code
        login = desk.posted.text("login") or people.suggested_login(unit.session, fields["name"])
        if not login:
            raise ConsoleRefused(Why.FIELD_MISSING, "login")
        new = people.NewPerson(
            login=login, unit=home, zones=person_fields.zones_in(unit.session, desk.posted), **fields
        )
        subject = people.add(unit, desk.actor, new)
        if assurance:
            people.release(unit, desk.actor, subject, assurance=int(assurance))
    return subject


def _form(desk: Desk, values: dict[str, str], errors: dict[str, Text], status: int = 200) -> Response:
    with desk.knowledge.store.read() as session:
        zones = person_fields.zone_choices(session)
    return desk.page(
        "console/person_form.html", status=status, row=None, values=values, errors=errors, zones=zones,
        held=frozenset(desk.posted.several("zones")), categories=TERMS["category"], assurances=TERMS["assurance"],
    )  # fmt: skip
