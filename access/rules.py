"""Rules as rows: reading them into a rulebook, and changing them so that every row can be read again."""

import time
from collections.abc import Sequence
from typing import Any, TypedDict, Unpack

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from access.malformed import RuleMalformed
from access.rulebook import REFUSE, Rule, Rulebook, compile_rulebook, parse_rule
from access.settings import AccessSettings
from access.tables import RuleRow
from access.zones import load_zones, refuse_joining
from directory import units
from store.engine import Unit

ENDED_KEPT = 7 * 86400.0  # seconds for which an ended exception still shows in traces
_LISTS = ("person", "category", "right", "unit", "device_group", "site", "medium", "ssid", "method")
_COLUMNS = tuple(column.key for column in RuleRow.__table__.columns)


class RuleFields(TypedDict, total=False):
    """What may be told of a rule, as the columns of RuleRow; lists have commas."""

    name: str
    enabled: bool
    person: str
    category: str
    right: str
    unit: str
    device_group: str
    site: str
    medium: str
    ssid: str
    method: str
    strength: int
    hours: str
    result: str
    valid_until: float | None
    approved_by: str | None


def load_rules(session: Session) -> list[Rule]:
    """Return all rules in order of position. Raises RuleMalformed for a row that was not written by us."""
    return [_rule(row) for row in _ordered(session)]


def load_rulebook(session: Session, settings: AccessSettings) -> Rulebook:
    """Read zones, rules and units of one snapshot. Raises RuleMalformed; whoever has a rulebook keeps it then.

    Exceptions that ended a week ago are left out: they would only make every trace longer.
    """
    still = or_(RuleRow.valid_until.is_(None), RuleRow.valid_until > time.time() - ENDED_KEPT)
    rows = session.scalars(select(RuleRow).where(still))
    return compile_rulebook(
        load_zones(session).values(),
        [_rule(row) for row in rows],
        units.parents(session),
        time_zone=settings.time_zone,
    )


def add(unit: Unit, actor: str, /, *, position: int | None = None, **fields: Unpack[RuleFields]) -> int:
    """Add a rule at a position (1 is the first), at the end by default; return its number. Raises RuleMalformed."""
    rows = _ordered(unit.session)
    rule = checked(unit.session, {"name": "", "result": "", **fields, "number": 0, "position": len(rows) + 1})
    row = RuleRow(**_values(rule))
    unit.session.add(row)
    unit.session.flush()  # counts the number
    _place(rows, row, position)
    _trace(unit, actor, "rule.add", row, None)
    return row.number


def change(unit: Unit, actor: str, number: int, /, **fields: Unpack[RuleFields]) -> None:
    """Change fields of a rule; what is not told stays. Raises RuleMalformed."""
    row = find(unit.session, number)
    before = _shown(row)
    rule = checked(unit.session, {**told_of(row), **fields})
    for column, value in _values(rule).items():
        setattr(row, column, value)
    _trace(unit, actor, "rule.change", row, before)


def move(unit: Unit, actor: str, number: int, position: int) -> None:
    """Put a rule at a position, 1 being the first; beyond the last means last. Raises RuleMalformed."""
    row = find(unit.session, number)
    before = _shown(row)
    _place([each for each in _ordered(unit.session) if each is not row], row, position)
    _trace(unit, actor, "rule.move", row, before)


def reorder(unit: Unit, actor: str, numbers: Sequence[int]) -> None:
    """Put the ordinary rules into this order; exceptions are looked at before them in any case.

    Raises RuleMalformed where the numbers are not those of all ordinary rules, each once.
    """
    rows = _ordered(unit.session)
    exceptions = [row for row in rows if row.valid_until is not None]
    ordinary = {row.number: row for row in rows if row.valid_until is None}
    if sorted(numbers) != sorted(ordinary):
        raise RuleMalformed("number", "the number of every rule that is no exception, each once")
    before = {"order": list(ordinary)}
    for place, row in enumerate([*exceptions, *(ordinary[number] for number in numbers)], 1):
        if row.position != place:
            row.position = place
    unit.changed("rule", "order")
    unit.act(actor, "rule.order", "order", before, {"order": list(numbers)})


def remove(unit: Unit, actor: str, number: int) -> None:
    """Remove a rule; its number is never given again. Raises RuleMalformed."""
    row = find(unit.session, number)
    before = _shown(row)
    unit.session.delete(row)
    unit.changed("rule", str(number))
    unit.act(actor, "rule.remove", str(number), before, None)


def find(session: Session, number: int) -> RuleRow:
    """Return the row of a rule. Raises RuleMalformed where there is none."""
    row = session.get(RuleRow, number)
    if row is None:
        raise RuleMalformed("number", "the number of a rule")
    return row


def _ordered(session: Session) -> Sequence[RuleRow]:
    return session.scalars(select(RuleRow).order_by(RuleRow.position, RuleRow.number)).all()


def _place(others: Sequence[RuleRow], row: RuleRow, position: int | None) -> None:
    rows = [*others]
    rows.insert(len(rows) if position is None else max(position - 1, 0), row)
    for place, each in enumerate(rows, 1):
        if each.position != place:
            each.position = place


def told_of(row: RuleRow) -> dict[str, Any]:
    """Return a row's columns."""
    return {column: getattr(row, column) for column in _COLUMNS}


def _rule(row: RuleRow) -> Rule:
    return parse_rule(**told_of(row))


def checked(session: Session, told: dict[str, Any]) -> Rule:
    """Return the rule that these columns make, all that they name being there. Raises RuleMalformed."""
    rule = parse_rule(**told)
    zones = load_zones(session)
    if rule.result != REFUSE and rule.result not in zones:
        raise RuleMalformed("result", f"the code of a zone, or {REFUSE}")
    if rule.right - zones.keys():
        raise RuleMalformed("right", "codes of zones")
    if rule.unit and rule.unit - units.parents(session).keys():
        raise RuleMalformed("unit", "codes of units")
    if rule.result != REFUSE:
        refuse_joining(zones, rule.result, rule.right)
    return rule


def _values(rule: Rule) -> dict[str, Any]:
    """Return the columns of a rule but its number: one spelling, whatever was typed."""
    values = rule._asdict()
    del values["number"]
    values |= {field: ",".join(sorted(values[field])) for field in _LISTS}
    return values | {"strength": int(rule.strength), "hours": "" if rule.hours is None else rule.hours.text}


def _shown(row: RuleRow) -> dict[str, Any]:
    return {column: value for column, value in told_of(row).items() if column != "number"}


def _trace(unit: Unit, actor: str, act: str, row: RuleRow, before: dict[str, Any] | None) -> None:
    unit.changed("rule", str(row.number))
    unit.act(actor, act, str(row.number), before, _shown(row))
