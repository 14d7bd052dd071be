"""Public vulnerabilities of other RADIUS servers, as far as framing and codec are concerned."""

import time

import pytest

from radius.drops import Drop
from radius.integrity import MessageAuthenticator, PasswordHidingBroken, Secret
from radius.packet import Code, MalformedPacket, encode_attribute, parse, vendor_attributes
from radius.tunnel import decode_tagged_integer, decode_tagged_text

AUTHENTICATOR = bytes(range(16))
SECRET = Secret(b"a secret of enough length")
PATIENCE = 0.5  # seconds of processor time that no single packet may take


def datagram(body: bytes, code: int = 1) -> bytes:
    """Frame attributes honestly, whatever they hold."""
    return bytes((code, 1)) + (20 + len(body)).to_bytes(2, "big") + AUTHENTICATOR + body


def survives(octets: bytes) -> Drop | None:
    """Read a packet with all that looks inside; return why it was dropped, or None. Nothing else may happen."""
    began = time.process_time()
    try:
        packet = parse(octets)
    except MalformedPacket as malformed:
        return malformed.drop
    finally:
        assert time.process_time() - began < PATIENCE
    list(vendor_attributes(packet))
    for _, value in packet.attributes:
        decode_tagged_text(value)
        decode_tagged_integer(value)
    SECRET.check_message_authenticator(packet)
    SECRET.check_accounting_request(packet)
    assert time.process_time() - began < PATIENCE
    return None


@pytest.mark.parametrize("length", [0, 1])
@pytest.mark.parametrize("kind", [1, 2, 26, 79, 80, 92])
def test_cve_2021_29629_attribute_length_zero_or_one(kind: int, length: int):
    """CVE-2021-29629: an attribute that claims no length of its own must not hold the reader for ever."""
    assert survives(datagram(bytes((kind, length)) * 50)) is Drop.ATTRIBUTE_LENGTH


def test_cve_2004_0938_password_attributes_without_their_context():
    """CVE-2004-0938: an attribute that needs a password beside it, alone and of any length, harms nothing."""
    for kind in (2, 3, 17, 69):
        for size in (0, 1, 15, 16, 17, 253):
            assert survives(datagram(encode_attribute(kind, b"\xff" * size))) is None
    for size in (0, 1, 15, 17, 129, 253):
        with pytest.raises(PasswordHidingBroken):
            SECRET.unhide_password(b"\xff" * size, AUTHENTICATOR)


def test_fr_gv_302_many_empty_pieces_of_one_value():
    """FR-GV-302: thousands of empty attributes that belong together are refused by number, not joined."""
    assert survives(datagram(b"\x4f\x02" * 2038)) is Drop.TOO_MANY_ATTRIBUTES
    assert survives(datagram(b"\x5c\x02" * 200)) is None


def test_filter_rules_of_a_whole_packet():
    """FreeRADIUS before 3.2.9: a packet of 4096 octets full of NAS-Filter-Rule (RFC 4849) is only read."""
    body = (b"\x5c\xff" + b"permit in ip from any to any\x00".ljust(253, b"x")) * 15 + b"\x5c\xfb" + b"x" * 249
    assert len(datagram(body)) == 4096
    assert survives(datagram(body)) is None


def test_cve_2017_10984_vendor_attributes_that_overflow_or_nest():
    """CVE-2017-10984, FR-GV-201 to 305: vendor lengths that overrun, are zero, or nest, end quickly."""
    for number in (9, 311, 2011, 4881, 14823, 24757, 25506):
        pen = number.to_bytes(4, "big")
        for inner in (
            b"",
            b"\x01",
            b"\x01\x00" * 120,
            b"\x01\x01" * 120,
            b"\x01\xff" + b"x" * 240,
            b"\x1a\xf5" + (pen + b"\x1a\xef") * 40,
            b"\x01\x03\x80" * 80,
            b"\x2e\x09\x80\x05\x02\x01\x02\x00\x00",
        ):
            assert survives(datagram(encode_attribute(26, (pen + inner)[:253]) * 15)) is None


def test_freeradius_2022_unknown_kinds_of_content():
    """FreeRADIUS 2022-04: every octet value as EAP type, and filters of odd sizes, are content and not framing."""
    for kind in range(256):
        assert survives(datagram(encode_attribute(79, bytes((2, 1, 0, 6, kind, 0))))) is None
    for size in range(0, 40, 3):
        assert survives(datagram(encode_attribute(242, b"\x01" * size))) is None


def test_signature_that_reaches_past_the_end():
    """FreeRADIUS 3.0.19: Message-Authenticator whose value lies beyond the packet is refused."""
    for size in range(16):
        assert survives(datagram(b"\x50\x12" + bytes(size))) is Drop.ATTRIBUTE_OVERRUN
        assert survives(datagram(bytes((80, size + 2)) + bytes(size))) is Drop.MESSAGE_AUTHENTICATOR_LENGTH


def test_signature_beyond_the_length_field_is_none():
    """CVE-2024-3596: padding behind the Length field cannot lend a packet a signature."""
    octets = datagram(b"\x01\x06nemo") + b"\x50\x12" + bytes(16)
    assert SECRET.check_message_authenticator(parse(octets)) is MessageAuthenticator.ABSENT


def test_cve_2024_3596_answers_put_the_signature_first():
    """CVE-2024-3596: no attribute that another party influenced stands before Message-Authenticator."""
    for code in (Code.ACCESS_ACCEPT, Code.ACCESS_REJECT, Code.ACCESS_CHALLENGE):
        octets = SECRET.reply(code, 1, AUTHENTICATOR, encode_attribute(33, b"\xff" * 253))
        assert octets[20:22] == b"\x50\x12"


def test_an_answer_near_the_limit_keeps_its_signature():
    """FreeRADIUS 3.0.19: an answer near 4096 octets is refused when its signature does not fit, never overrun."""
    for size in range(4096 - 42, 4096 - 18):
        try:
            octets = SECRET.reply(Code.ACCESS_ACCEPT, 1, AUTHENTICATOR, b"x" * size)
        except ValueError:
            assert size > 4096 - 38
        else:
            assert len(octets) == size + 38 <= 4096
