"""Rules: what is read, what is refused, what is made ready."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from access.decision import Zone
from access.evidence import Medium, Method, Strength
from access.malformed import RuleMalformed
from access.rulebook import REFUSE, Rule, ancestors_of, compile_rulebook, parse_rule
from tests.access.builders import NOW, UNITS, rule

OFFICE = Zone("office", "办公")


def test_columns_are_read():
    """Lists have commas and spaces do not matter; names become members."""
    read = rule(
        category="staff, visitor", unit="north ,court", medium="wired", method="pap,mac", strength=1,
        hours="mon-fri 08:00-18:00", ssid="政务 内网",
    )  # fmt: skip
    assert read.category == {"staff", "visitor"}
    assert read.unit == {"north", "court"}
    assert read.medium == {Medium.WIRED}
    assert read.method == {Method.PAP, Method.MAC}
    assert read.strength is Strength.PASSWORD
    assert read.ssid == {"政务 内网"}
    assert read.hours is not None
    assert not read.is_exception


@pytest.mark.parametrize(
    ("field", "told"),
    [
        ("name", {"name": " "}),
        ("name", {"name": "a\nb"}),
        ("result", {"result": ""}),
        ("category", {"category": "staff,boss"}),
        ("medium", {"medium": "radio"}),
        ("method", {"method": "PAP"}),
        ("strength", {"strength": 3}),
        ("hours", {"hours": "always"}),
        ("unit", {"unit": "a,,b"}),
        ("site", {"site": "a\x00"}),
        ("approved_by", {"valid_until": NOW}),
        ("approved_by", {"approved_by": "P9"}),
        ("approved_by", {"approved_by": "a\nb", "valid_until": NOW}),
        ("valid_until", {"approved_by": "P9", "valid_until": float("nan")}),
        ("valid_until", {"approved_by": "P9", "valid_until": float("inf")}),
    ],
)
def test_refused_by_name_of_the_field(field: str, told: dict):
    """One error, and it names the field."""
    with pytest.raises(RuleMalformed) as refused:
        rule(**told)
    assert refused.value.field == field


LISTS = ["person", "category", "right", "unit", "device_group", "site", "medium", "ssid", "method"]


@settings(max_examples=150, deadline=None)
@given(
    st.fixed_dictionaries(
        {},
        optional={name: st.text(max_size=30) for name in [*LISTS, "name", "result", "hours", "approved_by"]}
        | {"strength": st.integers(-5, 5), "valid_until": st.none() | st.floats()},
    )
)
def test_any_columns_are_read_or_refused(told: dict):
    """Accept, or raise the one error, nothing else."""
    try:
        read = parse_rule(**{"number": 1, "position": 1, "name": "n", "result": "office"} | told)
    except RuleMalformed:
        return
    assert isinstance(read, Rule)
    assert compile_rulebook([Zone(read.result, "z")], [read], {}).rules == (read,)


def test_exceptions_come_first():
    """Exceptions are looked at before ordinary rules, each kind in order of position."""
    exception = {"valid_until": NOW, "approved_by": "P9"}
    rules = [rule(1), rule(2, position=0), rule(3, position=9, **exception), rule(4, position=8, **exception)]
    assert [each.number for each in compile_rulebook([OFFICE], rules, UNITS).rules] == [4, 3, 2, 1]


def test_a_rule_into_nowhere_is_refused():
    """A rule whose zone does not exist makes no rulebook, unless it is disabled."""
    with pytest.raises(RuleMalformed):
        compile_rulebook([OFFICE], [rule(1, "garden")], UNITS)
    compile_rulebook([OFFICE], [rule(1, "garden", enabled=False), rule(2, REFUSE)], UNITS)


def test_ancestors():
    """Each unit knows all units above it, and a circle ends."""
    assert ancestors_of(UNITS)["north-1"] == {"north", "city"}
    assert ancestors_of({"a": "b", "b": "a", "c": "c", "d": "gone"})["a"] <= {"a", "b"}


def test_traces_stay_short():
    """A condition with many names shows a few of them."""
    many = rule(1, person=",".join(f"P{number:03}" for number in range(100)))
    checks, _, _ = compile_rulebook([OFFICE], [many], UNITS).people.general[0]
    assert checks[0][2].wanted == "P000, P001, P002, P003, P004, P005, P006, P007 and 92 more"
