"""Decisions in words: by which rule, which condition of each failed first, and what would have passed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from access.decision import Decision, Refusal, Step, Zone
from access.evidence import Evidence
from access.reasons import Reason
from access.tables import LoginRow, RuleRow
from directory import units
from directory.person import Person
from directory.registry import PersonRow
from portal.console import conditions
from portal.console.conditions import Directory
from portal.console.terms import term
from portal.language import Text, plain
from portal.rendering import written_time

REASONS = {reason.code: reason for reason in Reason}
_WEEKDAYS = (
    Text("周一", "Mon"), Text("周二", "Tue"), Text("周三", "Wed"), Text("周四", "Thu"), Text("周五", "Fri"),
    Text("周六", "Sat"), Text("周日", "Sun"),
)  # fmt: skip
_NONE = Text("无", "none")
_TO_FIT = Text(
    "下面逐条列出各规则首先不成立的条件。让其中任何一条全部成立即可通过：例如授予个人权限，或由安全管理员调整规则。",
    "Below stands which condition of each rule failed first. Meeting all of one rule lets it in: grant a right, or "
    "have the security administrator change a rule.",
)
_TO_EXCEPT = Text(
    "最后一条规则明确拒绝此类登录。确需放行的，请安全管理员调整规则或设置有期限的例外。",
    "The last rule below refuses such logins on purpose. If this one has to pass, have the security administrator "
    "change the rule or make an exception that ends.",
)


class Tried(NamedTuple):
    """One rule that was looked at, in words."""

    rule: int
    name: str | None  # None: the rule is gone
    condition: Text | None  # the first that failed; None: all held
    wanted: Text | None
    actual: Text | None  # None: not known any more


class Told(NamedTuple):
    """A decision in words."""

    granted: bool
    sentence: Text
    remedy: Text | None
    tried: list[Tried]
    until: float | None = None


class Speaker:
    """Puts decisions into words, with the names of one state of the database."""

    def __init__(self, session: Session, zone: ZoneInfo, known: Mapping[str, Zone]) -> None:
        """`zone` is the one in which times are written; `known` are the zones of the network by code."""
        self._session, self._zone = session, zone
        self.names = Directory(
            units={each.code: each.name for each in units.listed(session)},
            zones={code: zone.name for code, zone in known.items()},
        )
        self._rules = {row.number: row.name for row in session.scalars(select(RuleRow))}

    def recorded(self, row: LoginRow, steps: Sequence[Step], evidence: Evidence | None) -> Told:
        """Say what was decided about a login of the record."""
        if row.reason is None:
            return Told(True, self._granted(row.zone, row.rule), None, self._tried(steps, evidence, row.at))
        return self._refused(REASONS.get(row.reason), row.reason, self._tried(steps, evidence, row.at), None)

    def decided(self, decision: Decision, evidence: Evidence | None, now: float) -> Told:
        """Say what would be decided now."""
        tried = self._tried(decision.trace, evidence, now)
        if isinstance(decision, Refusal):
            return self._refused(decision.reason, decision.reason.code, tried, decision.until)
        return Told(True, self._granted(decision.zone.code, decision.rule), None, tried)

    def _granted(self, zone: str | None, rule: int | None) -> Text:
        name = self.names.zones.get(zone or "", zone or "–")
        return Text("放行，进入“{zone}”，依据规则“{rule}”。", "Let into {zone}, by rule “{rule}”.").fill(
            zone=name, rule=self._rules.get(rule or 0, str(rule or "–"))
        )

    def _refused(self, reason: Reason | None, code: str, tried: list[Tried], until: float | None) -> Told:
        if reason is None:
            return Told(False, plain(code), None, tried, until)
        value = reason.value
        remedy = Text(value.remedy_chinese, value.remedy_english)
        remedy = {Reason.NO_RULE: _TO_FIT, Reason.RULE_REFUSES: _TO_EXCEPT}.get(reason, remedy)
        sentence = Text("拒绝：{says}", "Refused: {says}").fill(says=Text(value.chinese, value.english))
        return Told(False, sentence, remedy, tried, until)

    def _tried(self, steps: Sequence[Step], evidence: Evidence | None, at: float) -> list[Tried]:
        people = {code.strip() for step in steps if step.failed == "person" for code in (step.wanted or "").split(",")}
        rows = self._session.scalars(select(PersonRow).where(PersonRow.subject.in_(people)))
        known = {row.subject: row.name for row in rows}
        names = Directory(units=self.names.units, zones=self.names.zones, people=known)
        return [self._step(step, names, evidence, at) for step in steps]

    def _step(self, step: Step, names: Directory, evidence: Evidence | None, at: float) -> Tried:
        name = self._rules.get(step.rule)
        if step.failed is None:
            return Tried(step.rule, name, None, None, None)
        wanted = conditions.wanted(step.failed, step.wanted, names, lambda when: written_time(when, self._zone))
        return Tried(step.rule, name, conditions.name_of(step.failed), wanted, self._actual(step.failed, evidence, at))

    def _actual(self, condition: str, evidence: Evidence | None, at: float) -> Text | None:
        """Return what stood against a condition; people and devices are taken as they are now."""
        if condition in ("hours", "valid_until"):
            day = _WEEKDAYS[datetime.fromtimestamp(at, self._zone).weekday()]
            return Text("{day} {at}", "{day} {at}").fill(day=day, at=written_time(at, self._zone))
        if evidence is None:
            return None
        subject, place = evidence.subject, evidence.place
        facts: dict[str, Any] = {
            "category": conditions.UNKNOWN,
            "device_group": place.group,
            "site": place.site,
            "medium": term("medium", evidence.medium.value),
            "ssid": evidence.ssid,
            "method": term("method", evidence.method.value),
            "strength": term("strength", int(evidence.strength)),
        }
        if subject is not None:
            person = isinstance(subject, Person)
            facts |= {
                "category": term("category", subject.category) if isinstance(subject, Person) else conditions.ENDPOINT,
                "unit": self.names.units.get(subject.unit, subject.unit),
                "right": "、".join(self.names.zones.get(code, code) for code in sorted(subject.zones)),
                "person": Text("另一个人", "somebody else") if person else Text("终端设备", "an endpoint"),
            }
        value = facts.get(condition) or _NONE
        return value if isinstance(value, Text) else plain(value)
