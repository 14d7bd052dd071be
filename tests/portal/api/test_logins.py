"""Logins over the API."""

import time

from directory import people
from portal.console.roles import Role
from tests.portal.api.builders import login

NOW = int(time.time() * 1000) << 20


def filled(knowledge):
    """Add three logins: two of zhangwei, one refused, and one of nobody known."""
    with knowledge.store.write() as unit:
        subject = people.by_login(unit.session, "zhangwei").subject
        login(unit.session, subject, NOW, login="zhangwei")
        login(unit.session, subject, NOW + 1, login="zhangwei", reason="TN-402", zone=None)
        login(unit.session, None, NOW + 2, login="who")
    return subject


def test_logins_are_found_and_paged(program, knowledge):
    """The latest first; numbers are texts, as they have more bits than a double."""
    subject = filled(knowledge)
    one = program(Role.SYSTEM)
    assert [each["number"] for each in one.get("/logins")["items"]] == [str(NOW + n) for n in (2, 1, 0)]
    assert len(one.get(f"/logins?subject={subject}")["items"]) == 2
    assert [each["reason"] for each in one.get("/logins?granted=false")["items"]] == ["TN-402"]
    page = one.get("/logins?limit=2")
    assert [each["number"] for each in one.get(f"/logins?limit=2&before={page['next']}")["items"]] == [str(NOW)]
    assert one.get("/logins?since=2199-01-01T00:00:00Z")["items"] == []


def test_one_login_says_why(program, knowledge):
    """Rules in order, the sentence, and what to do."""
    filled(knowledge)
    told = program(Role.SYSTEM).get(f"/logins/{NOW + 1}")
    assert told["trace"][0] == {"rule": 1, "failed": "category", "wanted": "unknown"}
    assert told["remedy_chinese"]
    assert not told["granted"]


def test_a_unit_sees_its_peoples_alone(program, knowledge):
    """And that somebody looked is recorded."""
    subject = filled(knowledge)
    assert program(Role.UNIT, "court").get("/logins")["items"] == []
    program(Role.UNIT, "court").get(f"/logins?subject={subject}", 404)
    program(Role.UNIT, "court").get(f"/logins/{NOW}", 404)
    one = program(Role.UNIT, "finance")
    assert len(one.get(f"/logins?subject={subject}")["items"]) == 2
    (act,) = program(Role.AUDIT).get("/acts?act=logins.view")["items"]
    assert (act["actor"], act["subject"]) == (f"admin:{one.login}", subject)
