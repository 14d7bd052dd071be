"""Units as a tree: how many people and endpoints each answers for, and what may be changed about it."""

from collections.abc import Callable
from typing import NamedTuple

from fastapi import APIRouter, Depends
from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session
from starlette.responses import Response

from directory import units
from directory.person import State
from directory.refusal import RegistryRefused
from directory.registry import EndpointRow, PersonRow, UnitRow
from portal.console.desk import Desk, asks
from portal.console.differences import lines
from portal.console.refusals import ConsoleRefused, Why, beside_field
from portal.console.roles import Right
from portal.console.terms import TERMS
from portal.console.typed import own_unit_of, suggestion
from portal.language import Text
from portal.requests import go
from store.engine import Unit
from store.record import ActRow

router = APIRouter()
SUGGESTED = 12
LATEST = 20


class Counted(NamedTuple):
    """A unit with those below it, and how many it answers for: itself, and all below."""

    row: UnitRow
    below: list["Counted"]
    people: int
    endpoints: int
    people_below: int  # itself included
    endpoints_below: int


def tree(session: Session, top: str | None) -> list[Counted]:
    """Return the tree under a unit, or all of it; people and endpoints that are gone are not counted."""
    persons = _counts(session, PersonRow.unit, PersonRow.state, (State.DRAFT, State.ACTIVE, State.SUSPENDED))
    devices = _counts(session, EndpointRow.unit, EndpointRow.state, (State.ACTIVE, State.SUSPENDED))
    children: dict[str | None, list[UnitRow]] = {}
    for row in units.listed(session):
        children.setdefault(row.parent, []).append(row)

    def counted(row: UnitRow) -> Counted:
        below = [counted(each) for each in children.get(row.code, [])]
        own, owned = persons.get(row.code, 0), devices.get(row.code, 0)
        return Counted(
            row, below, own, owned, own + sum(each.people_below for each in below),
            owned + sum(each.endpoints_below for each in below),
        )  # fmt: skip

    tops = children.get(None, []) if top is None else [units.find(session, top)]
    return [counted(row) for row in tops]


def _counts(
    session: Session, unit: InstrumentedAttribute[str], state: InstrumentedAttribute[str], counted: tuple[State, ...]
) -> dict[str, int]:
    query = select(unit, func.count()).where(state.in_(counted)).group_by(unit)
    return dict(iter(session.execute(query)))


def unit_at(desk: Desk, session: Session, code: str) -> UnitRow:
    """Return a unit that is this administrator's to see. Raises ConsoleRefused as if there were no other."""
    try:
        row = units.find(session, code)
    except RegistryRefused:
        raise ConsoleRefused(Why.NOT_FOUND, status=404) from None
    desk.must_see(row.code)
    return row


@router.get("/units")
def listed(desk: Desk = Depends(asks(Right.UNITS_SEE))) -> Response:
    """Show the tree."""
    with desk.knowledge.store.read() as session:
        found = tree(session, desk.administrator.unit if desk.scope is not None else None)
    return desk.page("console/units.html", tree=found)


@router.get("/units/suggested")
def suggested(desk: Desk = Depends(asks(Right.UNITS_SEE))) -> Response:
    """Suggest units for a field, whatever the field is called."""
    text = next(iter(desk.request.query_params.values()), "").strip()[:64]
    text = text if text.isprintable() else ""
    fits = UnitRow.name.contains(text, autoescape=True) | UnitRow.code.startswith(text.lower(), autoescape=True)
    chosen = select(UnitRow).where(fits).order_by(UnitRow.code)
    scope = desk.scope
    with desk.knowledge.store.read() as session:
        found = [row for row in session.scalars(chosen) if scope is None or row.code in scope][:SUGGESTED]
    options = [(suggestion(row.name, row.code), TERMS["unit_kind"][row.kind].in_(desk.language)) for row in found]
    return desk.page("console/suggested.html", options=options)


@router.get("/units/new")
def new_page(desk: Desk = Depends(asks(Right.UNITS_CHANGE)), parent: str = "") -> Response:
    """Show the empty form, under a unit where one is named."""
    with desk.knowledge.store.read() as session:
        if parent:
            above = unit_at(desk, session, parent)
            parent = suggestion(above.name, above.code)
    return _new(desk, {"code": "", "name": "", "kind": "department", "parent": parent}, {})


