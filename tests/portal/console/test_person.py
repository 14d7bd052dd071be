"""One person: facts, what is open, logins with reasons, history."""

import time

import pytest
from sqlalchemy import event

from access import bindings
from access.evidence import Strength
from directory import endpoints, people
from portal.console.roles import Role
from tests.support import records
from tests.support.doors import acts_about, person_of

TABS = ("", "/logins", "/history", "/doors")


@pytest.fixture
def wang(knowledge):
    """Wang Fang, with something of everything."""
    subject = person_of(knowledge, "wangfang").subject
    with knowledge.store.write() as unit:
        people.change(unit, "admin:test", subject, title="会计", telephone="0838-1")
        endpoints.add(unit, "t", hardware="02:00:00:00:00:09", name="二楼打印机", kind="printer", owner=subject)
        bindings.bind(
            unit, hardware="02:00:00:00:00:77", subject=subject, strength=Strength.PASSWORD, device=1,
            address="10.8.0.7", valid_until=unit.now + 3600, actor=subject,
        )  # fmt: skip
    records.write_session(knowledge.store, 1, subject=subject, port="GigabitEthernet0/0/7")
    records.write_login(knowledge.store, 1, subject=subject, zone="public")
    records.write_login(knowledge.store, 2, subject=subject, zone=None, reason="TN-102")
    return subject


def test_everything_about_a_person_is_on_the_page(clerk, wang):
    """Facts, sessions with their place, devices, endpoints."""
    page = clerk(Role.SYSTEM).get(f"/people/{wang}").text
    for words in (
        "王芳",
        "会计",
        "市财政局",
        "GigabitEthernet0/0/7",
        "02:00:00:00:00:77",
        "二楼打印机",
        "dedicated 区",
    ):
        assert words in page


def test_looking_is_recorded(knowledge, clerk, wang):
    """Who looked at whose page and logins is for the auditors; the history shows changes only."""
    one = clerk(Role.SYSTEM)
    one.get(f"/people/{wang}")
    one.get(f"/people/{wang}/logins")
    assert acts_about(knowledge, wang)[-2:] == ["person.view", "person.logins.view"]
    history = one.get(f"/people/{wang}/history").text
    assert "查看" not in history
    assert "会计" in history
    assert "admin:test" in history


def test_logins_say_why_not(clerk, wang):
    """The refusal's sentence and code, the granted zone, earlier pages."""
    one = clerk(Role.UNIT, "finance")
    page = one.get(f"/people/{wang}/logins").text
    assert "用户名或密码不正确" in page
    assert "TN-102" in page
    assert "public 区" in page
    assert "还没有登录过" in one.get(f"/people/{wang}/logins?before=1").text


@pytest.mark.parametrize("tab", TABS)
def test_others_are_as_if_they_were_not(clerk, wang, tab):
    """A foreign person's page and that of nobody read the same."""
    one = clerk(Role.UNIT, "court")
    foreign, nobody = one.get(f"/people/{wang}{tab}"), one.get(f"/people/p-nobody{tab}")
    assert foreign.status_code == nobody.status_code == 404
    assert foreign.text.replace(wang, "") == nobody.text.replace("p-nobody", "")


def test_whoever_may_only_look_is_offered_no_act(clerk, wang):
    """Neither is anybody for the own account."""
    assert f"/people/{wang}/end" not in clerk(Role.SECURITY).get(f"/people/{wang}").text
    assert f"/people/{wang}/end" in clerk(Role.SYSTEM).get(f"/people/{wang}").text


def test_a_page_is_there_within_a_blink(knowledge, clerk, wang):
    """No query for each row: as many statements for one session as for many."""
    one, counted = clerk(Role.SYSTEM), []
    event.listen(
        knowledge.store.engine, "before_cursor_execute", lambda *told: counted.append(told[2].startswith("SELECT"))
    )
    one.get(f"/people/{wang}")
    few = sum(counted)
    for number in range(10, 40):
        records.write_session(knowledge.store, number, subject=wang, device=number, started_at=time.time())
    counted.clear()
    one.get(f"/people/{wang}")
    assert sum(counted) == few
