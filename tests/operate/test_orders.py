"""An order of the database → attempts at a device → what to record."""

import asyncio

import pytest

from access import enforcement, redirects
from access.decision import Zone
from access.device_table import Device, DeviceTable
from operate.order_words import Unsent, detail_in_words
from operate.orders import Plan, address_of, carry_out, plan_for
from radius.dynauth import OrderKind
from radius.dynauth_client import DynauthClient
from radius.vendor import vendor_names
from tests.support.product import free_port

KEY = b"k" * 32
ORDER = enforcement.Order(
    1, enforcement.Kind.DISCONNECT, None, "test", 0.0, 5, 7, "s1", "liwei", "aa:bb:cc:00:11:22", "10.0.0.9", None,
    "GE1/0/7", 7, "192.0.2.77", "switch",
)  # fmt: skip
DEVICE = Device(7, "switch", "192.0.2.1/32", "standard", secrets=(b"a secret of more than 24 octets",))


@pytest.mark.parametrize(
    ("changes", "address"),
    [
        ({}, "192.0.2.1"),
        ({"dynauth_address": "198.51.100.3"}, "198.51.100.3"),
        ({"prefix": "192.0.2.0/24"}, "192.0.2.77"),
        ({"prefix": "198.51.100.0/24"}, None),
        ({"prefix": "2001:db8::1/128"}, "2001:db8::1"),
    ],
)
def test_where_orders_go(changes, address):
    """As set, the only address, or the NAS's own word where the record covers it."""
    assert address_of(DEVICE._replace(**changes), ORDER) == address


def test_a_move_needs_a_zone_that_exists():
    """Without it there is nothing to send."""
    order = ORDER._replace(kind=enforcement.Kind.COA, zone="public")

    assert plan_for(order, DEVICE, {}, KEY).attempts == ()
    assert plan_for(order, DEVICE, {"public": Zone("public", "公用", vlan="110")}, KEY).attempts != ()


def test_a_move_to_the_portal_carries_the_token_of_that_device():
    """No device ever sees the placeholder."""
    order = ORDER._replace(kind=enforcement.Kind.COA, zone="portal")
    zone = Zone("portal", "引导", redirect_url="https://p/in/{token}?", redirect_acl="3199")
    token = redirects.make(KEY, ORDER.hardware, DEVICE.number).encode()
    for hardware, sent in ((ORDER.hardware, b"https://p/in/" + token + b"?"), (None, b"https://p/in/?")):
        device = DEVICE._replace(vendor="huawei")
        plan = plan_for(order._replace(hardware=hardware), device, {"portal": zone}, KEY)
        assert sent in plan.attempts[0].attributes


WITHOUT_SESSION = enforcement.Order(
    1, enforcement.Kind.REAUTHENTICATE, None, "P1", 0.0, None, 7, "", "", "aa:bb:cc:00:11:22", None, None, "GE1/0/7", 7,
    None, None,
)  # fmt: skip


@pytest.mark.parametrize("order", [ORDER._replace(kind=enforcement.Kind.REAUTHENTICATE), WITHOUT_SESSION])
@pytest.mark.parametrize("vendor", vendor_names())
def test_every_vendor_can_be_made_to_ask_again(vendor: str, order: enforcement.Order):
    """By CoA where the vendor has it, and by ending what there is where it has not, or does not obey."""
    plan = plan_for(order, DEVICE._replace(vendor=vendor), {}, KEY)
    ended = plan.fallback if plan.kind is OrderKind.COA else plan.attempts

    assert isinstance(plan, Plan)
    assert (plan.kind is OrderKind.COA) is (vendor in ("cisco", "huawei"))
    assert ended
    assert all(one.label.endswith(", disconnect") for one in ended)
    for one in (*plan.attempts, *plan.fallback):
        said = detail_in_words(f"{one.label}: ack")
        assert said.chinese != said.english


@pytest.mark.parametrize(
    ("devices", "why"),
    [
        ([], Unsent.DEVICE_GONE),
        ([DEVICE._replace(dynauth_port=0)], Unsent.TAKES_NONE),
        ([DEVICE._replace(prefix="198.51.100.0/24")], Unsent.ADDRESS_UNKNOWN),
    ],
)
def test_what_cannot_be_sent_is_an_answer(devices, why):
    """The administrator reads why, and the order does not stay open for ever."""
    answer = asyncio.run(carry_out(DynauthClient(), ORDER, DeviceTable(devices), {}, KEY))

    assert answer.outcome is enforcement.Outcome.UNREACHABLE
    assert answer.detail == why.detail


def test_an_order_that_no_device_of_a_vendor_takes_is_an_answer():
    """A move into a zone that is gone cannot be put, and says so by its code."""
    order = ORDER._replace(kind=enforcement.Kind.COA, zone="gone")
    answer = asyncio.run(carry_out(DynauthClient(), order, DeviceTable([DEVICE]), {}, KEY))

    assert answer == (enforcement.Outcome.UNREACHABLE, Unsent.NO_WAY.detail)


def test_nobody_at_the_port_is_said():
    """A port that refuses is another fault than silence."""
    device = DEVICE._replace(prefix="127.0.0.1/32", dynauth_port=free_port())
    answer = asyncio.run(carry_out(DynauthClient(patience=(0.2,)), ORDER, DeviceTable([device]), {}, KEY))

    assert answer.outcome is enforcement.Outcome.UNREACHABLE


PROBE = WITHOUT_SESSION._replace(kind=enforcement.Kind.PROBE, hardware=None, port=None, nas_port=None)


@pytest.mark.parametrize(
    ("changes", "told", "nas_address"),
    [
        ({}, None, b"\xc0\x00\x02\x01"),
        ({}, "192.0.2.77", b"\xc0\x00\x02M"),
        ({"prefix": "192.0.2.0/24", "dynauth_address": "198.51.100.3"}, None, b"\xc63d\x03"),
    ],
)
def test_a_probe_names_nobody(changes, told, nas_address):
    """A session that no device has, another one each time, and the device's own address (RFC 5176 §3)."""
    device, order = DEVICE._replace(**changes), PROBE._replace(nas_address=told)
    plans = [plan_for(order, device, {}, KEY) for _ in range(2)]
    assert all(plan.kind is OrderKind.DISCONNECT and plan.fallback == () for plan in plans)
    texts = [plan.attempts[0].attributes for plan in plans]
    assert texts[0] != texts[1]
    for text in texts:
        assert b"\x2c" in text
        assert b"truename-probe-" in text
        assert b"\x04\x06" + nas_address in text
        assert len(text) == 6 + 2 + len("truename-probe-") + 16
    said = detail_in_words("made-up session: unproven")
    assert said == ("虚构的会话：应答与密钥不符", "made-up session: unproven")


def test_a_probe_of_many_devices_goes_nowhere():
    """A word of one device about its address serves an order about its session, and says nothing of the others."""
    device = DEVICE._replace(prefix="192.0.2.0/24")
    assert address_of(device, PROBE._replace(nas_address="192.0.2.77")) is None
    answer = asyncio.run(carry_out(DynauthClient(), PROBE, DeviceTable([device]), {}, KEY))
    assert answer == (enforcement.Outcome.UNREACHABLE, Unsent.ADDRESS_UNKNOWN.detail)
