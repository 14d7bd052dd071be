"""The form of a rule: what is typed becomes a draft, a rule becomes what the form shows, and what it may offer."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.datastructures import FormData
from starlette.responses import Response

from access import rules
from access.malformed import RuleMalformed
from access.rule_drafts import Act, Draft
from access.rulebook import Rule
from access.rules import RuleFields
from access.tables import DeviceRow, RuleRow
from access.zones import load_zones
from directory import units
from directory.registry import PersonRow
from portal.console.desk import Desk, Posted
from portal.console.refusals import ConsoleRefused, Why
from portal.console.rule_sentences import Names
from portal.console.rule_words import CATEGORIES, STRENGTHS, hours_typed
from portal.console.terms import TERMS
from portal.language import Text
from portal.rehearsals import approver

LISTS = ("category", "right", "unit", "device_group", "site", "medium", "method")
LINES = ("name", "result", "strength", "ssid", "hours", "person", "until")
_MOST_ORDERED = 5000


class DraftFlawed(Exception):  # noqa: N818 - a form that has to be corrected
    """What was typed is no rule; `errors` has a sentence for each field."""

    def __init__(self, errors: dict[str, Text]) -> None:
        super().__init__(", ".join(errors))
        self.errors = errors


class Offered(NamedTuple):
    """What a form offers to choose from: code and words."""

    results: list[tuple[str, str]]
    categories: list[tuple[str, str]]
    rights: list[tuple[str, str]]
    units: list[tuple[str, str]]
    device_groups: list[tuple[str, str]]
    sites: list[tuple[str, str]]
    media: list[tuple[str, str]]
    methods: list[tuple[str, str]]
    strengths: list[tuple[str, str]]


def asked_of(desk: Desk) -> Posted:
    """Return the fields of a form that was sent as a link."""
    return Posted(FormData([*desk.request.query_params.multi_items()]))


def typed(fields: Posted) -> dict[str, Any]:
    """Return what a form shows again, as it was typed."""
    return {name: fields.text(name) for name in LINES} | {name: fields.several(name) for name in LISTS}


def pairs(fields: Posted) -> list[tuple[str, str]]:
    """Return the fields of a draft for hidden inputs and links, only those that say something."""
    told = [(name, fields.text(name)) for name in ("act", "number", *LINES)]
    told += [(name, value) for name in (*LISTS, "order") for value in fields.several(name)]
    return [(name, value) for name, value in told if value]


def draft_of(desk: Desk, session: Session, fields: Posted) -> Draft:
    """Return what a form wants. Raises DraftFlawed, ConsoleRefused where it is no form of ours."""
    try:
        act = Act(fields.text("act"))
    except ValueError:
        raise ConsoleRefused(Why.FIELD_MALFORMED, "act") from None
    if act is Act.ORDER:
        return Draft(act, order=order_of(fields))
    number = 0 if act is Act.ADD else fields.number("number")
    if number:
        rule_row(session, number)
    if act not in (Act.ADD, Act.CHANGE):
        return Draft(act, number)
    told: RuleFields = {
        "name": fields.text("name"),
        "result": fields.text("result"),
        "category": _listed(fields, "category"),
        "right": _listed(fields, "right"),
        "unit": _listed(fields, "unit"),
        "device_group": _listed(fields, "device_group"),
        "site": _listed(fields, "site"),
        "medium": _listed(fields, "medium"),
        "method": _listed(fields, "method"),
        "ssid": _comma(fields.text("ssid")),
        "strength": int(fields.text("strength") or "0") if fields.text("strength") in ("", "0", "1", "2") else 0,
        "hours": hours_typed(fields.text("hours")),
        "person": _subjects(session, fields.text("person")),
        **_ending(desk, fields.text("until")),
    }
    return Draft(act, number, told)


def order_of(fields: Posted) -> tuple[int, ...]:
    """Return the numbers of rules in the order in which a form names them. Raises ConsoleRefused."""
    told = fields.several("order")
    if len(told) > _MOST_ORDERED or not all(one.isascii() and one.isdigit() and len(one) < 10 for one in told):
        raise ConsoleRefused(Why.FIELD_MALFORMED, "order")
    return tuple(int(one) for one in told)


def rule_row(session: Session, number: int) -> RuleRow:
    """Return the row of a rule. Raises ConsoleRefused as for a page that is none."""
    try:
        return rules.find(session, number if number < 2**31 else 0)
    except RuleMalformed:
        raise ConsoleRefused(Why.NOT_FOUND, status=404) from None


def _listed(fields: Posted, name: str) -> str:
    return ",".join(value for value in fields.several(name) if value)


def _comma(text: str) -> str:
    return ",".join(part.strip() for part in text.replace("，", ",").replace("、", ",").split(",") if part.strip())


def _subjects(session: Session, text: str) -> str:
    """Return the subject ids of logins with commas between. Raises DraftFlawed."""
    logins = [part.casefold() for part in _comma(text.replace(" ", ",")).split(",") if part]
    found: dict[str, str] = {}
    for start in range(0, len(logins), 500):
        query = select(PersonRow.login, PersonRow.subject).where(PersonRow.login.in_(logins[start : start + 500]))
        found |= dict(iter(session.execute(query)))
    missing = [login for login in logins if login not in found]
    if missing:
        says = Text("没有登录名为 {login} 的人员。", "There is nobody with the login {login}.")
        raise DraftFlawed({"person": says.fill(login=missing[0])})
    return ",".join(found[login] for login in dict.fromkeys(logins))


def _ending(desk: Desk, until: str) -> RuleFields:
    """Return what makes a rule an exception; whoever drafts it answers for it."""
    if not until:
        return {"valid_until": None, "approved_by": None}
    try:
        at = datetime.fromisoformat(until).replace(tzinfo=desk.knowledge.time_zone).timestamp()
    except (ValueError, OverflowError):
        raise DraftFlawed({"until": Text("请填写日期和时间。", "Give a date and a time.")}) from None
    if at <= desk.knowledge.clock():
        raise DraftFlawed({"until": Text("请填写将来的时间。", "This must be in the future.")})
    return {"valid_until": at, "approved_by": approver(desk)}


def shown(desk: Desk, session: Session, rule: Rule) -> dict[str, Any]:
    """Return what the form shows of a rule as it is."""
    people = people_named(session, rule.person)
    values: dict[str, Any] = {name: sorted(str(one) for one in getattr(rule, name)) for name in LISTS}
    until = rule.valid_until
    return values | {
        "name": rule.name,
        "result": rule.result,
        "strength": str(int(rule.strength)),
        "ssid": ", ".join(sorted(rule.ssid)),
        "hours": rule.hours.text if rule.hours is not None else "",
        "person": ", ".join(sorted(row.login for row in people)),
        "until": "" if until is None else f"{datetime.fromtimestamp(until, desk.knowledge.time_zone):%Y-%m-%dT%H:%M}",
    }


def people_named(session: Session, subjects: Iterable[str]) -> list[PersonRow]:
    """Return the rows of people."""
    wanted = sorted(subjects)
    found: list[PersonRow] = []
    for start in range(0, len(wanted), 500):
        found.extend(session.scalars(select(PersonRow).where(PersonRow.subject.in_(wanted[start : start + 500]))))
    return found


def names(session: Session, shown_rules: Iterable[Rule]) -> Names:
    """Return what the codes in these rules stand for."""
    subjects = {subject for rule in shown_rules for subject in rule.person}
    return Names(
        {zone.code: zone.name for zone in load_zones(session).values()},
        {row.code: row.name for row in units.listed(session)},
        {row.subject: f"{row.name}（{row.login}）" for row in people_named(session, subjects)},
    )


def offered(desk: Desk, session: Session, values: dict[str, Any]) -> Offered:
    """Return what the form offers; what a rule already says is offered too, though no device says it any more."""
    zones = [(zone.code, zone.name) for zone in load_zones(session).values()]
    groups, sites = (
        set(session.scalars(select(column).where(column != "").distinct()))
        for column in (DeviceRow.group, DeviceRow.site)
    )

    def said(words: dict[Any, Text]) -> list[tuple[str, str]]:
        return [
            (str(int(code)) if isinstance(code, int) else code, text.in_(desk.language)) for code, text in words.items()
        ]

    return Offered(
        [*zones, ("refuse", Text("拒绝", "Refuse").in_(desk.language))],
        said(CATEGORIES),
        zones,
        [(one.row.code, "　" * one.depth + one.row.name) for one in units.tree(session)],
        [(one, one) for one in sorted(groups | set(values["device_group"]))],
        [(one, one) for one in sorted(sites | set(values["site"]))],
        said(TERMS["medium"]),
        said(TERMS["method"]),
        said(STRENGTHS),
    )


def form_page(desk: Desk, values: dict[str, Any], *, number: int, errors: dict[str, Text] | None = None) -> Response:
    """Return the form of a rule; number 0 is a new one."""
    with desk.knowledge.store.read() as session:
        choices = offered(desk, session, values)
    return desk.page(
        "console/rule_form.html", status=400 if errors else 200, values=values, number=number, errors=errors or {},
        offered=choices, approver=approver(desk),
    )  # fmt: skip
