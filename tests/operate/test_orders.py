"""An order of the database → attempts at a device → what to record."""

import asyncio

import pytest

from access import enforcement
from access.decision import Zone
from access.device_table import Device, DeviceTable
from operate.order_words import Unsent
from operate.orders import address_of, attempts_for, carry_out
from radius.dynauth_client import DynauthClient
from tests.support.product import free_port

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

    assert attempts_for(order, DEVICE, {}) == ()
    assert attempts_for(order, DEVICE, {"public": Zone("public", "公用", vlan="110")}) != ()


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
    answer = asyncio.run(carry_out(DynauthClient(), ORDER, DeviceTable(devices), {}))

    assert answer.outcome is enforcement.Outcome.UNREACHABLE
    assert answer.detail == why.detail


def test_an_order_that_no_device_of_a_vendor_takes_is_an_answer():
    """A move into a zone that is gone cannot be put, and says so by its code."""
    order = ORDER._replace(kind=enforcement.Kind.COA, zone="gone")
    answer = asyncio.run(carry_out(DynauthClient(), order, DeviceTable([DEVICE]), {}))

    assert answer == (enforcement.Outcome.UNREACHABLE, Unsent.NO_WAY.detail)


def test_nobody_at_the_port_is_said():
    """A port that refuses is another fault than silence."""
    device = DEVICE._replace(prefix="127.0.0.1/32", dynauth_port=free_port())
    answer = asyncio.run(carry_out(DynauthClient(patience=(0.2,)), ORDER, DeviceTable([device]), {}))

    assert answer.outcome is enforcement.Outcome.UNREACHABLE
