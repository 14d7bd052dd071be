import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from directory.ber import (
    BOOLEAN,
    INTEGER,
    OCTETS,
    SEQUENCE,
    MalformedSync,
    element,
    elements,
    encode,
    inside,
    message_length,
    number,
    truth,
)


@pytest.mark.parametrize("length", [0, 1, 127, 128, 255, 256, 65535, 65536])
def test_what_is_encoded_is_read_back_in_the_shortest_form(length):
    """Lengths below 128 take one octet, others as few as there are (X.690 §8.1.3)."""
    data = encode(OCTETS, b"x" * length)
    more = 0 if length < 128 else (length.bit_length() + 7) // 8

    assert len(data) == 2 + more + length
    assert element(data, 0, len(data)) == (OCTETS, 2 + more, len(data))
    assert message_length(encode(SEQUENCE, b"x" * length), 0, 1 << 20) == len(data)


@pytest.mark.parametrize(
    "data",
    ["", "04", "0401", "0480", "04820001", "0485000000000178", "1f0100", "04847fffffff78", "0481"],
    ids=["empty", "tag", "contents", "indefinite", "length", "five", "high-tag", "huge", "no-length"],
)
def test_elements_out_of_bounds_are_refused(data):
    """Indefinite lengths (RFC 4511 §5.1), long tags and whatever passes the end are malformed."""
    octets = bytes.fromhex(data)
    with pytest.raises(MalformedSync):
        element(octets, 0, len(octets))


def test_another_kind_is_refused():
    """Where a sequence must be, nothing else is taken."""
    with pytest.raises(MalformedSync):
        inside(encode(OCTETS, b""), 0, 2, SEQUENCE)


@pytest.mark.parametrize(("octets", "value"), [("00", 0), ("7f", 127), ("ff", -1), ("1000", 4096), ("00ffff", 65535)])
def test_numbers_are_signed(octets, value):
    """INTEGER is two's complement (X.690 §8.3)."""
    data = encode(INTEGER, bytes.fromhex(octets))

    assert number(data, 2, len(data)) == value


@pytest.mark.parametrize("octets", ["", "0000000001"])
def test_numbers_have_one_to_four_octets(octets):
    """A number without octets, or one beyond maxInt of LDAP, is malformed."""
    data = bytes.fromhex(octets)
    with pytest.raises(MalformedSync):
        number(data, 0, len(data))


def test_truth_has_one_octet():
    """Anything but zero is true on receipt (X.690 §8.2); RFC 4511 §5.1 binds only the sender to FF."""
    assert truth(encode(BOOLEAN, b"\xff"), 2, 3)
    assert truth(encode(BOOLEAN, b"\x01"), 2, 3)
    assert not truth(encode(BOOLEAN, b"\x00"), 2, 3)
    with pytest.raises(MalformedSync):
        truth(b"\x01\x00", 2, 2)


def test_a_message_is_cut_only_when_its_length_is_known():
    """Too few octets give no length; what does not begin an LDAPMessage, or is too long, is malformed."""
    assert message_length(b"", 0, 100) == 0
    assert message_length(b"\x30", 0, 100) == 0
    assert message_length(b"\x30\x82\x01", 0, 1000) == 0
    assert message_length(b"zz\x30\x05", 2, 100) == 7
    for data in (b"\x04\x05", b"\x30\x80", b"\x30\x85\x00\x00\x00\x00\x01", b"\x30\x82\x03\xe9"):
        with pytest.raises(MalformedSync):
            message_length(data, 0, 1000)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=64))
def test_hostile_octets_are_read_or_malformed(data):
    """Accept, or raise the one error, nothing else; and never look beyond the end."""
    try:
        found = list(elements(data, 0, len(data)))
    except MalformedSync:
        return
    assert found == [] or found[-1][2] == len(data)
    assert all(start <= stop for _, start, stop in found)
