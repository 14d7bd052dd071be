"""decide: state first, then rules in order, and a trace of each."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from access import decision as decision_module
from access.decision import Grant, Refusal, Step, Zone, decide, standing
from access.evidence import Evidence, Medium, Method, Place, Strength
from access.hours import DAY
from access.reasons import Reason
from access.rulebook import ENDPOINT, REFUSE, UNKNOWN, Rule, ancestors_of, compile_rulebook
from directory.person import Endpoint, Person, State
from tests.access.builders import NOW, UNITS, endpoint, evidence, person, rule

ZONES = [Zone("office", "办公"), Zone("guest", "访客"), Zone("devices", "设备")]


def judge(subject, *rules: Rule, now: float = NOW, **changes):
    return decide(evidence(subject, **changes), compile_rulebook(ZONES, rules, UNITS), now)


@pytest.mark.parametrize(
    ("changes", "reason", "until"),
    [
        ({"state": State.DRAFT}, Reason.PERSON_DRAFT, None),
        ({"state": State.SUSPENDED}, Reason.PERSON_SUSPENDED, None),
        ({"state": State.LEFT}, Reason.PERSON_LEFT, None),
        ({"state": State.PRESERVED}, Reason.PERSON_LEFT, None),
        ({"valid_from": NOW + 1}, Reason.NOT_YET_VALID, NOW + 1),
        ({"valid_until": NOW}, Reason.EXPIRED, None),
        ({"locked_until": NOW + 1}, Reason.DIRECTORY_LOCKED, NOW + 1),
        ({"locked_until": float("inf")}, Reason.DIRECTORY_LOCKED, None),
        ({"must_change": True}, Reason.PASSWORD_MUST_CHANGE, None),
    ],
)
@pytest.mark.parametrize("method", Method)
def test_the_state_comes_first_in_every_method(changes: dict, reason: Reason, until: float | None, method: Method):
    """Whoever may not come in at all is refused whatever the rules say (CVE-2011-4966)."""
    assert judge(person(**changes), rule(), method=method) == Refusal(reason, (), until)


def test_the_bounds_of_validity():
    """From the beginning on and before the end; a lock that has ended is none."""
    assert standing(person(valid_from=NOW, valid_until=NOW + 1, locked_until=NOW), NOW) is None


@pytest.mark.parametrize("state", [state for state in State if state is not State.ACTIVE])
def test_endpoints_have_a_state_too(state: State):
    """A suspended printer is refused like a suspended person, an expired one as well."""
    refused = judge(endpoint(state=state), rule(category=ENDPOINT), method=Method.MAC)
    assert isinstance(refused, Refusal)
    assert refused.trace == ()
    expired = judge(endpoint(valid_until=NOW), rule(category=ENDPOINT), method=Method.MAC)
    assert expired == Refusal(Reason.EXPIRED)


def test_a_state_nobody_knows_lets_nobody_in():
    """Fail closed, and say that it is our fault."""
    assert judge(person(state="gone"), rule()) == Refusal(Reason.INTERNAL)


def test_first_rule_that_holds_decides():
    """Rules are looked at in order; the trace has one step for each, with what would have passed."""
    granted = judge(
        person(),
        rule(1, category="visitor"),
        rule(2, right="internet,office"),
        rule(3, "guest", unit="north"),
        rule(4, "office"),
    )
    assert granted == Grant(
        ZONES[1],
        3,
        (Step(1, "category", "visitor"), Step(2, "right", "internet, office"), Step(3, None, None)),
    )


def test_no_rule_is_a_refusal():
    """Where nothing allows it, nobody gets in."""
    assert judge(person()) == Refusal(Reason.NO_RULE)
    refused = judge(person(), rule(7, strength=2))
    assert refused == Refusal(Reason.NO_RULE, (Step(7, "strength", "strong"),))


def test_a_rule_may_refuse():
    """A refusing rule ends the search."""
    refused = judge(person(), rule(1, REFUSE, site="hall"), rule(2))
    assert refused == Refusal(Reason.RULE_REFUSES, (Step(1, None, None),))


def test_disabled_rules_are_not_looked_at():
    """A disabled rule leaves no trace."""
    assert judge(person(), rule(1, enabled=False)) == Refusal(Reason.NO_RULE)


@pytest.mark.parametrize(
    ("category", "who"),
    [
        ("", "person"),
        ("staff", "person"),
        ("endpoint", "endpoint"),
        ("unknown", "unknown"),
        ("staff,unknown", "both"),
    ],
)
def test_who_a_category_lets_in(category: str, who: str):
    """An empty category means a known person; devices and unknown addresses must be named."""
    subjects = {"person": person(), "endpoint": endpoint(), "unknown": None}
    allowed = {"person", "unknown"} if who == "both" else {who}
    for kind, subject in subjects.items():
        granted = judge(subject, rule(category=category), method=Method.MAC)
        assert isinstance(granted, Grant) is (kind in allowed), kind


def test_a_persons_own_category_never_makes_a_device_of_it():
    """What a directory writes into a person's category cannot pass for an unknown address."""
    for category in (UNKNOWN, ENDPOINT):
        assert isinstance(judge(person(category=category), rule(category=category)), Refusal)


