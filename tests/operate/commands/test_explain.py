"""The command `explain`."""

from contextlib import closing

import pytest

from access import bindings, own_devices
from access.decision import Step
from access.evidence import Strength
from access.session_rows import BulkRows
from directory import people
from tests.access.builders import record
from tests.support.records import write_login


@pytest.fixture
def ruled(operator):
    """Give a town with rules."""
    operator.town()
    operator.done("rule", "add", "专网", "internet", "--strength", "strong", "--medium", "wired")
    operator.done("rule", "add", "上网", "internet", "--right", "internet")
    return operator


def test_a_grant_names_its_rule_and_what_failed_before(ruled):
    """Which rule decided, and for each before it the first condition that failed and what would have passed."""
    said = ruled.data("explain", "zhangsan")

    assert (said["granted"], said["zone"], said["rule"]) == (True, "internet", 2)
    assert said["trace"][0] == {"rule": 1, "name": "专网", "failed": "strength", "wanted": "strong"}


def test_a_refusal_says_what_would_have_passed(ruled):
    """A person without the right is told of it, in the operator's language."""
    said = ruled.done("explain", "ayi", "--medium", "wireless", "--ssid", "City", lang="zh")

    assert "TN-401" in said
    assert "权限" in said


def test_the_strength_and_the_time_can_be_supposed(ruled):
    """What would be, with a second factor, or after the account has begun."""
    assert ruled.data("explain", "ayi", "--strength", "strong")["rule"] == 1
    ruled.done("person", "change", "ayi", "--from", "2035-01-01")
    assert ruled.data("explain", "ayi", "--strength", "strong")["reason"] == "TN-204"
    assert ruled.data("explain", "ayi", "--strength", "strong", "--at", "2035-02-01")["granted"] is True


def test_hardware_is_explained_registered_or_not(ruled):
    """A hardware address is judged as the endpoint that it is, else as nobody's."""
    ruled.done("rule", "add", "打印机", "internet", "--category", "endpoint")
    assert ruled.data("explain", "a8:bb:cc:11:22:33")["granted"] is False
    ruled.done("endpoint", "add", "a8bbcc112233", "打印机", "--owner", "zhangsan", "--kind", "printer")
    found = ruled.data("explain", "A8-BB-CC-11-22-33")
    assert (found["granted"], found["rule"], found["method"]) == (True, 3, "mac")


def test_hardware_is_judged_by_who_logged_in_with_it_at_the_portal(ruled):
    """As a switch's question would be; a refused person leaves an unknown device, and a lost one is refused."""
    phone = "02:00:00:00:00:07"
    subject = ruled.data("person", "show", "zhangsan")["subject"]
    with closing(ruled.store()) as store, store.write() as unit:
        bindings.bind(
            unit, hardware=phone, subject=subject, strength=Strength.STRONG, device=1, address="10.0.0.1",
            valid_until=unit.now + 60, actor="test",
        )  # fmt: skip
    found = ruled.data("explain", phone)
    assert (found["granted"], found["subject"], found["method"], found["strength"], found["rule"]) == (
        True, subject, "portal", "strong", 1,
    )  # fmt: skip
    assert ruled.data("explain", phone, "--method", "mac")["subject"] is None
    assert ruled.data("explain", phone, "--at", "2035-02-01")["method"] == "mac"
    ruled.done("person", "disable", "zhangsan")
    assert ruled.data("explain", phone)["reason"] == "TN-202"
    assert "treated as an unknown one" in ruled.done("explain", phone)
    with closing(ruled.store()) as store, store.write() as unit:
        own_devices.report_lost(unit, phone, subject, "test")
    assert ruled.data("explain", phone)["reason"] == "TN-209"


def test_a_person_who_is_online_on_enough_devices_is_told_so(ruled):
    """As the door would say now; of another time nobody knows who was online."""
    subject = ruled.data("person", "show", "zhangsan")["subject"]
    with closing(ruled.store()) as store, store.write() as unit:
        people.change(unit, "test", subject, session_limit=1)
        started = record(subject=subject, hardware="02:00:00:00:00:21")
        BulkRows(store.dialect).write_records(unit.session.connection(), [started])
    assert ruled.data("explain", "zhangsan")["reason"] == "TN-210"
    assert ruled.data("explain", "zhangsan", "--at", "2035-02-01")["reason"] != "TN-210"


def test_the_state_comes_first(ruled):
    """Who is suspended is refused before any rule is looked at."""
    ruled.done("person", "disable", "zhangsan")

    assert ruled.data("explain", "zhangsan")["reason"] == "TN-202"


def test_the_device_must_be_named_where_there_are_several(ruled):
    """Rules look at the device's group and site, so it has to be known."""
    ruled.done("device", "add", "sw2", "10.0.0.2")

    assert ruled("explain", "zhangsan").exit_code == 2
    ruled.done("explain", "zhangsan", "--device", "sw2")


def test_a_recorded_login_is_explained(ruled):
    """The trace that was kept with a login is shown with the names of its rules."""
    store = ruled.store()
    number = write_login(store, 1, (Step(1, "strength", "strong"), Step(2, None, None)), rule=2)
    store.close()

    said = ruled.data("explain", "--login", number)

    assert [step["name"] for step in said["trace"]] == ["专网", "上网"]
    assert "✓" in ruled.done("explain", "--login", number)
    assert ruled("explain", "--login", "5").exit_code == 1


@pytest.mark.parametrize("words", [(), ("zhangsan", "--login", "1")])
def test_one_question_at_a_time(ruled, words):
    """A person, or a number."""
    assert ruled("explain", *words).exit_code == 2
