"""Orders: what the device answered, as it comes."""

import html
import json
import re

import pytest

from access import enforcement
from portal.console.roles import Role

pytestmark = pytest.mark.postgresql


@pytest.fixture
def given(network, knowledge):
    """An order about each session of two people, and one about a hardware address alone; return their numbers."""
    assert network.zhang != network.li
    with knowledge.store.write() as unit:
        numbers = [enforcement.order_disconnect(unit, number, "admin:somebody") for number in (1, 2)]
        numbers.append(
            enforcement.order_reauthentication(
                unit,
                device=1,
                hardware="02:00:00:00:00:07",
                port="Gi0/7",
                nas_port=None,
                address=None,
                ordered_by="portal",
            )
        )
    return numbers


def test_an_open_order_asks_again_each_second(given, clerk, knowledge):
    """With htmx its part, without script the whole page; both stop once there is an answer."""
    one = clerk(Role.SYSTEM)
    page = one.get(f"/orders/{given[0]}").text
    assert 'hx-trigger="every 1s"' in page
    assert 'http-equiv="refresh"' in page
    told = html.unescape(re.search('hx-headers="({&#34;x-live[^"]*)"', page)[1])
    headers = {"hx-request": "true", **json.loads(told)}
    assert one.get(f"/orders/{given[0]}", headers=headers).status_code == 204  # nothing new
    with knowledge.store.write() as unit:
        enforcement.record_outcome(unit, given[0], "nak", "session id: nak 503 session context not found")
    part = one.get(f"/orders/{given[0]}", headers=headers).text
    assert "every 1s" not in part
    assert "<html" not in part
    assert "设备上没有这个会话" in part
    assert "refresh" not in one.get(f"/orders/{given[0]}").text


def test_orders_about_a_hardware_address_are_shown_as_far_as_they_go(given, clerk):
    """No session is needed."""
    page = clerk(Role.SYSTEM).get(f"/orders/{given[2]}").text
    assert "02:00:00:00:00:07" in page
    assert "Gi0/7" in page


def test_a_unit_sees_orders_about_own_people(given, clerk):
    """And no others, nor those about nobody known."""
    own = clerk(Role.UNIT, "court")
    assert [own.get(f"/orders/{number}").status_code for number in (*given, 99)] == [404, 200, 404, 404]
    page = own.get("/orders").text
    assert "李婷" in page
    assert "张伟" not in page
    assert "02:00:00:00:00:07" not in page


def test_lists_hold_what_one_act_gave_or_what_waits(given, clerk, knowledge):
    """An order that somebody else gave already is shown to whoever meant to give it too."""
    one = clerk(Role.SYSTEM)
    both = one.post("/online/end", {"session": ["1", "3"]}).headers["location"]
    assert both == "/orders?numbers=1,4"
    page = one.get(both).text
    assert "张伟" in page
    assert "stranger" in page
    assert "李婷" not in page
    assert "every 1s" in page
    with knowledge.store.write() as unit:
        enforcement.record_outcome(unit, given[0], "ack", "session id: ack")
    waiting = one.get("/orders?waiting=1").text
    assert "李婷" in waiting
    assert "张伟" not in waiting
    assert "设备已执行" in one.get("/orders").text
    for junk in ("x", "1,", "1;2", "9" * 30, ",".join(["1"] * 501)):
        assert one.get("/orders", params={"numbers": junk}).status_code == 404