def test_a_hardware_address_is_no_password():
    """A login by MAC fails the first rule that asks for a password, even a known person's."""
    for subject in (person(), endpoint(), None):
        refused = judge(subject, rule(category="staff,endpoint,unknown", strength=1), method=Method.MAC)
        assert refused == Refusal(Reason.NO_RULE, (Step(1, "strength", "password"),))


def test_units_mean_their_subtree():
    """A rule for the town covers its communities, and not its sister or the city."""
    for home, inside in (("north", True), ("north-1", True), ("south", False), ("city", False)):
        assert isinstance(judge(person(unit=home), rule(unit="north")), Grant) is inside


def test_hours_are_the_citys():
    """Hours are read in the city's time zone, at the moment of the login."""
    working = rule(hours="mon-fri 08:00-18:00")
    morning = datetime(2026, 9, 21, 8, 0, tzinfo=ZoneInfo("Asia/Shanghai")).timestamp()
    assert isinstance(judge(person(), working, now=morning), Grant)
    assert judge(person(), working, now=morning - 1) == Refusal(
        Reason.NO_RULE, (Step(1, "hours", "mon-fri 08:00-18:00"),)
    )


def test_exceptions_end_by_themselves():
    """An exception is looked at first, and from its end on no more; the trace says when that was."""
    exception = rule(9, "guest", person="P1", valid_until=NOW + 60, approved_by="P9")
    granted = judge(person(), rule(1), exception)
    assert isinstance(granted, Grant)
    assert granted.zone.code == "guest"
    after = judge(person(), rule(1), exception, now=NOW + 60)
    assert isinstance(after, Grant)
    end = f"before {datetime.fromtimestamp(NOW + 60, UTC):%Y-%m-%dT%H:%M:%SZ}"
    assert after.trace == (Step(9, "valid_until", end), Step(1, None, None))


def test_other_peoples_exceptions_are_not_looked_at():
    """Hundreds of exceptions for others neither slow a login down nor fill its trace."""
    exception = rule(9, "guest", person="P2", valid_until=NOW + 60, approved_by="P9")
    assert judge(person(), rule(1), exception) == Grant(ZONES[0], 1, (Step(1, None, None),))
    assert judge(person(subject="P2"), rule(1), exception) == Grant(ZONES[1], 9, (Step(9, None, None),))


def naive(given: Evidence, rules: list[Rule], now: float) -> tuple[str, int | None, list[tuple[int, bool]]]:
    """Say what the rules mean, one by one and without any preparation."""
    subject = given.subject
    local = datetime.fromtimestamp(now, ZoneInfo("Asia/Shanghai"))
    minute = local.weekday() * DAY + local.hour * 60 + local.minute
    units = ancestors_of(UNITS)
    trace = []
    for each in sorted(rules, key=lambda one: (one.valid_until is None, one.position, one.number)):
        if not each.enabled:
            continue
        if isinstance(subject, Person):
            kind = not each.category or subject.category in each.category - {ENDPOINT, UNKNOWN}
        else:
            kind = (UNKNOWN if subject is None else ENDPOINT) in each.category
        named = not each.person or (subject is not None and subject.subject in each.person)
        if each.valid_until is not None and not named:
            continue
        unit = None if subject is None else subject.unit
        holds = (
            kind
            and named
            and (not each.right or (subject is not None and bool(subject.zones & each.right)))
            and (not each.unit or (unit is not None and bool({unit, *units[unit]} & each.unit)))
            and (not each.device_group or given.place.group in each.device_group)
            and (not each.site or given.place.site in each.site)
            and (not each.medium or given.medium in each.medium)
            and (not each.ssid or given.ssid in each.ssid)
            and (not each.method or given.method in each.method)
            and given.strength >= each.strength
            and (each.hours is None or minute in each.hours)
            and (each.valid_until is None or now < each.valid_until)
        )
        trace.append((each.number, holds))
        if holds:
            return each.result, each.number, trace
    return "none", None, trace