@router.post("/units/new")
def add(desk: Desk = Depends(asks(Right.UNITS_CHANGE))) -> Response:
    """Add a unit."""
    values = {name: desk.posted.text(name) for name in ("code", "name", "kind", "parent")}
    try:
        with desk.knowledge.store.write() as unit:
            told = values["parent"]
            parent = own_unit_of(desk, told, "parent", unit.session).code if told else None
            code, kind = desk.posted.wanted("code"), values["kind"]
            name = desk.posted.wanted("name")
            units.add(unit, desk.actor, code=code, name=name, kind=kind, parent=parent)
    except (RegistryRefused, ConsoleRefused) as refused:
        return _new(desk, values, beside_field(refused))
    return go(f"/units/{code}")


def _new(desk: Desk, values: dict[str, str], errors: dict[str, Text]) -> Response:
    return desk.page(
        "console/unit_new.html", status=400 if errors else 200, values=values, errors=errors, kinds=TERMS["unit_kind"]
    )


@router.get("/units/{code}")
def unit(code: str, desk: Desk = Depends(asks(Right.UNITS_SEE))) -> Response:
    """Show one unit: where it lies, what it answers for, what was changed about it."""
    return _unit(desk, code, {}, {})


def _unit(desk: Desk, code: str, values: dict[str, str], errors: dict[str, Text]) -> Response:
    with desk.knowledge.store.read() as session:
        row = unit_at(desk, session, code)
        (counted,) = tree(session, code)
        names = {each.code: each.name for each in units.listed(session)}
        above = [each for each in reversed(units.ancestors(units.parents(session), code)[1:]) if desk.sees(each)]
        chosen = select(ActRow).where(ActRow.subject == code, ActRow.act.startswith("unit."))
        acts = session.scalars(chosen.order_by(ActRow.number.desc()).limit(LATEST)).all()
    parent = suggestion(names[row.parent], row.parent) if row.parent else ""
    return desk.page(
        "console/unit.html", status=400 if errors else 200, row=row, counted=counted, above=above, names=names,
        lines=lines(acts, desk.knowledge.time_zone, names),
        more=False, errors=errors, values={"name": row.name, "parent": parent, **values},
        may_remove=not (counted.below or counted.people or counted.endpoints),
    )  # fmt: skip


def _changed(desk: Desk, code: str, field: str, change: Callable[[Unit], None], to: str) -> Response:
    try:
        with desk.knowledge.store.write() as unit:
            unit_at(desk, unit.session, code)
            change(unit)
    except (RegistryRefused, ConsoleRefused) as refused:
        if isinstance(refused, ConsoleRefused) and refused.status != 400:
            raise
        errors = dict.fromkeys((field,), next(iter(beside_field(refused).values())))
        return _unit(desk, code, {field: desk.posted.text(field)}, errors)
    return go(to)


@router.post("/units/{code}/rename")
def rename(code: str, desk: Desk = Depends(asks(Right.UNITS_CHANGE))) -> Response:
    """Give it another name; the code stays."""

    def change(unit: Unit) -> None:
        units.rename(unit, desk.actor, code, desk.posted.wanted("name"))

    return _changed(desk, code, "name", change, f"/units/{code}")


@router.post("/units/{code}/move")
def move(code: str, desk: Desk = Depends(asks(Right.UNITS_CHANGE))) -> Response:
    """Put it, with all below, under another unit; an empty field makes it a top."""

    def change(unit: Unit) -> None:
        told = desk.posted.text("parent")
        parent = own_unit_of(desk, told, "parent", unit.session).code if told else None
        units.move(unit, desk.actor, code, parent)

    return _changed(desk, code, "parent", change, f"/units/{code}")


@router.post("/units/{code}/remove")
def remove(code: str, desk: Desk = Depends(asks(Right.UNITS_CHANGE))) -> Response:
    """Remove a unit that nobody and nothing belongs to."""
    return _changed(desk, code, "remove", lambda unit: units.remove(unit, desk.actor, code), "/units")
