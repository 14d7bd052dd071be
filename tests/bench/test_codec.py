"""The codec of the load program against the examples of the RFCs and against the standard library."""

import hmac
import itertools
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench import codec
from bench.codec import UNSIGNED, Key, fault
from tests.bench.responder import SECRET, sign

# RFC 2865 §7.1: a login of nemo with the password arctangent, and its acceptance.
RFC_KEY = Key(b"xyzzy5461")
RFC_AUTHENTICATOR = bytes.fromhex("0f403f9473978057bd83d5cb98f4227a")
RFC_HIDDEN = bytes.fromhex("0dbe708d93d413ce3196e43f782a0aee")
RFC_ACCEPT = bytes.fromhex("0200002686fe220e7624ba2a1005f6bf9b55e0b20606000000010f06000000000e06c0a80103")
# RFC 5997 §6.1: Status-Server and its answer.
RFC_STATUS = bytes.fromhex("0cda00268a54f4686fb394c52866e302185d062350125a665e2e1e8411f3e243822097c84fa3")
RFC_ALIVE = bytes.fromhex("02da0014ef0d552a4bf2d693ec2b6fe8b5411d66")

LOGIN = codec.Login(b"a password", codec.attribute(1, b"someone"), codec.number(5, 7))


def test_password_is_hidden_as_in_the_example():
    """RFC 2865 §7.1: User-Password of nemo."""
    assert codec.hide_password(b"arctangent", RFC_KEY, RFC_AUTHENTICATOR) == RFC_HIDDEN


@settings(max_examples=50, deadline=None)
@given(st.binary(min_size=0, max_size=128), st.binary(min_size=16, max_size=16))
def test_long_passwords_are_chained(password: bytes, authenticator: bytes):
    """RFC 2865 §5.2: each step of 16 octets is hidden by the digest over the secret and the step before."""
    hidden = codec.hide_password(password, Key(SECRET), authenticator)
    chain = [authenticator, *(hidden[at : at + 16] for at in range(0, len(hidden), 16))]
    shown = b"".join(
        bytes(a ^ b for a, b in zip(codec.md5(SECRET + before).digest(), step, strict=True))
        for before, step in itertools.pairwise(chain)
    )

    assert len(hidden) % 16 == 0
    assert len(hidden) >= 16
    assert shown.rstrip(b"\0") == password.rstrip(b"\0")


def test_response_authenticator_of_the_example_is_accepted():
    """RFC 2865 §7.1: the Access-Accept for nemo is right, and has no Message-Authenticator."""
    assert fault(RFC_ACCEPT, 0, RFC_AUTHENTICATOR, RFC_KEY) == UNSIGNED


def test_status_server_is_made_as_in_the_example():
    """RFC 5997 §6.1: the request is reproduced and its answer verified."""
    assert codec.status_request(0xDA, RFC_STATUS[4:20], RFC_KEY) == RFC_STATUS
    assert fault(RFC_ALIVE, 0xDA, RFC_STATUS[4:20], RFC_KEY) == UNSIGNED


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=200), st.binary(max_size=300))
def test_hmac_is_that_of_the_standard_library(secret: bytes, data: bytes):
    """RFC 2104 §2, also with a secret longer than the block of 64 octets."""
    assert Key(secret).hmac(data) == hmac.digest(secret, data, "md5")


def test_access_request_begins_with_its_message_authenticator():
    """RFC 2869 §5.14: the first attribute is the HMAC over the packet with 16 zero octets in its place."""
    packet = codec.access_request(9, RFC_AUTHENTICATOR, LOGIN, Key(SECRET))

    assert packet[:2] == bytes((codec.ACCESS_REQUEST, 9))
    assert int.from_bytes(packet[2:4], "big") == len(packet)
    assert packet[20:22] == b"\x50\x12"
    assert packet[22:38] == hmac.digest(SECRET, packet[:22] + bytes(16) + packet[38:], "md5")


def test_accounting_authenticator_is_the_digest_over_the_packet():
    """RFC 2866 §3: Request Authenticator of an Accounting-Request."""
    packet, authenticator = codec.accounting_request(3, codec.number(40, 1), Key(SECRET))

    assert authenticator == packet[4:20]
    assert authenticator == codec.md5(packet[:4] + bytes(16) + packet[20:] + SECRET).digest()


REQUEST = bytes((1, 77, 0, 20)) + bytes(range(16))


@settings(max_examples=100, deadline=None)
@given(st.integers(min_value=0), st.integers(min_value=1, max_value=255))
def test_every_changed_octet_is_found(place: int, change: int):
    """RFC 2865 §3: no octet of a reply can differ without being noticed."""
    reply = bytearray(sign(2, REQUEST, attributes=codec.number(27, 3600)))
    assert fault(bytes(reply), 77, REQUEST[4:20], Key(SECRET)) is None
    reply[place % len(reply)] ^= change

    assert fault(bytes(reply), 77, REQUEST[4:20], Key(SECRET)) is not None


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=80))
def test_anything_may_come_back(reply: bytes):
    """A reply of any octets is judged, and raises nothing."""
    assert fault(reply, 0, bytes(16), Key(SECRET)) is not None


def _closed(code: int, attributes: bytes) -> bytes:
    """Return a reply whose Response Authenticator is right, whatever its attributes are."""
    head = bytes((code, 77)) + (20 + len(attributes)).to_bytes(2, "big")
    return head + codec.md5(head + REQUEST[4:20] + attributes + SECRET).digest() + attributes


@pytest.mark.parametrize(
    ("reply", "wrong"),
    [
        (sign(2, REQUEST, secret=b"another"), "Response Authenticator"),
        (sign(2, b"\x01\x4e" + REQUEST[2:]), "identifier"),
        (_closed(2, b""), UNSIGNED),
        (_closed(11, codec.attribute(18, b"hello")), UNSIGNED),
        (_closed(2, b"\x50\x12" + bytes(16)), "Message-Authenticator"),
        (_closed(2, b"\x50\x06" + bytes(4)), "Message-Authenticator"),
        (_closed(2, b"\x12\x01"), "attribute length"),
        (_closed(2, b"\x12\x09a"), "attribute length"),
        (_closed(2, b"\x12"), "attribute length"),
        (sign(2, REQUEST) + b"\0", "length"),
    ],
)
def test_a_wrong_reply_is_named(reply: bytes, wrong: str):
    """RFC 2865 §3, §5 and RFC 2869 §5.14: what is wrong with a reply is told apart."""
    assert fault(reply, 77, REQUEST[4:20], Key(SECRET)) == wrong


def test_two_signatures_are_one_too_many():
    """RFC 2869 §5.14: a packet has at most one Message-Authenticator."""
    signed = sign(2, REQUEST, attributes=b"\x50\x12" + os.urandom(16))

    assert fault(signed, 77, REQUEST[4:20], Key(SECRET)) == "Message-Authenticator"


def test_accounting_response_needs_no_signature():
    """RFC 2866 §4.2: an Accounting-Response is proven by its Response Authenticator alone."""
    assert fault(_closed(5, b""), 77, REQUEST[4:20], Key(SECRET)) is None


def test_secrets_are_not_shown():
    """A secret or password is in no repr."""
    assert repr(Key(SECRET)) == "Key()"
    assert "password" not in repr(LOGIN)
