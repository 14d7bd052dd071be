"""Which network device an address belongs to."""

from ipaddress import ip_network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from access import device_table
from access.device_table import Device, DeviceTable, order_address, own_address, plain_address


def table(*prefixes: str) -> DeviceTable:
    return DeviceTable(Device(number, each, each, "standard") for number, each in enumerate(prefixes, 1))


@pytest.mark.parametrize(
    ("address", "prefix"),
    [
        ("192.0.2.1", "192.0.2.1/32"),
        ("192.0.2.2", "192.0.2.0/24"),
        ("192.0.9.1", "192.0.0.0/16"),
        ("10.0.0.1", None),
        ("::ffff:192.0.2.1", "192.0.2.1/32"),
        ("::ffff:192.0.2.7", "192.0.2.0/24"),
        ("2001:db8::1", "2001:db8::1/128"),
        ("2001:db8:0:0::1", "2001:db8::1/128"),
        ("2001:db8::2", "2001:db8::/64"),
        ("fe80::1%eth0", "fe80::1/128"),
        ("no address", None),
        ("", None),
    ],
)
def test_the_longest_prefix_wins(address: str, prefix: str | None):
    """An exact address comes first, then the longest prefix; spellings of one address are one address."""
    known = table("192.0.0.0/16", "192.0.2.0/24", "192.0.2.1/32", "2001:db8::/64", "2001:db8::1/128", "fe80::1/128")
    for _ in range(2):  # the second time from memory
        found = known.find(address)
        assert (found.prefix if found else None) == prefix


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(st.ip_addresses(v=4) | st.ip_addresses(v=6), st.integers(0, 128)).map(
            lambda pair: str(ip_network((pair[0], min(pair[1], pair[0].max_prefixlen)), strict=False))
        ),
        unique=True,
        max_size=12,
    ),
    st.ip_addresses() | st.ip_addresses(v=4, network="10.0.0.0/30"),
)
def test_find_agrees_with_a_plain_search(prefixes: list[str], address):
    """The table finds what a walk over all prefixes finds."""
    plain = plain_address(str(address))
    around = [ip_network(each) for each in prefixes if plain in ip_network(each)]
    found = table(*prefixes).find(str(address))
    assert (found.prefix if found else None) == (
        str(max(around, key=lambda network: network.prefixlen)) if around else None
    )


def test_no_secret_in_a_repr():
    """A device that is logged shows no secret."""
    device = Device(1, "s", "192.0.2.1/32", "huawei", secrets=(b"geheim",))
    assert "geheim" not in f"{device} {device!r} {[device]}"


def test_the_table_remembers_no_more_than_so_many(monkeypatch: pytest.MonkeyPatch):
    """Forged sources do not fill the memory."""
    monkeypatch.setattr(device_table, "_MOST_REMEMBERED", 10)
    known = table("10.0.0.0/8")
    for number in range(100):
        assert known.find(f"10.0.0.{number}") is not None
        assert known.find(f"192.0.2.{number}") is None
    assert len(known._remembered) <= 10


@pytest.mark.parametrize(
    ("prefix", "own"),
    [("192.0.2.1/32", "192.0.2.1"), ("2001:db8::1/128", "2001:db8::1"), ("192.0.2.0/31", None), ("192.0.2.0/24", None)],
)
def test_where_orders_go_by_the_record(prefix: str, own: str | None):
    """To the address that is set for them, else to the only one there is."""
    assert own_address(prefix) == own
    assert order_address(prefix, None) == own
    assert order_address(prefix, "198.51.100.3") == "198.51.100.3"
