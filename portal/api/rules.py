"""Rules in their order: the first whose conditions all hold decides."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, Any, cast

from fastapi import APIRouter, Depends, Path
from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import Response

from access import rule_drafts, rules
from access.rule_drafts import Act, Draft
from access.rules import RuleFields
from access.tables import RuleRow
from portal import rehearsals
from portal.api.bearer import Caller, bears
from portal.api.fields import Line, Moment, Number, Shown, Told, moment, seconds
from portal.api.problems import READS, WRITES, Fault, Refused
from portal.console.roles import Right
from store.engine import Unit

router = APIRouter(tags=["rules"])
RuleNumber = Annotated[Number, Path(description="The number of a rule")]
LISTS = ("person", "category", "right", "unit", "device_group", "site", "medium", "ssid", "method")
Several = Annotated[list[Annotated[Line, Field(min_length=1)]], Field(max_length=100)]


class RuleChange(Told):
    """What is to be different; what is absent stays. Conditions are joined by AND; an empty one always holds."""

    name: Line = Field(default="", examples=["在职人员在有线端口"])
    enabled: bool = True
    person: Several = Field(default=[])
    category: Several = Field(default=[], examples=[["staff"]])
    right: Several = Field(default=[])
    unit: Several = Field(default=[], description="Each means its whole subtree")
    device_group: Several = Field(default=[])
    site: Several = Field(default=[])
    medium: Several = Field(default=[], examples=[["wired"]])
    ssid: Several = Field(default=[])
    method: Several = Field(default=[])
    strength: Annotated[int, Field(ge=0, le=2, description="0 nothing, 1 password, 2 two factors")] = 0
    hours: Line = Field(default="", examples=["mon-fri 08:00-18:00"])
    result: Line = Field(default="", description="The code of a zone, or refuse", examples=["public"])
    valid_until: Moment | None = Field(default=None, description="An exception ends by itself")


class RuleToAdd(RuleChange):
    """A rule that is not there yet."""

    name: Line = Field(examples=["在职人员在有线端口"])
    result: Line = Field(description="The code of a zone, or refuse", examples=["public"])


class NewRule(RuleToAdd):
    """A rule to be added, at the end where no position is told."""

    position: Annotated[int, Field(ge=1, le=100_000)] | None = None


class Position(Told):
    """Where in the order; 1 is the first, beyond the last means last."""

    position: Annotated[int, Field(ge=1, le=100_000)]


class Rule(Shown):
    """A rule."""

    number: int
    position: int
    name: str
    enabled: bool
    person: list[str]
    category: list[str]
    right: list[str]
    unit: list[str]
    device_group: list[str]
    site: list[str]
    medium: list[str]
    ssid: list[str]
    method: list[str]
    strength: int
    hours: str
    result: str
    valid_until: datetime | None
    approved_by: str | None


class Rules(Shown):
    """All rules, in their order."""

    items: list[Rule]


def shown(row: RuleRow) -> Rule:
    """Return a rule as the API tells it."""
    told: dict[str, Any] = {column.key: getattr(row, column.key) for column in RuleRow.__table__.columns}
    told |= {name: [one for one in told[name].split(",") if one] for name in LISTS}
    return Rule.model_validate(told | {"valid_until": moment(row.valid_until)})


def _find(session: Session, number: int) -> RuleRow:
    row = session.get(RuleRow, number)
    if row is None:
        raise Refused(Fault.NOT_THERE, 404)
    return row


def fields_of(caller: Caller, body: RuleChange) -> RuleFields:
    """Return what a body says as the columns of a rule; whoever makes an exception answers for it. Raises Refused."""
    told: dict[str, Any] = body.model_dump(exclude_unset=True, exclude={"position"})
    for name in LISTS:
        if name in told:
            if any("," in one for one in told[name]):
                raise Refused(Fault.UNACCEPTABLE, 422, field=name)
            told[name] = ",".join(told[name])
    if "valid_until" in told:
        until = told["valid_until"] = seconds(body.valid_until)
        if until is not None and until <= caller.knowledge.clock():
            raise Refused(Fault.UNACCEPTABLE, 422, field="valid_until")
        told["approved_by"] = None if until is None else rehearsals.approver(caller)
    return cast("RuleFields", told)


@contextmanager
def _judged(caller: Caller, unit: Unit, draft: Draft) -> Iterator[None]:
    """Let the rule of a path be changed inside; one that is not there is no fault of a body."""
    _find(unit.session, draft.number)
    with rehearsals.judged(caller, unit, draft):
        yield


@router.get("/rules", responses=READS)
def list_rules(caller: Caller = Depends(bears(Right.RULES_SEE))) -> Rules:
    """List rules in their order."""
    query = select(RuleRow).order_by(RuleRow.position, RuleRow.number)
    with caller.knowledge.store.read() as session:
        return Rules(items=[shown(row) for row in session.scalars(query)])


@router.post("/rules", responses=WRITES, status_code=201)
def add_rule(body: NewRule, caller: Caller = Depends(bears(Right.RULES_CHANGE))) -> Rule:
    """Add a rule."""
    draft = Draft(Act.ADD, fields=fields_of(caller, body))
    with caller.write() as unit, rehearsals.judged(caller, unit, draft):
        number = rules.add(unit, caller.actor, position=body.position, **draft.fields)
        return shown(_find(unit.session, number))


@router.get("/rules/{number}", responses=READS)
def get_rule(number: RuleNumber, caller: Caller = Depends(bears(Right.RULES_SEE))) -> Rule:
    """Get one rule."""
    with caller.knowledge.store.read() as session:
        return shown(_find(session, number))


@router.patch("/rules/{number}", responses=WRITES)
def change_rule(number: RuleNumber, body: RuleChange, caller: Caller = Depends(bears(Right.RULES_CHANGE))) -> Rule:
    """Change a rule."""
    draft = Draft(Act.CHANGE, number, fields_of(caller, body))
    with caller.write() as unit, _judged(caller, unit, draft):
        rule_drafts.carry_out(unit, caller.actor, draft)
        return shown(_find(unit.session, number))


@router.post("/rules/{number}/move", responses=WRITES)
def move_rule(number: RuleNumber, body: Position, caller: Caller = Depends(bears(Right.RULES_CHANGE))) -> Rule:
    """Put a rule at another place in the order."""
    with caller.write() as unit, _judged(caller, unit, Draft(Act.CHANGE, number)):
        rules.move(unit, caller.actor, number, body.position)
        return shown(_find(unit.session, number))


@router.delete("/rules/{number}", responses=WRITES, status_code=204)
def remove_rule(number: RuleNumber, caller: Caller = Depends(bears(Right.RULES_CHANGE))) -> Response:
    """Remove a rule; its number is never given again."""
    draft = Draft(Act.REMOVE, number)
    with caller.write() as unit, _judged(caller, unit, draft):
        rule_drafts.carry_out(unit, caller.actor, draft)
    return Response(status_code=204)
