"""A change of the rules that is not made yet: what the rules would be, and then the act itself.

A draft is made of what a form says, looked at by a rehearsal, and carried out as it was looked at, or not at all.
"""

import hashlib
import json
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from access import rules
from access.malformed import RuleMalformed
from access.rulebook import Rule
from access.rules import RuleFields
from access.tables import DeviceRow, RuleRow, ZoneRow
from store.engine import Unit


class Act(StrEnum):
    """What is to be done."""

    ADD = "add"
    CHANGE = "change"
    ENABLE = "enable"
    DISABLE = "disable"
    REMOVE = "remove"
    ORDER = "order"


class Draft(NamedTuple):
    """One change. `fields` are of ADD and CHANGE, `order` of ORDER; `number` is that of the rule, 0 for a new one."""

    act: Act
    number: int = 0
    fields: RuleFields = RuleFields()
    order: tuple[int, ...] = ()


def proposed(session: Session, draft: Draft) -> list[Rule]:
    """Return all rules as they would be; a new one has the number 0. Raises RuleMalformed."""
    now = rules.load_rules(session)
    if draft.act is Act.ORDER:
        return _ordered(now, draft.order)
    if draft.act is Act.ADD:
        told = {"name": "", "result": "", **draft.fields, "number": 0, "position": len(now) + 1}
        return [*now, rules.checked(session, told)]
    row = rules.find(session, draft.number)
    if draft.act is Act.REMOVE:
        return [rule for rule in now if rule.number != draft.number]
    changed = rules.checked(session, {**rules.told_of(row), **_fields(draft)})
    return [changed if rule.number == draft.number else rule for rule in now]


def carry_out(unit: Unit, actor: str, draft: Draft) -> int:
    """Make the change; return the number of the rule, 0 for an order. Raises RuleMalformed."""
    if draft.act is Act.ORDER:
        rules.reorder(unit, actor, draft.order)
    elif draft.act is Act.ADD:
        return rules.add(unit, actor, **draft.fields)
    elif draft.act is Act.REMOVE:
        rules.remove(unit, actor, draft.number)
    else:
        rules.change(unit, actor, draft.number, **_fields(draft))
    return draft.number


def persons(session: Session, draft: Draft) -> frozenset[str]:
    """Return the subject ids that the rule names before or after; nobody decides about a rule on themselves."""
    named = draft.fields.get("person", "")
    if draft.number:
        named = f"{named},{rules.find(session, draft.number).person}"
    return frozenset(name for name in named.split(",") if name)


def fingerprint(session: Session, draft: Draft) -> str:
    """Return a digest of the draft and of all that it was looked at with: rules, zones, and where devices are."""
    seen = [
        [
            list(map(str, row))
            for row in session.execute(select(*table.__table__.columns).order_by(*table.__table__.primary_key))
        ]
        for table in (RuleRow, ZoneRow)
    ]
    places = select(DeviceRow.number, DeviceRow.group, DeviceRow.site, DeviceRow.vendor, DeviceRow.enabled)
    seen.append([list(map(str, row)) for row in session.execute(places.order_by(DeviceRow.number))])
    told = [draft.act.value, draft.number, sorted(draft.fields.items()), draft.order, seen]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


def _fields(draft: Draft) -> RuleFields:
    if draft.act is Act.CHANGE:
        return draft.fields
    return {"enabled": draft.act is Act.ENABLE}


def _ordered(now: list[Rule], order: tuple[int, ...]) -> list[Rule]:
    ordinary = {rule.number: rule for rule in now if not rule.is_exception}
    if sorted(order) != sorted(ordinary):
        raise RuleMalformed("number", "the number of every rule that is no exception, each once")
    exceptions = [rule for rule in now if rule.is_exception]
    moved = [*exceptions, *(ordinary[number] for number in order)]
    return [rule._replace(position=place) for place, rule in enumerate(moved, 1)]
