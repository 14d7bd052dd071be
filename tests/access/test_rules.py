"""Rules as rows."""

import time

import pytest
from sqlalchemy import select

from access import rules, zones
from access.decision import Grant, Zone, decide
from access.malformed import RuleMalformed
from access.rules import load_rulebook, load_rules
from access.settings import AccessSettings
from access.tables import RuleRow
from directory import units
from store.changes import ChangeRow
from store.engine import Store, Unit
from store.record import ActRow
from tests.access.builders import evidence, person


def prepare(unit: Unit) -> None:
    units.add(unit, "admin", code="city", name="宜州市", kind="city")
    units.add(unit, "admin", code="north", name="北山镇", kind="town", parent="city")
    units.add(unit, "admin", code="north-1", name="北山社区", kind="community", parent="north")
    zones.add(unit, "admin", Zone("public", "公用区"))
    zones.add(unit, "admin", Zone("office", "办公区", vlan="10"))
    zones.add(unit, "admin", Zone("dedicated", "专用区", excludes=frozenset({"public"})))


def order(unit: Unit) -> list[int]:
    unit.session.flush()
    loaded = load_rules(unit.session)
    assert [each.position for each in loaded] == list(range(1, len(loaded) + 1))
    return [each.number for each in loaded]


def test_rows_become_a_rulebook_that_decides(store: Store):
    """What is saved is what decides, units with their subtrees included."""
    with store.write() as unit:
        prepare(unit)
        number = rules.add(
            unit, "admin", name="镇里的人", result="office", unit="north", strength=1, hours="mon-sun 00:00-24:00"
        )
    with store.read() as session:
        rulebook = load_rulebook(session, AccessSettings())
        assert session.execute(select(ActRow.act, ActRow.subject)).all()[-1] == ("rule.add", str(number))
        assert ("rule", str(number)) in session.execute(select(ChangeRow.kind, ChangeRow.subject)).all()
    decided = decide(evidence(person(unit="north-1")), rulebook, time.time())
    assert isinstance(decided, Grant)
    assert (decided.rule, decided.zone.vlan) == (number, "10")


def test_every_field_comes_back(sqlite_store: Store):
    """A rule is read as it was saved, in one spelling."""
    told = {
        "name": "例外", "result": "refuse", "enabled": False, "person": "P2, P1", "category": "visitor,staff",
        "right": "public", "unit": "north,city", "device_group": "core", "site": "大厅", "medium": "wireless,wired",
        "ssid": "政务 内网", "method": "pap", "strength": 2, "hours": "mon  08:00-09:00", "valid_until": 2e9,
        "approved_by": "P9",
    }  # fmt: skip
    with sqlite_store.write() as unit:
        prepare(unit)
        number = rules.add(unit, "admin", **told)
        unit.session.expire_all()
        row = rules.find(unit.session, number)
        assert (row.person, row.category, row.hours) == ("P1,P2", "staff,visitor", "mon 08:00-09:00")
        (read,) = load_rules(unit.session)
        assert (read.number, read.position, read.approved_by, read.valid_until) == (number, 1, "P9", 2e9)
        assert read.ssid == {"政务 内网"}
        assert not read.enabled


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("result", "nowhere"), ("result", ""), ("right", "nowhere"), ("unit", "nowhere"), ("category", "boss"),
        ("medium", "air"), ("method", "magic"), ("hours", "later"), ("name", ""), ("strength", 9),
        ("approved_by", "P9"),
    ],
)  # fmt: skip
def test_unknown_names_are_refused(sqlite_store: Store, field: str, value: object):
    """Zones, units, categories, media and methods must exist, when a rule is added and when it is changed."""
    with sqlite_store.write() as unit:
        prepare(unit)
        with pytest.raises(RuleMalformed) as refused:
            rules.add(unit, "admin", **{"name": "r", "result": "office", field: value})
        assert refused.value.field == field
        number = rules.add(unit, "admin", name="r", result="office")
        with pytest.raises(RuleMalformed) as refused:
            rules.change(unit, "admin", number, **{field: value})
        assert refused.value.field == field


def test_a_rule_must_not_join_excluded_zones(sqlite_store: Store):
    """Who holds the right to one zone is not let into another that excludes it."""
    with sqlite_store.write() as unit:
        prepare(unit)
        with pytest.raises(RuleMalformed) as refused:
            rules.add(unit, "admin", name="r", result="dedicated", right="public")
        assert refused.value.field == "result"
        rules.add(unit, "admin", name="r", result="refuse", right="public")
        rules.add(unit, "admin", name="r", result="dedicated", right="dedicated")


def test_places(store: Store):
    """Positions are counted from one without gaps; a rule is put where it was asked for."""
    with store.write() as unit:
        prepare(unit)
        first, second, third = (rules.add(unit, "admin", name=name, result="office") for name in "abc")
        assert order(unit) == [first, second, third]
        fourth = rules.add(unit, "admin", name="d", result="office", position=1)
        assert order(unit) == [fourth, first, second, third]
        rules.move(unit, "admin", fourth, 3)
        assert order(unit) == [first, second, fourth, third]
        rules.move(unit, "admin", first, 99)
        assert order(unit) == [second, fourth, third, first]
        rules.move(unit, "admin", first, -1)
        assert order(unit) == [first, second, fourth, third]
        rules.change(unit, "admin", second, name="B", enabled=False)
        assert order(unit) == [first, second, fourth, third]
    with store.write() as unit:
        rules.remove(unit, "admin", third)
        unit.session.flush()
        assert rules.add(unit, "admin", name="e", result="office") > fourth
        with pytest.raises(RuleMalformed):
            rules.find(unit.session, third)


def test_exceptions_that_ended_long_ago_are_not_loaded(sqlite_store: Store):
    """An ended exception still shows in traces for a week, and costs nothing afterwards."""
    now = time.time()
    with sqlite_store.write() as unit:
        prepare(unit)
        told = {"result": "office", "approved_by": "P9"}
        rules.add(unit, "admin", name="yesterday", valid_until=now - 86400, **told)
        rules.add(unit, "admin", name="long ago", valid_until=now - 8 * 86400, **told)
    with sqlite_store.read() as session:
        assert [each.name for each in load_rulebook(session, AccessSettings()).rules] == ["yesterday"]


def test_a_row_that_we_did_not_write_makes_no_rulebook(sqlite_store: Store):
    """Fail closed: whoever has a rulebook keeps it."""
    with sqlite_store.write() as unit:
        prepare(unit)
        unit.session.add(RuleRow(position=1, name="r", result="office", hours="whenever"))
    with sqlite_store.read() as session, pytest.raises(RuleMalformed):
        load_rulebook(session, AccessSettings())


def test_rules_are_put_into_another_order_at_once(sqlite_store: Store):
    """Exceptions stay before them; a list that is not all ordinary rules is refused."""
    with sqlite_store.write() as unit:
        prepare(unit)
        numbers = [rules.add(unit, "test", name=name, result="office") for name in "abc"]
        exception = rules.add(unit, "test", name="d", result="office", valid_until=4e9, approved_by="x")
    with sqlite_store.write() as unit:
        rules.reorder(unit, "test", numbers[::-1])
        with pytest.raises(RuleMalformed):
            rules.reorder(unit, "test", [*numbers, exception])
    with sqlite_store.read() as session:
        found = [(rule.number, rule.position) for rule in rules.load_rules(session)]
    assert found == [(exception, 1), (numbers[2], 2), (numbers[1], 3), (numbers[0], 4)]
