"""Acts for many people at once: chosen on the list, looked at before anything is done, confirmed."""

from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session
from starlette.responses import Response

from directory import spelling
from directory.refusal import RegistryRefused
from directory.registry import PersonRow
from portal.console import bulk, person_fields, proof
from portal.console.desk import Desk, asks
from portal.console.people import found_by, unit_names
from portal.console.refusals import ConsoleRefused, Why, beside_field
from portal.console.roles import Right
from portal.console.terms import TERMS
from portal.console.typed import end_of, own_unit_of
from portal.language import Text
from portal.requests import go

router = APIRouter()
PROVEN = frozenset({"end", "suspend"})  # acts after which the password is asked for, if it is long ago


@router.post("/people/bulk")
def preview(desk: Desk = Depends(asks(Right.PEOPLE_CHANGE))) -> Response:
    """Show what would happen to each; nothing is done yet."""
    with desk.knowledge.store.read() as session:
        return _preview(desk, session, _act(desk), _chosen(desk, session), {})


@router.post("/people/bulk/done")
def carry_out(desk: Desk = Depends(asks(Right.PEOPLE_CHANGE))) -> Response:
    """Do it for those for whom it is possible."""
    act = _act(desk)
    with desk.knowledge.store.read() as session:
        rows = _chosen(desk, session)
        try:
            wanted = _wanted(desk, session, act)
            if act in PROVEN:
                proof.prove_unless_recent(desk)
        except (RegistryRefused, ConsoleRefused) as refused:
            return _preview(desk, session, act, rows, beside_field(refused))
        found = bulk.verdicts(session, act, rows, own=desk.administrator.person, role=desk.role)
    subjects = [verdict.row.subject for verdict in found if verdict.possible]
    done, first = bulk.carry_out(desk.knowledge.store, desk.actor, wanted, subjects)
    return go(f"/people?done={done}" if first is None else f"/people/doors?first={first}&done={done}")


def _act(desk: Desk) -> str:
    act = desk.posted.text("act")
    if act not in bulk.ACTS:
        raise ConsoleRefused(Why.FIELD_MALFORMED, "act")
    return act


def _chosen(desk: Desk, session: Session) -> list[PersonRow]:
    """Return the ticked people, or all that were found; only whom this administrator sees. Raises ConsoleRefused."""
    if desk.posted.ticked("all"):
        text, unit, state = (desk.posted.text(name) for name in ("q", "unit", "state"))
        rows = found_by(desk, session, text, unit, state, "", bulk.MOST + 1)
    else:
        rows = bulk.rows_of(session, desk.posted.several("subject"))
    if any(not desk.sees(row.unit) for row in rows):
        raise ConsoleRefused(Why.NOT_FOUND, status=404)
    if not rows:
        raise ConsoleRefused(Why.NOBODY_CHOSEN)
    if len(rows) > bulk.MOST:
        raise ConsoleRefused(Why.MANY_CHOSEN)
    return rows


def _wanted(desk: Desk, session: Session, act: str) -> bulk.Wanted:
    """Return the act with what it needs. Raises RegistryRefused or ConsoleRefused beside a field."""
    posted = desk.posted
    match act:
        case "release":
            return bulk.Wanted(act, assurance=spelling.number(posted.number("assurance"), "assurance", 1, 3))
        case "move":
            return bulk.Wanted(act, to=own_unit_of(desk, posted.wanted("to"), "to", session).code)
        case "grant" | "withdraw":
            if posted.text("zone") not in dict(person_fields.zone_choices(session)):
                raise ConsoleRefused(Why.ZONE_UNKNOWN, "zone")
            return bulk.Wanted(act, zone=posted.text("zone"))
        case "until":
            return bulk.Wanted(act, until=end_of(posted.text("until"), desk.knowledge.time_zone, "until"))
        case "end":
            if not posted.ticked("sure"):
                raise ConsoleRefused(Why.FIELD_MISSING, "sure")
    return bulk.Wanted(act)


def _preview(desk: Desk, session: Session, act: str, rows: list[PersonRow], errors: dict[str, Text]) -> Response:
    found = bulk.verdicts(session, act, rows, own=desk.administrator.person, role=desk.role)
    return desk.page(
        "console/people_bulk.html", status=400 if errors else 200, act=act, act_name=bulk.ACTS[act], verdicts=found,
        possible=sum(verdict.possible for verdict in found), unit_names=unit_names(session), errors=errors,
        zones=person_fields.zone_choices(session), assurances=TERMS["assurance"],
        asks_password=act in PROVEN and not proof.is_recent(desk),
        values={name: desk.posted.text(name) for name in ("assurance", "to", "zone", "until")},
    )  # fmt: skip
