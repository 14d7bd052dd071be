"""radius.packet: framing and attributes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyrad import packet as pyrad_packet
from pyrad.dictionary import Dictionary

from radius.drops import Drop
from radius.packet import (
    Attribute,
    Code,
    MalformedPacket,
    Packet,
    encode_attribute,
    encode_integer,
    encode_pieces,
    parse,
    read_address,
    read_integer,
    vendor_attribute,
    vendor_attributes,
    vendor_integer,
)
from tests.vectors import vectors

AUTHENTICATOR = bytes(range(16))


def datagram(body: bytes, code: int = 1, identifier: int = 7, length: int | None = None) -> bytes:
    """Frame attributes; `length` lies where a test wants it to."""
    total = len(body) + 20 if length is None else length
    return bytes((code, identifier)) + total.to_bytes(2, "big") + AUTHENTICATOR + body


def dropped(octets: bytes) -> Drop:
    """Return why a datagram is discarded."""
    with pytest.raises(MalformedPacket) as raised:
        parse(octets)
    return raised.value.drop


def test_attributes_come_out_in_order():
    """RFC 2865 §5: attributes keep their order, and several of one type stay apart."""
    body = encode_attribute(33, b"one") + encode_attribute(1, b"\xe9\x98\xbf") + encode_attribute(33, b"two")
    packet = parse(datagram(body))
    assert packet[:3] == (Code.ACCESS_REQUEST, 7, AUTHENTICATOR)
    assert packet.attributes == [(33, b"one"), (1, b"\xe9\x98\xbf"), (33, b"two")]
    assert packet.first(33) == b"one"
    assert packet.every(33) == [b"one", b"two"]
    assert packet.first(2) is None
    assert packet.carries_proxy_state
    assert not packet.carries_eap
    assert packet.signature_at == 0


def test_vectors_of_rfc_2865():
    """RFC 2865 §7: the printed requests are read as they are described."""
    found = vectors("rfc2865.txt")
    telnet = parse(found["telnet-request"])
    assert (telnet.identifier, telnet.first(Attribute.USER_NAME)) == (0, b"nemo")
    assert telnet.first(Attribute.NAS_IP_ADDRESS) == bytes((192, 168, 1, 16))
    chap = parse(found["chap-request"])
    assert chap.first(Attribute.USER_NAME) == b"flopsy"
    assert [kind for kind, _ in chap.attributes] == [1, 3, 4, 5, 6, 7]


def test_octets_beyond_the_length_field_are_padding():
    """RFC 2865 §3: octets outside the range of the Length field are ignored."""
    body = encode_attribute(1, b"nemo")
    plain = parse(datagram(body))
    assert parse(datagram(body, length=26) + b"\x01\x00\xff") == plain


@pytest.mark.parametrize(
    ("octets", "drop"),
    [
        (b"", Drop.TRUNCATED),
        (datagram(b"")[:19], Drop.TRUNCATED),
        (datagram(b"", length=19), Drop.LENGTH),
        (datagram(b"", length=0), Drop.LENGTH),
        (datagram(b"", length=4097), Drop.LENGTH),
        (datagram(encode_attribute(1, b"n" * 253) * 16), Drop.LENGTH),
        (datagram(b"", length=21), Drop.TRUNCATED),
        (datagram(b"", code=0), Drop.UNKNOWN_CODE),
        (datagram(b"", code=255), Drop.UNKNOWN_CODE),
        (datagram(b"\x00\x03x"), Drop.ATTRIBUTE_TYPE),
        (datagram(b"\x01\x00"), Drop.ATTRIBUTE_LENGTH),
        (datagram(b"\x01\x01"), Drop.ATTRIBUTE_LENGTH),
        (datagram(b"\x01\x04x"), Drop.ATTRIBUTE_OVERRUN),
        (datagram(b"\x01"), Drop.ATTRIBUTE_OVERRUN),
        (datagram(b"\x01\x03x\x02"), Drop.ATTRIBUTE_OVERRUN),
        (datagram(b"\x01\x03x" * 201), Drop.TOO_MANY_ATTRIBUTES),
        (datagram(b"\x50\x11" + bytes(15)), Drop.MESSAGE_AUTHENTICATOR_LENGTH),
        (datagram(b"\x50\x02"), Drop.MESSAGE_AUTHENTICATOR_LENGTH),
        (datagram(b"\x50\x12" + bytes(14)), Drop.ATTRIBUTE_OVERRUN),
        (datagram((b"\x50\x12" + bytes(16)) * 2), Drop.MESSAGE_AUTHENTICATOR_DOUBLED),
    ],
)
def test_framing_errors_discard_the_packet(octets: bytes, drop: Drop):
    """RFC 2865 §3, §5 and RFC 3579 §3.3: a packet that is not well framed is silently discarded, for its reason."""
    assert dropped(octets) is drop


def test_the_most_that_a_packet_may_hold():
    """RFC 2865 §3: 4096 octets are allowed, and 200 attributes are."""
    assert len(parse(datagram(encode_pieces(79, b"x" * 4040) + b"\x01\x02\x01\x02")).octets) == 4096
    assert len(parse(datagram(b"\x01\x02" * 200)).attributes) == 200


def test_signature_is_found_anywhere():
    """CVE-2024-3596: the place of Message-Authenticator in a request does not matter, only its presence."""
    signature = b"\x50\x12" + bytes(16)
    for before in (b"", b"\x01\x06nemo"):
        packet = parse(datagram(before + signature + b"\x4f\x02"))
        assert packet.signature_at == 22 + len(before)
        assert packet.carries_eap


@given(st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_octets_are_read_or_refused(octets: bytes):
    """Hostile octets give a packet or MalformedPacket, nothing else."""
    try:
        packet = parse(octets)
    except MalformedPacket:
        return
    assert packet.octets == octets[: len(packet.octets)]
    assert list(vendor_attributes(packet)) is not None


@given(st.binary(max_size=120), st.sampled_from(list(Code)))
@settings(max_examples=200, deadline=None)
def test_any_body_is_read_or_refused(body: bytes, code: Code):
    """A good header does not make hostile attributes any better; what is accepted encodes to the same octets."""
    octets = datagram(body, code=code)
    try:
        packet = parse(octets)
    except MalformedPacket:
        return
    assert b"".join(encode_attribute(kind, value) for kind, value in packet.attributes) == body


@given(
    st.lists(
        st.tuples(st.integers(1, 255).filter(lambda kind: kind not in (26, 80)), st.binary(min_size=1, max_size=253)),
        max_size=12,
    )
)
@settings(max_examples=50, deadline=None)
def test_pyrad_reads_the_same(attributes: list[tuple[int, bytes]]):
    """An independent codec reads the same values from the same octets."""
    octets = datagram(b"".join(encode_attribute(kind, value) for kind, value in attributes))
    ours = parse(octets)
    theirs = pyrad_packet.Packet(packet=octets, dict=Dictionary(), secret=b"s")
    for kind in {kind for kind, _ in attributes}:
        assert theirs.get(kind) == ours.every(kind)


def test_what_does_not_fit_is_refused():
    """RFC 2865 §5: a value has at most 253 octets, a number 32 bits; nothing is cut silently."""
    assert encode_attribute(255, b"x" * 253) == b"\xff\xff" + b"x" * 253
    for kind, value in ((1, b"x" * 254), (0, b"x"), (256, b"x")):
        with pytest.raises(ValueError, match="attribute"):
            encode_attribute(kind, value)
    assert encode_integer(27, 0xFFFFFFFF) == b"\x1b\x06\xff\xff\xff\xff"
    for number in (-1, 1 << 32):
        with pytest.raises(ValueError, match="32 bits"):
            encode_integer(27, number)
        with pytest.raises(ValueError, match="32 bits"):
            vendor_integer(2011, 2, number)
    for number, kind, value in ((2011, 1, b"x" * 248), (0, 1, b""), (1 << 24, 1, b""), (9, 0, b""), (9, 256, b"")):
        with pytest.raises(ValueError, match="vendor"):
            vendor_attribute(number, kind, value)


@given(st.binary(max_size=1200))
@settings(max_examples=40, deadline=None)
def test_long_values_are_split_and_joined(value: bytes):
    """RFC 3579 §3.1, RFC 4849 §2: the pieces of a long value, joined in order, are the value."""
    packet = parse(datagram(encode_pieces(79, value)))
    assert b"".join(packet.every(79)) == value


def with_vendor_value(value: bytes) -> Packet:
    """Frame one Vendor-Specific attribute of this value, and a good one behind it."""
    return parse(datagram(encode_attribute(26, value) + vendor_attribute(9, 1, b"good")))


def test_sub_attributes_of_one_vendor_attribute():
    """RFC 2865 §5.26: several sub-attributes may share one attribute."""
    value = (311).to_bytes(4, "big") + b"\x0b\x04ab\x19\x03c"
    assert list(vendor_attributes(with_vendor_value(value))) == [(311, 11, b"ab"), (311, 25, b"c"), (9, 1, b"good")]


@pytest.mark.parametrize(
    "inner",
    [b"", b"\x01", b"\x01\x00", b"\x01\x01", b"\x01\x03", b"\x01\x02\x01\x00", b"\x01\x03x\x02", b"\x01\xffx"],
)
def test_a_misshapen_vendor_attribute_is_skipped(inner: bytes):
    """RFC 6929 §2.8: an invalid attribute is ignored, the rest of the packet is processed."""
    assert list(vendor_attributes(with_vendor_value(b"\x00\x00\x07\xdb" + inner)))[-1] == (9, 1, b"good")
    assert len(list(vendor_attributes(with_vendor_value(b"\x00\x00\x07\xdb" + inner)))) == 1
    assert list(vendor_attributes(with_vendor_value(b"\x01\x00\x07\xdb\x01\x02"))) == [(9, 1, b"good")]


@given(st.binary(max_size=253))
@settings(max_examples=200, deadline=None)
def test_any_vendor_value_is_read_or_skipped(value: bytes):
    """Hostile vendor values raise nothing and loop nowhere: each sub-attribute takes at least two octets."""
    found = list(vendor_attributes(with_vendor_value(value)))
    assert found[-1] == (9, 1, b"good")
    assert len(found) <= 127


@pytest.mark.parametrize("value", [None, b"", b"\x00\x00\x01", b"\x00\x00\x00\x01\x00"])
def test_a_value_of_a_wrong_length_is_no_integer_and_no_address(value):
    """An invalid attribute is ignored, and the rest of the packet is processed (RFC 6929 §2.8)."""
    assert read_integer(value) is None
    assert read_address(value) is None


@pytest.mark.parametrize("value", [b"\x00\x00\x00\x00", b"\xff\xff\xff\xff", b"\xff\xff\xff\xfe"])
def test_an_address_that_is_nobodys_is_none(value):
    """255.255.255.255 and .254 are questions (RFC 2865 §5.8), 0.0.0.0 is "this host" (RFC 1122 §3.2.1.3)."""
    assert read_address(value) is None


def test_four_octets_are_an_integer_or_an_address_most_significant_first():
    """Integers and addresses have 32 bits in network order (RFC 8044 §3.1, §3.8)."""
    assert read_integer(b"\x00\x00\x01\x02") == 258
    assert read_address(b"\x0a\x14\x1e\x28") == "10.20.30.40"
