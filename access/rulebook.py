"""Rules with their conditions read, and the same rules made ready to decide quickly. Pure.

A condition is a fact of the evidence, a container that the fact must be in, and the Step to note where it is not.
All Steps are made here, once, so that deciding a login makes no text at all.
"""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from access.decision import Decision, Step, Zone
from access.evidence import Medium, Method, Strength
from access.hours import CityClock, Hours, parse_hours
from access.malformed import RuleMalformed
from directory.spelling import CATEGORIES

REFUSE = "refuse"  # the result of a rule that says no
ENDPOINT = "endpoint"  # the category of registered devices
UNKNOWN = "unknown"  # the category of hardware addresses that nobody registered
KNOWN_CATEGORIES = frozenset((*CATEGORIES, ENDPOINT, UNKNOWN))
MOST_NAMES = 2000  # in one condition
_LATEST = 253_402_300_799  # 9999-12-31T23:59:59Z


class Rule(NamedTuple):
    """A rule or an exception. Conditions are joined by AND, the names within one by OR.

    An empty condition always holds, except `category`: empty, it means any known person, and never a device.
    """

    number: int
    position: int  # lower is looked at first
    name: str
    result: str  # zone code, or REFUSE
    enabled: bool = True
    person: frozenset[str] = frozenset()  # subject ids
    category: frozenset[str] = frozenset()
    right: frozenset[str] = frozenset()  # the subject has one of these personal rights
    unit: frozenset[str] = frozenset()  # unit codes; each means its whole subtree
    device_group: frozenset[str] = frozenset()
    site: frozenset[str] = frozenset()
    medium: frozenset[Medium] = frozenset()
    ssid: frozenset[str] = frozenset()
    method: frozenset[Method] = frozenset()
    strength: Strength = Strength.NONE  # at least
    hours: Hours | None = None
    valid_until: float | None = None  # seconds since the epoch; an exception ends then
    approved_by: str | None = None  # who answers for the exception

    @property
    def is_exception(self) -> bool:
        """Whether it is looked at before ordinary rules, and ends by itself."""
        return self.valid_until is not None


def parse_rule(
    *,
    number: int,
    position: int,
    name: str,
    result: str,
    enabled: bool = True,
    person: str = "",
    category: str = "",
    right: str = "",
    unit: str = "",
    device_group: str = "",
    site: str = "",
    medium: str = "",
    ssid: str = "",
    method: str = "",
    strength: int = 0,
    hours: str = "",
    valid_until: float | None = None,
    approved_by: str | None = None,
) -> Rule:
    """Read the columns of a rule row; lists have commas. Raises RuleMalformed and nothing else.

    Whether zones and units exist is not known here: `compile_rulebook` and `access.rules` see to it.
    """
    end, approval = _exception(valid_until, approved_by)
    return Rule(
        number=number,
        position=position,
        name=_line_of_text("name", name).strip(),
        result=_result(result),
        enabled=enabled,
        person=_names("person", person),
        category=_categories(category),
        right=_names("right", right),
        unit=_names("unit", unit),
        device_group=_names("device_group", device_group),
        site=_names("site", site),
        medium=_media(medium),
        ssid=_names("ssid", ssid),
        method=_methods(method),
        strength=_strength(strength),
        hours=parse_hours(hours),
        valid_until=end,
        approved_by=approval,
    )


def _exception(valid_until: float | None, approved_by: str | None) -> tuple[float | None, str | None]:
    """Read what makes a rule an exception: it ends, and somebody answers for it."""
    if (valid_until is None) != (not approved_by):
        raise RuleMalformed("approved_by", "an exception has both an end and somebody who answers for it")
    if valid_until is not None and not 0 <= valid_until <= _LATEST:
        raise RuleMalformed("valid_until", "seconds since 1970 of this age of the world")
    return valid_until, _line_of_text("approved_by", approved_by) if approved_by else None


def _line_of_text(field: str, text: str) -> str:
    if not text.strip() or len(text) > 200 or not text.isprintable():
        raise RuleMalformed(field, "one line of at most 200 characters")
    return text


def _result(text: str) -> str:
    if not text or not text.isprintable():
        raise RuleMalformed("result", f"the code of a zone, or {REFUSE}")
    return text


