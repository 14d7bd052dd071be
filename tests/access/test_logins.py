"""The record of logins."""

import pytest

from access.decision import Step
from access.logins import NUMBERS_PER_MS, RuleUse, by_rule, find, first_number, history, judged, trace_of, uses
from access.session_rows import BulkRows
from access.traces import keep
from directory import people, units
from directory.people import NewPerson
from store.engine import Store
from tests.access.builders import NOW, login_entry


def number(at: float, lane: int = 0) -> int:
    """Count a login as a worker does."""
    return int(at * 1000) * NUMBERS_PER_MS + lane


def fill(store: Store) -> None:
    entries = [
        login_entry(number(NOW), at=NOW),
        login_entry(number(NOW, 1), at=NOW, subject="P2", hardware="02:00:00:00:00:02", address="10.0.0.9"),
        login_entry(number(NOW + 5), at=NOW + 5, reason="TN-102", zone=None, device=2),
        login_entry(number(NOW + 9.9994), at=NOW + 9.9994, login="bei"),
    ]
    with store.write() as unit:
        steps = (Step(1, None, None),)
        named = [each._replace(trace=keep(unit.session, steps)) for each in entries]
        BulkRows(store.dialect).write_logins(unit.session.connection(), named)


def test_every_question_has_its_answer(store: Store):
    """By person, name, hardware, address, device, reason and outcome; the latest first, page by page."""
    fill(store)
    a, b, c, d = number(NOW), number(NOW, 1), number(NOW + 5), number(NOW + 9.9994)
    with store.read() as session:

        def ask(**told) -> list[int]:
            return [row.number for row in history(session, **told)]

        assert ask() == [d, c, b, a]
        assert ask(subject="P1") == [d, c, a]
        assert ask(subject="P1", limit=2) == [d, c]
        assert ask(subject="P1", limit=2, before=c) == [a]
        assert ask(login="bei") == [d]
        assert ask(hardware="02:00:00:00:00:02") == [b]
        assert ask(address="10.0.0.9") == [b]
        assert ask(device=2) == [c]
        assert ask(devices=[2, 3]) == [c]
        assert ask(devices=[]) == []
        assert ask(whose=["P2", "P3"]) == [b]
        assert ask(zone="office") == [d, b, a]
        assert ask(reason="TN-102") == [c]
        assert ask(granted=False) == [c]
        assert ask(granted=True) == [d, b, a]
        assert ask(since=NOW + 5) == [d, c]
        assert ask(until=NOW + 5) == [b, a]
        assert ask(since=NOW + 9.9994) == [d]
        assert ask(since=NOW, until=NOW + 9.9995) == [d, c, b, a]
        assert ask(since=NOW + 9.9995) == []
        login = find(session, c)
        assert login is not None
        assert login.login == "阿依古丽·买买提"
        assert trace_of(session, login) == (Step(1, None, None),)
        assert find(session, 1) is None


@pytest.mark.parametrize("few", [1000, 0])
def test_a_unit_finds_own_logins(store: Store, monkeypatch, few: int):
    """Of its people and endpoints, be they few or many; nobody's logins belong to no unit."""
    monkeypatch.setattr("access.logins._FEW", few)
    fill(store)
    with store.write() as unit:
        units.add(unit, "test", code="north", name="北镇", kind="town")
        [subject] = people.add_many(unit, "test", [NewPerson(login="a", name="阿依", unit="north")], assurance=1)
        entry = login_entry(number(NOW + 20), at=NOW + 20, subject=subject)
        BulkRows(store.dialect).write_logins(unit.session.connection(), [entry])
    with store.read() as session:
        assert [row.number for row in history(session, units={"north"})] == [number(NOW + 20)]
        assert history(session, units={"south"}) == []


def test_numbers_grow_with_time():
    """A time is a range of numbers: whoever logs in later has a higher one."""
    assert first_number(NOW) <= number(NOW, NUMBERS_PER_MS - 1) < first_number(NOW + 0.001)
    assert first_number(2**32) < 2**63


def test_logins_that_came_before_the_rules_are_found(store: Store):
    """Let in, or refused by the rules; not those that failed at the password. The latest first, bounded."""
    entries = [
        login_entry(number(NOW - 9), at=NOW - 9),
        login_entry(number(NOW), at=NOW, rule=2),
        login_entry(number(NOW + 1), at=NOW + 1, reason="TN-102", zone=None, rule=None),
        login_entry(number(NOW + 2), at=NOW + 2, reason="TN-401", zone=None, rule=None),
        login_entry(number(NOW + 3), at=NOW + 3, reason="TN-402", zone=None, rule=None),
        login_entry(number(NOW + 4), at=NOW + 4, rule=2),
    ]
    with store.write() as unit:
        BulkRows(store.dialect).write_logins(unit.session.connection(), entries)
    with store.read() as session:
        assert [one.at - NOW for one in judged(session, since=NOW, limit=10)] == [4, 3, 2, 0]
        assert [one.at - NOW for one in judged(session, since=NOW, limit=2)] == [4, 3]
        assert uses(session, since=NOW) == {2: RuleUse(2, NOW + 4)}
        assert [row.at - NOW for row in by_rule(session, 2, since=NOW, limit=1)] == [4]
