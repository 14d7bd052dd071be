"""Accounting-Request → record (RFC 2866, RFC 2869), and Class as the tie to the login."""

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from access.lifetime import Status
from radius.accounting import ClassSeal, Login, read_accounting
from radius.packet import parse
from tests.radius.builders import SECRET, device
from tests.support.switch import Switch

SEAL = ClassSeal(b"k" * 32)


def read(status, session="s1", attributes=None):
    """Read what a switch would send."""
    packet = parse(Switch(SECRET).accounting(status, session, attributes))
    return read_accounting(packet, device(), SEAL, 1000.0)


def number(value):
    """Four octets."""
    return value.to_bytes(4, "big")


def test_gigawords_make_64_bits():
    """RFC 2869 §5.1: how often the 32-bit counter went around."""
    record = read(3, attributes=[(42, number(5)), (52, number(2)), (43, number(7)), (53, number(1))])

    assert (record.octets_in, record.octets_out) == (2 * 2**32 + 5, 2**32 + 7)


def test_a_full_record_is_read():
    """Every field of a Stop has its place."""
    attributes = [
        (1, "阿依古丽".encode()),
        (8, bytes((10, 1, 2, 3))),
        (31, b"AA-BB-CC-00-11-22"),
        (41, number(30)),
        (46, number(3600)),
        (49, number(1)),
        (55, number(970)),
        (87, b"GE1/0/7"),
    ]
    record = read(2, attributes=attributes)

    assert record.status is Status.STOP
    assert (record.login, record.address, record.hardware) == ("阿依古丽", "10.1.2.3", "aa:bb:cc:00:11:22")
    assert (record.delay, record.seconds, record.cause, record.event_at) == (30, 3600, 1, 970.0)
    assert (record.port, record.nas_address, record.nas_identifier) == ("GE1/0/7", "192.0.2.1", "switch-1")


@pytest.mark.parametrize("status", [0, 4, 5, 6, 9, 15])
def test_a_status_of_nobody_is_not_kept(status):
    """RFC 2866 §5.1: the five that are known, and no others."""
    assert read(status) is None


def test_a_session_without_an_id_is_not_kept():
    """RFC 2866 §5.5: Acct-Session-Id must be there; On and Off need none."""
    assert read(1, session="") is None
    assert read(7, session="").status is Status.ON


def test_class_ties_accounting_to_its_login():
    """RFC 2865 §5.25: what we gave comes back, and says who it was."""
    made = SEAL.make(1, 77, "p-abc", "public")
    record = read(1, attributes=[(25, b"of a proxy"), (25, made)])

    assert (record.login_number, record.subject, record.zone) == (77, "p-abc", "public")


def test_a_class_of_another_device_or_changed_is_not_believed():
    """A device cannot write somebody else's name under a session."""
    made = SEAL.make(2, 77, "p-abc", "public")

    assert SEAL.read(2, made) == Login(77, "p-abc", "public")
    assert SEAL.read(1, made) is None
    assert SEAL.read(2, made[:-1] + b"x") is None
    assert ClassSeal(b"o" * 32).read(2, made) is None


def test_ipv6_is_kept_as_address_or_prefix():
    """RFC 6911 §2.1 and RFC 3162 §2.3."""
    address = bytes.fromhex("20010db8000000000000000000000007")

    assert read(1, attributes=[(168, address)]).address6 == "2001:db8::7"
    prefix = struct.pack("BB", 0, 64) + address[:8]

    assert read(1, attributes=[(97, prefix)]).address6 == "2001:db8::/64"


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1, 255).filter(lambda kind: kind not in (40, 44, 80)), st.binary(max_size=40)), max_size=9
    )
)
def test_senseless_values_are_ignored(attributes):
    """RFC 6929 §2.8: an invalid value is dropped, the record is kept; nothing raises."""
    record = read(1, attributes=attributes)

    assert record is not None
    assert record.received_at == 1000.0


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=253))
def test_any_class_is_read_or_refused(value):
    """Class comes from outside: accept or None, nothing else."""
    assert SEAL.read(1, value) is None or value.startswith(b"TN1")