def _categories(text: str) -> frozenset[str]:
    names = _names("category", text)
    if names - KNOWN_CATEGORIES:
        raise RuleMalformed("category", f"any of {', '.join(sorted(KNOWN_CATEGORIES))}")
    return names


def _names(field: str, text: str) -> frozenset[str]:
    if not text.strip():
        return frozenset()
    names = frozenset(name.strip() for name in text.split(","))
    if len(names) > MOST_NAMES or not all(name and len(name) <= 253 and name.isprintable() for name in names):
        raise RuleMalformed(field, "names with a comma between, none of them empty or with control characters")
    return names


def _media(text: str) -> frozenset[Medium]:
    names = _names("medium", text)
    if not names <= set(Medium):
        raise RuleMalformed("medium", f"any of {', '.join(Medium)}")
    return frozenset(Medium(name) for name in names)


def _methods(text: str) -> frozenset[Method]:
    names = _names("method", text)
    if not names <= set(Method):
        raise RuleMalformed("method", f"any of {', '.join(Method)}")
    return frozenset(Method(name) for name in names)


def _strength(value: int) -> Strength:
    if value not in (0, 1, 2):
        raise RuleMalformed("strength", "0 nothing proven, 1 a password, 2 a second factor or certificate")
    return Strength(value)


# Where decide() puts each fact that a condition looks at.
SUBJECT, CATEGORY, RIGHTS, UNIT, GROUP, SITE, MEDIUM, SSID, METHOD, STRENGTH, MINUTE, NOW = range(12)


# Plain tuples, which CPython takes apart more quickly than named ones.
# One condition, ready: the fact with this index must be in the container, or the Step is noted.
Check = tuple[int, Container[Any], Step]
# One rule, ready: where all checks pass, the Step is noted and the zone granted (None: the login refused).
Line = tuple[tuple[Check, ...], Step, Zone | None]
Program = tuple[Line, ...]


