"""People: found as one types, and chosen for what is to be done to many at once."""

from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session
from starlette.responses import Response

from directory import people, units
from directory.person import State
from directory.refusal import RegistryRefused
from directory.registry import PersonRow
from portal.console import bulk
from portal.console.desk import Desk, asks
from portal.console.refusals import beside_field
from portal.console.roles import Right
from portal.console.terms import TERMS
from portal.console.typed import own_unit_of, suggestion
from portal.language import Text

router = APIRouter()
PAGE = 50
SUGGESTED = 12


def found_by(desk: Desk, session: Session, text: str, unit: str, state: str, after: str, limit: int) -> list[PersonRow]:
    """Return people who fit a search form, within what is this administrator's. Raises RegistryRefused."""
    within = desk.administrator.unit if desk.scope is not None else None
    if unit:
        within = own_unit_of(desk, unit, "unit", session).code
    after = after if after.isprintable() else ""
    chosen = State(state) if state in TERMS["state"] else None
    return list(people.search(session, text=text[:100], unit=within, state=chosen, after=after, limit=limit))


@router.get("/people")
def listed(
    desk: Desk = Depends(asks(Right.PEOPLE_SEE)),
    q: str = "",
    unit: str = "",
    state: str = "",
    after: str = "",
    done: str = "",
) -> Response:
    """List people whose name, login, unit or pinyin fits; the part alone where htmx asks as one types."""
    errors: dict[str, Text] = {}
    with desk.knowledge.store.read() as session:
        names = unit_names(session)
        try:
            found = found_by(desk, session, q, unit, state, after, PAGE + 1)
        except RegistryRefused as refused:
            found, errors = [], beside_field(refused)
    template = "console/people_rows.html" if desk.is_partial else "console/people.html"
    return desk.page(
        template, found=found[:PAGE], more=len(found) > PAGE, unit_names=names, errors=errors,
        query={"q": q[:100], "unit": unit[:100], "state": state[:20]}, states=TERMS["state"], acts=bulk.ACTS,
        done=int(done) if done.isascii() and done.isdigit() and len(done) < 7 else None, after=after,
    )  # fmt: skip


@router.get("/people/suggested")
def suggested(desk: Desk = Depends(asks(Right.PEOPLE_SEE))) -> Response:
    """Suggest people for a field, whatever the field is called."""
    text = next(iter(desk.request.query_params.values()), "")
    with desk.knowledge.store.read() as session:
        found = found_by(desk, session, text, "", State.ACTIVE, "", SUGGESTED) if text.strip() else []
        names = unit_names(session)
    options = [(suggestion(row.name, row.login), names.get(row.unit, row.unit)) for row in found]
    return desk.page("console/suggested.html", options=options)


def unit_names(session: Session) -> dict[str, str]:
    """Return the name of every unit by code."""
    return {row.code: row.name for row in units.listed(session)}
