"""What the doors answered, live."""

import pytest

from access.enforcement import record_outcome
from directory import endpoints
from portal import leaving
from portal.console.roles import Role
from tests.support.doors import person_of
from tests.support.records import write_session


@pytest.fixture
def left(knowledge):
    """Wang Fang left: one own session, one of her printer."""
    subject = person_of(knowledge, "wangfang").subject
    with knowledge.store.write() as unit:
        printer = endpoints.add(unit, "t", hardware="02:00:00:00:00:09", name="打印机", kind="printer", owner=subject)
    write_session(knowledge.store, 1, subject=subject, port="GE0/0/1")
    write_session(knowledge.store, 2, subject=printer, port="GE0/0/2")
    with knowledge.store.write() as unit:
        assert leaving.leave(unit, "admin:test", subject) == [1, 2]
    return subject


def test_each_door_says_what_became_of_it(knowledge, clerk, left):
    """Waiting and asked again until all have answered; then the answers, and what a silent one means."""
    one = clerk(Role.SYSTEM)
    page = one.get(f"/people/{left}/doors?first=1").text
    assert page.count("等待应答") == 2
    assert 'hx-trigger="every 1s"' in page
    assert '<meta http-equiv="refresh"' in page
    with knowledge.store.write() as unit:
        record_outcome(unit, 1, "ack", None)
    part = one.get(f"/people/{left}/doors?first=1", headers={"hx-request": "true"}).text
    assert "<html" not in part
    assert "1/2" in part
    assert "设备已执行" in part
    with knowledge.store.write() as unit:
        record_outcome(unit, 2, "timeout", None)
    page = one.get(f"/people/{left}/doors?first=1").text
    assert "设备没有应答" in page
    assert "hx-trigger" not in page.partition('id="doors"')[2]
    assert "密钥" in page  # what to look at on the device
    assert "终端设备 打印机 待接手" in page
    assert "已离职" in page


def test_nothing_open_means_nothing_to_wait_for(clerk, left):
    """An act that ended no session says so."""
    assert "没有需要断开" in clerk(Role.SYSTEM).get(f"/people/{left}/doors?first=0").text


def test_the_latest_orders_are_found_without_a_number(clerk, left):
    """Whoever comes back to the page later."""
    assert clerk(Role.SYSTEM).get(f"/people/{left}/doors").text.count("等待应答") == 2


@pytest.mark.usefixtures("left")
def test_many_at_once_are_the_own_orders(clerk):
    """What another administrator ordered is not shown."""
    assert "没有需要断开" in clerk(Role.SYSTEM).get("/people/doors?first=1").text