class Programs(NamedTuple):
    """What one kind of subject is judged by. Exceptions for named subjects are only looked at for these.

    `decided` keeps what `general` came to for facts that many share; None where subject or time decide in it.
    """

    general: Program
    named: Mapping[str, Program]
    decided: dict[tuple[Any, ...], Decision] | None

    def of(self, subject: str | None) -> Program:
        """Return the rules to look at for a subject, in order."""
        return self.named.get(subject, self.general) if subject is not None else self.general


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Everything that a decision needs beside the evidence. Replaced as a whole when anything in it changes."""

    zones: Mapping[str, Zone]
    rules: tuple[Rule, ...]  # exceptions first, then in order of position; disabled ones too
    ancestors: Mapping[str, frozenset[str]]  # unit code → codes of all units above it
    clock: CityClock
    timed: bool  # whether any rule has hours
    people: Programs
    endpoints: Programs
    unknown: Programs


class _AnyOf:
    """Contains every set that shares a member with it."""

    __slots__ = ("_names",)

    def __init__(self, names: frozenset[str]) -> None:
        self._names = names

    def __contains__(self, others: Any) -> bool:
        return not self._names.isdisjoint(others)


class _Before:
    """Contains every instant before its own."""

    __slots__ = ("_end",)

    def __init__(self, end: float) -> None:
        self._end = end

    def __contains__(self, instant: Any) -> bool:
        return bool(instant < self._end)


_NOBODY: frozenset[str] = frozenset()


def ancestors_of(units: Mapping[str, str | None]) -> dict[str, frozenset[str]]:
    """Return for each unit all units above it. A circle, which the registry refuses, ends where it began."""
    found: dict[str, frozenset[str]] = {}
    for code in units:
        above: set[str] = set()
        parent = units[code]
        while parent is not None and parent not in above and parent != code:
            above.add(parent)
            parent = units.get(parent)
        found[code] = frozenset(above)
    return found


def compile_rulebook(
    zones: Iterable[Zone],
    rules: Iterable[Rule],
    units: Mapping[str, str | None],
    *,
    time_zone: str = "Asia/Shanghai",
) -> Rulebook:
    """Make rules ready; `units` maps each unit's code to its parent's, `time_zone` is the one of the rules' hours.

    Raises RuleMalformed where a rule leads into a zone that does not exist: whoever reloads keeps the rulebook that
    it has.
    """
    known = {zone.code: zone for zone in zones}
    ordered = tuple(sorted(rules, key=lambda rule: (not rule.is_exception, rule.position, rule.number)))
    ancestors = ancestors_of(units)
    enabled = [rule for rule in ordered if rule.enabled]
    for rule in enabled:
        if rule.result != REFUSE and rule.result not in known:
            raise RuleMalformed("result", f"the code of a zone, or {REFUSE} (rule {rule.number})")
    subtrees = {rule.number: _subtrees(rule.unit, ancestors) for rule in enabled}

    def programs(kind: str | None) -> Programs:
        lines = [(rule, _line(rule, kind, subtrees[rule.number], known.get(rule.result))) for rule in enabled]
        named = {subject for rule in enabled if rule.is_exception for subject in rule.person}
        general = _seen_by(None, lines)
        shared = not any(fact in {SUBJECT, NOW} for checks, _, _ in general for fact, _, _ in checks)
        mine = MappingProxyType({each: _seen_by(each, lines) for each in named})
        return Programs(general, mine, {} if shared else None)

    return Rulebook(
        zones=MappingProxyType(known),
        rules=ordered,
        ancestors=MappingProxyType(ancestors),
        clock=CityClock(time_zone),
        timed=any(rule.hours is not None for rule in enabled),
        people=programs(None),
        endpoints=programs(ENDPOINT),
        unknown=programs(UNKNOWN),
    )


def _seen_by(subject: str | None, lines: list[tuple[Rule, Line]]) -> Program:
    return tuple(line for rule, line in lines if not (rule.is_exception and rule.person) or subject in rule.person)


def _subtrees(codes: frozenset[str], ancestors: Mapping[str, frozenset[str]]) -> frozenset[str]:
    return codes | {unit for unit, above in ancestors.items() if not codes.isdisjoint(above)}


def _line(rule: Rule, kind: str | None, units: frozenset[str], zone: Zone | None) -> Line:
    """Make one rule ready for one kind of subject: ENDPOINT, UNKNOWN, or None for people."""
    checks: list[Check] = []

    def check(name: str, fact: int, allowed: Container[Any], wanted: str) -> None:
        checks.append((fact, allowed, Step(rule.number, name, wanted)))

    if kind is None:
        if rule.category:
            check("category", CATEGORY, rule.category - {ENDPOINT, UNKNOWN}, _list(rule.category))
    elif kind not in rule.category:
        check("category", CATEGORY, _NOBODY, _list(rule.category) if rule.category else "a known person")
    if rule.person:
        check("person", SUBJECT, rule.person, _list(rule.person))
    if rule.right:
        check("right", RIGHTS, _AnyOf(rule.right), _list(rule.right))
    if rule.unit:
        check("unit", UNIT, units, _list(rule.unit))
    if rule.device_group:
        check("device_group", GROUP, rule.device_group, _list(rule.device_group))
    if rule.site:
        check("site", SITE, rule.site, _list(rule.site))
    if rule.medium:
        check("medium", MEDIUM, rule.medium, _list(rule.medium))
    if rule.ssid:
        check("ssid", SSID, rule.ssid, _list(rule.ssid))
    if rule.method:
        check("method", METHOD, rule.method, _list(rule.method))
    if rule.strength > Strength.NONE:
        strong = frozenset(each for each in Strength if each >= rule.strength)
        check("strength", STRENGTH, strong, rule.strength.name.lower())
    if rule.hours is not None:
        check("hours", MINUTE, rule.hours, rule.hours.text)
    if rule.valid_until is not None:
        # Last, so that the trace of an ended exception says that it would have fitted otherwise.
        end = datetime.fromtimestamp(rule.valid_until, UTC)
        check("valid_until", NOW, _Before(rule.valid_until), f"before {end:%Y-%m-%dT%H:%M:%SZ}")
    return tuple(checks), Step(rule.number, None, None), zone


def _list(names: Iterable[str]) -> str:
    ordered = sorted(names)
    more = len(ordered) - 8  # a trace is read by people and kept with every login
    return ", ".join(ordered[:8]) + (f" and {more} more" if more > 0 else "")
