"""Access-Request → which proof, of whom, from where (RFC 2865, RFC 2548, RFC 7542)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from access.evidence import Medium, Method, Strength, place_of
from access.reasons import Reason
from directory.challenge import ChapProof, MsChapV2Proof, PapProof
from radius.integrity import Secret
from radius.login import evidence_of, printable, read_login, split_realm
from radius.packet import parse
from tests.radius.builders import SECRET, device
from tests.support.switch import Switch, vendor


def read(octets, realms=()):
    """Read what a switch sent."""
    return read_login(parse(octets), device(), place_of(device()), Secret(SECRET), frozenset(realms))


def test_pap_in_chinese_is_unhidden():
    """RFC 2865 §5.2: 16 octets at a time, UTF-8 inside, padding gone."""
    request = read(Switch(SECRET).pap("liwei", "一个很长的密码，超过十六个八位组"))

    assert request.method is Method.PAP
    assert request.proof == PapProof("一个很长的密码，超过十六个八位组".encode())
    assert (request.hardware, request.medium, request.port) == ("02:00:00:00:00:07", Medium.WIRED, "GE1/0/7")


def test_chap_takes_its_challenge_from_attribute_60_or_the_authenticator():
    """RFC 2865 §5.3."""
    octets = Switch(SECRET).chap("liwei", "x")
    request = read(octets)

    assert isinstance(request.proof, ChapProof)
    assert request.proof.challenge == octets[4:20]
    switch = Switch(SECRET)
    attributes = [(1, b"liwei"), (3, bytes(17)), (60, b"other"), *switch.identity]

    assert read(switch.request(1, attributes, bytes(16))).proof.challenge == b"other"


def test_mschapv2_is_read_from_its_vendor_attributes():
    """RFC 2548 §2.3.2: ident, flags, peer challenge, reserved, response; the domain is not part of the hash."""
    switch = Switch(SECRET)
    response = bytes((5, 0)) + b"P" * 16 + bytes(8) + b"R" * 24
    attributes = [(1, b"CITY\\liwei"), vendor(311, 11, b"A" * 16), vendor(311, 25, response), *switch.identity]
    request = read(switch.request(1, attributes, bytes(16)))

    assert request.method is Method.MSCHAPV2
    assert request.proof == MsChapV2Proof(b"A" * 16, b"P" * 16, b"R" * 24, b"liwei", 5)


def test_mschap_version_1_is_not_allowed():
    """Its key can be computed from what goes over the wire."""
    switch = Switch(SECRET)
    attributes = [(1, b"liwei"), vendor(311, 11, bytes(8)), vendor(311, 1, bytes(50)), *switch.identity]

    assert read(switch.request(1, attributes, bytes(16))).refused is Reason.METHOD_NOT_ALLOWED


@pytest.mark.parametrize(
    ("attributes", "reason"),
    [
        ([(1, b"liwei"), (2, bytes(16)), (3, bytes(17)), (32, b"s")], Reason.REQUEST_CONTRADICTORY),
        ([(1, b"liwei"), (2, bytes(16)), (79, b"\x02\x07\x00\x04"), (32, b"s")], Reason.REQUEST_CONTRADICTORY),
        ([(1, b"liwei"), (79, b"\x02\x07\x00\x04"), (32, b"s")], Reason.EAP_NOT_SERVED),
        ([(1, b"liwei"), (2, bytes(16))], Reason.REQUEST_INCOMPLETE),
        ([(1, b"liwei"), (32, b"s")], Reason.REQUEST_INCOMPLETE),
        ([(1, b"liwei"), (2, bytes(15)), (32, b"s")], Reason.REQUEST_INCOMPLETE),
        ([(1, b"liwei"), (3, bytes(16)), (32, b"s")], Reason.REQUEST_INCOMPLETE),
        ([(1, b"li\nwei"), (2, bytes(16)), (32, b"s")], Reason.NAME_MALFORMED),
        ([(1, b"\xff\xfe"), (2, bytes(16)), (32, b"s")], Reason.NAME_MALFORMED),
        ([(2, bytes(16)), (32, b"s")], Reason.NAME_MALFORMED),
    ],
)
def test_shapes_that_are_refused(attributes, reason):
    """RFC 2865 §4.1 and RFC 3579 §2.2: contradictory or incomplete requests, and names that are none."""
    assert read(Switch(SECRET).request(1, attributes, bytes(16))).refused is reason


def test_an_eap_request_keeps_the_identifier_for_its_failure():
    """RFC 3579 §2.6.3: the Reject carries an EAP-Failure with the Identifier of the response."""
    attributes = [(1, b"liwei"), (79, b"\x02\x07\x00\x04"), (32, b"s")]

    assert read(Switch(SECRET).request(1, attributes, bytes(16))).eap == 7


@pytest.mark.parametrize(
    "spelling",
    ["aa-bb-cc-00-11-22", "AA:BB:CC:00:11:22", "aabb.cc00.1122", "AABBCC001122", "aabb-cc00-1122"],
)
def test_mac_authentication_in_every_spelling(spelling):
    """Every vendor writes a hardware address in its own way; the name and the station are compared as addresses."""
    request = read(Switch(SECRET).mac(spelling, "AA-BB-CC-00-11-22"))

    assert (request.method, request.hardware, request.refused) == (Method.MAC, "aa:bb:cc:00:11:22", None)


def test_a_mac_that_is_not_the_station_is_refused():
    """User-Name must equal Calling-Station-Id."""
    request = read(Switch(SECRET).mac("aabbcc001122", "AA-BB-CC-00-11-23"))

    assert request.refused is Reason.HARDWARE_MISMATCH


def test_the_ssid_stands_behind_the_access_point():
    """RFC 3580 §3.20: Called-Station-Id is the access point, a colon and the SSID."""
    switch = Switch(SECRET)
    attributes = [(1, b"x"), (2, bytes(16)), (32, b"s"), (61, b"\0\0\0\x13"), (30, "00-11-22-33-44-55:政务".encode())]
    request = read(switch.request(1, attributes, bytes(16)))

    assert (request.medium, request.ssid) == (Medium.WIRELESS, "政务")


@pytest.mark.parametrize(
    ("name", "login"),
    [
        ("liwei", "liwei"),
        ("liwei@qingshui.internal", "liwei"),
        ("liwei@QingShui.Internal", "liwei"),
        ("liwei@elsewhere", "liwei@elsewhere"),
        ("liwei@", None),
        ("@qingshui.internal", None),
        ("a@b@c", None),
        ("li\x00wei", None),
        ("\u202eliwei", None),
        (" liwei", None),
        ("", None),
        ("x" * 254, None),
    ],
)
def test_realms(name, login):
    """RFC 7542 §2.2: one @ at most, no empty part, no control character; only our own realm is cut."""
    assert split_realm(name, frozenset({"qingshui.internal"})) == login


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=253))
def test_text_from_outside_is_harmless(octets):
    """Whatever bytes arrive, the text has no control character and no mark that turns it around."""
    assert printable(octets).isprintable()


def test_evidence_is_the_device_record_and_the_packet():
    """A decision looks at the registered site and group, and at where the subject sits."""
    evidence = evidence_of(read(Switch(SECRET).pap("liwei", "x")), None)

    assert (evidence.place.site, evidence.place.group, evidence.strength) == ("hall", "access", Strength.PASSWORD)
    assert evidence.port == "GE1/0/7"
