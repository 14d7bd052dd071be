"""Rehearsals: what a change of the rules would have made of the logins of the last day, before anything is saved."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from pydantic import Field

from access import rehearsal, rules
from access.rehearsal import Cause
from access.rule_drafts import Act, Draft
from portal import rehearsals
from portal.api.bearer import Caller, bears
from portal.api.fields import Number, Shown, Told, instant
from portal.api.problems import READS, WRITES, Objection, objections_of
from portal.api.rules import Rule, RuleChange, RuleToAdd, fields_of, shown
from portal.console.roles import Right

router = APIRouter(tags=["rules"])
_MOST_ORDERED = 5000


class RuleAdded(Told):
    """A rule more, at the end."""

    act: Literal["add"]
    rule: RuleToAdd


class RuleChanged(Told):
    """A rule different."""

    act: Literal["change"]
    number: Number
    rule: RuleChange


class RuleSwitched(Told):
    """A rule enabled, disabled or gone."""

    act: Literal["enable", "disable", "remove"]
    number: Number


class RulesOrdered(Told):
    """All rules that are no exceptions, by number, in another order; exceptions come first in any case."""

    act: Literal["order"]
    order: Annotated[list[Number], Field(max_length=_MOST_ORDERED, examples=[[3, 1, 2]])]


AnyDraft = Annotated[RuleAdded | RuleChanged | RuleSwitched | RulesOrdered, Field(discriminator="act")]


class Proposal(Told):
    """A change that is not made yet."""

    draft: AnyDraft


class Proposed(Proposal):
    """A change as it was rehearsed, with the rehearsal's fingerprint."""

    fingerprint: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", examples=["5e" * 32])]


class Example(Shown):
    """A login that would be decided otherwise.

    `cause`: a condition of the rule that decided `fails`, another rule comes `earlier`, the rule that decided is
    `gone`, or one `applies` where none did. `rule` is the one that does, 0 for the new one.
    """

    login_number: str
    at: datetime
    login: str
    subject: str | None
    name: str | None
    hardware: str | None
    address: str | None
    device: int
    port: str | None
    ssid: str | None
    method: str
    cause: Cause
    rule: int
    failed: str | None = Field(description="The condition that does not hold")
    wanted: str | None = Field(description="What would have passed")


class Shift(Shown):
    """All logins that would go from one zone into another; null: refused."""

    before: str | None
    after: str | None
    logins: int
    subjects: int = Field(description="People and devices")
    examples: list[Example]


class Rehearsal(Shown):
    """What the change would have made of the last 24 hours. With objections it cannot be carried out."""

    looked_at: int
    is_cut: bool = Field(description=f"There were more; the latest {rehearsals.MOST_LOGINS} were looked at")
    unknown: int = Field(description="Of people or devices that are not known any more; left out")
    uncertain: int = Field(description="The record does not say which of two outcomes is meant")
    changed: int
    shifts: list[Shift]
    objections: list[Objection] = Field(description="What network devices in use could not carry out")
    fingerprint: str


class CarriedOut(Shown):
    """The rule that was added or changed; null for one that is gone, and for an order."""

    rule: Rule | None


def _draft(caller: Caller, told: RuleAdded | RuleChanged | RuleSwitched | RulesOrdered) -> Draft:
    """Return what a body proposes. Raises Refused."""
    act = Act(told.act)
    if isinstance(told, RulesOrdered):
        return Draft(act, order=tuple(told.order))
    if isinstance(told, RuleSwitched):
        return Draft(act, told.number)
    number = told.number if isinstance(told, RuleChanged) else 0
    return Draft(act, number, fields_of(caller, told.rule))


def _example(one: rehearsal.Example, names: dict[str, str]) -> Example:
    record = one.record
    return Example(
        login_number=str(record.number), at=instant(record.at), login=record.login, subject=record.subject,
        name=names.get(record.subject or ""), hardware=record.hardware, address=record.address, device=record.device,
        port=record.port, ssid=record.ssid, method=record.method, cause=one.cause, rule=one.rule, failed=one.failed,
        wanted=one.wanted,
    )  # fmt: skip


@router.post("/rules/rehearsals", responses=READS)
def rehearse_rules(body: Proposal, caller: Caller = Depends(bears(Right.RULES_CHANGE))) -> Rehearsal:
    """Say what a change would have made of the last day; nothing is saved."""
    draft = _draft(caller, body.draft)
    with caller.knowledge.store.read() as session:
        seen = rehearsals.rehearsed(caller, session, draft)
    result = seen.result
    if result.changed:
        caller.viewed("rehearsal", draft.act.value)  # its examples name people
    return Rehearsal(
        looked_at=result.looked_at, is_cut=seen.is_cut, unknown=result.unknown, uncertain=result.uncertain,
        changed=result.changed, objections=objections_of(seen.objections), fingerprint=seen.fingerprint,
        shifts=[
            Shift(before=shift.before, after=shift.after, logins=shift.logins, subjects=shift.subjects,
                  examples=[_example(one, seen.names) for one in shift.examples])
            for shift in result.shifts
        ],
    )  # fmt: skip


@router.post("/rules/rehearsals/carry-out", responses=WRITES)
def carry_out_rehearsal(body: Proposed, caller: Caller = Depends(bears(Right.RULES_CHANGE))) -> CarriedOut:
    """Make the change that was rehearsed; refused where rules, zones or devices changed meanwhile."""
    draft = _draft(caller, body.draft)
    with caller.write() as unit:
        number = rehearsals.carry_out(caller, unit, draft, body.fingerprint)
        gone = draft.act in (Act.REMOVE, Act.ORDER)
        return CarriedOut(rule=None if gone else shown(rules.find(unit.session, number)))