def some(values: list[str]) -> st.SearchStrategy[str]:
    return st.just("") | st.lists(st.sampled_from(values), min_size=1, max_size=2).map(",".join)


CATEGORY, RIGHT = ["staff", "visitor", ENDPOINT, UNKNOWN], ["office", "guest"]
RULES = st.builds(
    lambda end, **told: rule(**told, valid_until=end, approved_by=None if end is None else "P9"),
    number=st.integers(1, 10_000),
    position=st.integers(1, 5),
    result=st.sampled_from(["office", "guest", "devices", REFUSE]),
    enabled=st.integers(0, 9).map(bool),
    person=some(["P1", "P2", "E1"]),
    category=some(CATEGORY),
    right=some(RIGHT),
    unit=some(list(UNITS)),
    device_group=some(["access", "core"]),
    site=some(["hall", "tower"]),
    medium=some(["wired", "wireless"]),
    ssid=some(["内网"]),
    method=some(["pap", "mac"]),
    strength=st.integers(0, 2),
    hours=st.sampled_from(["", "", "mon-fri 08:00-18:00", "mon-sun 20:00-04:00"]),
    end=st.none() | st.sampled_from([NOW - 1, NOW, NOW + 1, NOW + 1e6]),
)
PLACES = st.builds(
    Place,
    st.just(1),
    st.just("s"),
    st.just("v"),
    st.sampled_from(["access", "core"]),
    st.sampled_from(["hall", ""]),
)
SUBJECTS = st.none() | st.builds(
    lambda kind, **told: kind(**told),
    kind=st.sampled_from([person, endpoint]),
    subject=st.sampled_from(["P1", "P2", "E1"]),
    unit=st.sampled_from(list(UNITS)),
    zones=st.frozensets(st.sampled_from(RIGHT)),
)
EVIDENCE = st.builds(
    Evidence, SUBJECTS, st.sampled_from(Method), st.sampled_from(Strength), PLACES, st.none(),
    st.sampled_from(Medium), st.sampled_from([None, "内网", "外网"]),
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(EVIDENCE, st.lists(RULES, max_size=8, unique_by=lambda each: each.number), st.floats(-3e5, 3e5))
def test_prepared_rules_mean_what_the_rules_say(given: Evidence, rules: list[Rule], later: float):
    """The rules made ready decide and trace exactly as the rules read one by one."""
    now = float(round(NOW + later))
    decided = decide(given, compile_rulebook(ZONES, rules, UNITS), now)
    result, number, trace = naive(given, rules, now)
    assert [(step.rule, step.failed is None) for step in decided.trace] == trace
    if isinstance(decided, Grant):
        assert (decided.zone.code, decided.rule) == (result, number)
    else:
        assert decided.reason is (Reason.RULE_REFUSES if result == REFUSE else Reason.NO_RULE)
        assert isinstance(given.subject, Person | Endpoint | None)
    for step in decided.trace:
        assert (step.failed is None) is (step.wanted is None)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(EVIDENCE, st.floats(-3e5, 3e5)), min_size=2, max_size=12),
    st.lists(RULES, max_size=8, unique_by=lambda each: each.number),
)
def test_a_decision_does_not_depend_on_those_before_it(asked: list[tuple[Evidence, float]], rules: list[Rule]):
    """What is remembered of one login says of another what its own facts say, at its own time."""
    rulebook = compile_rulebook(ZONES, rules, UNITS)
    for each, later in [*asked, *asked]:
        assert decide(each, rulebook, NOW + later) == decide(each, compile_rulebook(ZONES, rules, UNITS), NOW + later)


def test_remembered_decisions_are_bounded(monkeypatch: pytest.MonkeyPatch):
    """SSIDs come from outside: however many there are, memory does not grow with them."""
    monkeypatch.setattr(decision_module, "MOST_DECIDED", 4)
    rulebook = compile_rulebook(ZONES, [rule(1)], UNITS)
    for number in range(10):
        assert isinstance(decide(evidence(person(), ssid=str(number)), rulebook, NOW), Grant)
    assert len(rulebook.people.decided) <= 4
