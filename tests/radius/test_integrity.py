"""radius.integrity: what a shared secret proves and hides."""

import hashlib
import hmac
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyrad import packet as pyrad_packet
from pyrad.dictionary import Dictionary

from radius import integrity
from radius.integrity import MessageAuthenticator, PasswordHidingBroken, Secret
from radius.packet import Code, MalformedPacket, Packet, encode_attribute, parse
from tests.vectors import vectors

SECRET = Secret(b"xyzzy5461")
AUTHENTICATOR = bytes(range(16, 32))


def md5(octets: bytes) -> bytes:
    """Digest with nothing of radius.integrity."""
    return hashlib.md5(octets, usedforsecurity=False).digest()


def signed(code: int, body: bytes, key: bytes, authenticator: bytes, over: bytes | None = None) -> bytes:
    """Sign a packet by the letter of RFC 3579 §3.2, with nothing of radius.integrity."""
    head = bytes((code, 9)) + (len(body) + 38).to_bytes(2, "big")
    unsigned = head + (authenticator if over is None else over) + body + b"\x50\x12" + bytes(16)
    return head + authenticator + body + b"\x50\x12" + hmac.new(key, unsigned, "md5").digest()


def test_vectors_of_rfc_2865():
    """RFC 2865 §7.1, §7.2: the printed password, and the printed Response Authenticators."""
    found = vectors("rfc2865.txt")
    secret = Secret(found["secret"])
    request = parse(found["telnet-request"])
    assert secret.unhide_password(request.first(2) or b"", request.authenticator) == b"arctangent"
    assert secret.hide_password(b"arctangent", request.authenticator) == request.first(2)
    for name in ("telnet", "chap"):
        request, accept = parse(found[f"{name}-request"]), parse(found[f"{name}-accept"])
        assert secret.check_order_reply(accept, request.authenticator)
        assert not secret.check_order_reply(accept, AUTHENTICATOR)


def test_vectors_of_rfc_5997():
    """RFC 5997 §6: the printed Message-Authenticators are valid, and so are the answers."""
    found = vectors("rfc5997.txt")
    secret = Secret(found["secret"])
    for request, answer in (("status-authentication", "status-accept"), ("status-accounting", "status-response")):
        packet = parse(found[request])
        assert secret.check_message_authenticator(packet) is MessageAuthenticator.VALID
        assert secret.check_order_reply(parse(found[answer]), packet.authenticator)
    packet = parse(found["status-accounting"])
    assert secret.accounting_reply(packet) == found["status-response"]
    assert secret.reply(Code.ACCOUNTING_RESPONSE, 0xB3, packet.authenticator, b"") == found["status-response"]


@pytest.mark.parametrize("key", [b"k", b"k" * 64, b"k" * 65, b"k" * 300])
def test_a_signature_is_hmac_md5_whatever_the_length_of_the_secret(key: bytes):
    """RFC 2104 §2: a key longer than a block is hashed first."""
    packet = parse(signed(Code.ACCESS_REQUEST, b"\x01\x06nemo", key, AUTHENTICATOR))
    assert Secret(key).check_message_authenticator(packet) is MessageAuthenticator.VALID
    assert SECRET.check_message_authenticator(packet) is MessageAuthenticator.INVALID


def test_one_changed_bit_breaks_a_signature():
    """RFC 3579 §3.2: every octet of the packet is covered."""
    octets = signed(Code.ACCESS_REQUEST, b"\x01\x06nemo", b"k", AUTHENTICATOR)
    for at in (1, 4, 22, len(octets) - 1):
        broken = octets[:at] + bytes((octets[at] ^ 1,)) + octets[at + 1 :]
        assert Secret(b"k").check_message_authenticator(parse(broken)) is MessageAuthenticator.INVALID


def test_a_missing_signature_is_absent():
    """CVE-2024-3596: whether a missing one is believed is for the rules of the device, not for the check."""
    packet = parse(bytes((1, 9, 0, 20)) + AUTHENTICATOR)
    assert SECRET.check_message_authenticator(packet) is MessageAuthenticator.ABSENT


@pytest.mark.parametrize("code", [Code.ACCOUNTING_REQUEST, Code.COA_REQUEST, Code.DISCONNECT_REQUEST])
def test_signatures_under_a_computed_authenticator(code: Code):
    """RFC 5176 §3.4: the signature is computed with zeros for the authenticator, the authenticator over it all."""
    unsealed = signed(code, b"\x2c\x03a", b"k", bytes(16))
    octets = unsealed[:4] + md5(unsealed + b"k") + unsealed[20:]
    packet = parse(octets)
    assert Secret(b"k").check_message_authenticator(packet) is MessageAuthenticator.VALID
    assert Secret(b"k").check_accounting_request(packet)
    assert not Secret(b"other").check_accounting_request(packet)


def test_an_accounting_request_with_a_broken_signature_is_refused():
    """RFC 3579 §3.2: a Message-Authenticator that is there must be right, beside a right authenticator."""
    body = b"\x2c\x03a\x50\x12" + bytes(16)
    head = bytes((4, 9)) + (20 + len(body)).to_bytes(2, "big")
    packet = parse(head + md5(head + bytes(16) + body + b"k") + body)
    assert not Secret(b"k").check_accounting_request(packet)


@pytest.mark.parametrize("code", [Code.ACCESS_ACCEPT, Code.ACCESS_REJECT, Code.ACCESS_CHALLENGE, Code.PROTOCOL_ERROR])
def test_the_signature_is_the_first_attribute_of_an_answer(code: Code):
    """CVE-2024-3596: Message-Authenticator goes first in every answer, and both authenticators are right."""
    octets = SECRET.reply(code, 200, AUTHENTICATOR, encode_attribute(18, "欢迎".encode()))
    packet = parse(octets)
    assert [kind for kind, _ in packet.attributes] == [80, 18]
    assert (packet.code, packet.identifier) == (code, 200)
    assert SECRET.check_message_authenticator(packet, AUTHENTICATOR) is MessageAuthenticator.VALID
    assert SECRET.check_order_reply(packet, AUTHENTICATOR)
    expected = md5(octets[:4] + AUTHENTICATOR + octets[20:] + b"xyzzy5461")
    assert packet.authenticator == expected
    plain = octets[:4] + AUTHENTICATOR + octets[20:22] + bytes(16) + octets[38:]
    assert hmac.new(b"xyzzy5461", plain, "md5").digest() == octets[22:38]


def test_pyrad_believes_our_answer():
    """An independent client verifies the answer to its own request, signature required."""
    request = pyrad_packet.AuthPacket(secret=b"xyzzy5461", dict=Dictionary(), id=5)
    request.add_message_authenticator()
    packet = parse(request.RequestPacket())
    assert SECRET.check_message_authenticator(packet) is MessageAuthenticator.VALID
    octets = SECRET.reply(Code.ACCESS_ACCEPT, packet.identifier, packet.authenticator, encode_attribute(25, b"c"))
    reply = request.CreateReply(packet=octets)
    assert request.VerifyReply(reply, octets, enforce_ma=True)


def test_the_longest_answer():
    """RFC 2865 §3: an answer has at most 4096 octets, Message-Authenticator included; more is refused, not cut."""
    body = (b"\x12\xff" + b"x" * 253) * 15 + b"\x12\xe9" + b"x" * 231
    assert len(SECRET.reply(Code.ACCESS_ACCEPT, 1, AUTHENTICATOR, body)) == 4096
    for seal in (
        lambda: SECRET.reply(Code.ACCESS_ACCEPT, 1, AUTHENTICATOR, body + b"\x01\x02"),
        lambda: SECRET.order(Code.COA_REQUEST, 1, body + b"\x01\x02"),
        lambda: SECRET.reply(Code.ACCOUNTING_RESPONSE, 1, AUTHENTICATOR, body + b"x" * 20),
    ):
        with pytest.raises(ValueError, match="4096"):
            seal()


def test_an_accounting_answer_returns_every_proxy_state_in_order():
    """RFC 2865 §5.33, RFC 2866 §4.2: Proxy-State goes back unmodified, and nothing else."""
    body = b"\x21\x04ab\x2c\x03s\x21\x03c"
    head = bytes((4, 9)) + (20 + len(body)).to_bytes(2, "big")
    request = parse(head + md5(head + bytes(16) + body + b"xyzzy5461") + body)
    assert SECRET.check_accounting_request(request)
    answer = parse(SECRET.accounting_reply(request))
    assert answer.attributes == [(33, b"ab"), (33, b"c")]
    assert SECRET.check_order_reply(answer, request.authenticator)


def test_orders_are_sealed_and_signed():
    """RFC 5176 §2.3, §3.4: an order has a computed authenticator and a Message-Authenticator, which comes first."""
    packet = parse(SECRET.order(Code.DISCONNECT_REQUEST, 3, encode_attribute(31, b"AA-BB-CC-DD-EE-FF")))
    assert [kind for kind, _ in packet.attributes] == [80, 31]
    assert SECRET.check_accounting_request(packet)
    theirs = pyrad_packet.CoAPacket(packet=packet.octets, secret=b"xyzzy5461", dict=Dictionary())
    assert theirs.VerifyCoARequest()
    assert theirs.verify_message_authenticator()


def test_an_answer_with_a_broken_signature_is_not_believed():
    """RFC 3579 §3.2: the answer to an order may carry a Message-Authenticator; then it must be right."""
    body = b"\x50\x12" + bytes(16)
    head = bytes((41, 3)) + (20 + len(body)).to_bytes(2, "big")
    packet = parse(head + md5(head + AUTHENTICATOR + body + b"k") + body)
    assert not Secret(b"k").check_order_reply(packet, AUTHENTICATOR)


@given(st.binary(max_size=128).filter(lambda word: not word.endswith(b"\0")), st.binary(min_size=16, max_size=16))
@settings(max_examples=60, deadline=None)
def test_a_hidden_password_comes_back(password: bytes, authenticator: bytes):
    """RFC 2865 §5.2: up to 128 octets, in blocks of 16, padded with NUL."""
    hidden = SECRET.hide_password(password, authenticator)
    assert len(hidden) % 16 == 0
    assert SECRET.unhide_password(hidden, authenticator) == password


def test_pyrad_hides_the_same():
    """An independent codec hides a Chinese password of several blocks to the same octets."""
    word = "长密码・𠮷㐂 with more than sixteen octets"
    theirs = pyrad_packet.AuthPacket(secret=b"xyzzy5461", dict=Dictionary(), authenticator=AUTHENTICATOR)
    assert theirs.PwCrypt(word) == SECRET.hide_password(word.encode(), AUTHENTICATOR)


@pytest.mark.parametrize("size", [0, 1, 15, 17, 127, 129, 144])
def test_a_hidden_password_of_another_size_is_refused(size: int):
    """RFC 2865 §5.2: 16 to 128 octets in blocks of 16; one error for all else."""
    with pytest.raises(PasswordHidingBroken):
        SECRET.unhide_password(bytes(size), AUTHENTICATOR)


def test_a_password_too_long_to_hide_is_refused():
    """RFC 2865 §5.2: 128 octets at most; nothing is cut."""
    with pytest.raises(ValueError, match="128"):
        SECRET.hide_password(b"x" * 129, AUTHENTICATOR)


def test_pyrad_decrypts_our_salted_key():
    """RFC 2548 §2.4.2: an independent codec finds the key again."""
    salted = SECRET.salt_encrypt(b"k" * 32, AUTHENTICATOR, b"\x80\x01")
    assert len(salted) == 2 + 48
    theirs = pyrad_packet.AuthPacket(secret=b"xyzzy5461", dict=Dictionary(), authenticator=AUTHENTICATOR)
    assert theirs.SaltDecrypt(salted) == b"k" * 32


def _salt_decrypt(salted: bytes) -> bytes:
    """Undo RFC 2548 §2.4.2 by its letter."""
    plain, previous = b"", AUTHENTICATOR + salted[:2]
    for at in range(2, len(salted), 16):
        mask = md5(b"xyzzy5461" + previous)
        previous = salted[at : at + 16]
        plain += bytes(one ^ other for one, other in zip(previous, mask, strict=True))
    return plain[1 : 1 + plain[0]]


@given(st.binary(min_size=1, max_size=239), st.integers(0x8000, 0xFFFF))
@settings(max_examples=40, deadline=None)
def test_salted_keys_come_back(key: bytes, salt: int):
    """RFC 2548 §2.4.2: salt, then length and key in blocks of 16."""
    salted = SECRET.salt_encrypt(key, AUTHENTICATOR, salt.to_bytes(2, "big"))
    assert salted[:2] == salt.to_bytes(2, "big")
    assert _salt_decrypt(salted) == key


@pytest.mark.parametrize(
    ("key", "salt"), [(b"k", b"\x7f\xff"), (b"k", b"\x80"), (b"", b"\x80\x00"), (b"k" * 240, b"\x80\x00")]
)
def test_a_bad_salt_is_refused(key: bytes, salt: bytes):
    """RFC 2548 §2.4.2: the first bit of a salt is set; a key fits one attribute."""
    with pytest.raises(ValueError, match="salt"):
        SECRET.salt_encrypt(key, AUTHENTICATOR, salt)


def test_a_secret_tells_nothing_and_is_never_empty():
    """RFC 2865 §3: an empty secret is refused; a secret shows nothing of itself."""
    assert repr(Secret(b"hush")) == str(Secret(b"hush")) == "Secret()"
    with pytest.raises(ValueError, match="never empty"):
        Secret(b"")


def test_md5_is_chosen_in_one_place():
    """The private module is preferred, and where it is missing hashlib gives the same digests."""

    def missing(name: str) -> ModuleType:
        raise ImportError(name)

    fallbacks = (
        integrity._choose_md5(missing),
        integrity._choose_md5(lambda _name: ModuleType("empty")),
        integrity._choose_md5(),
    )
    for choice in fallbacks:
        state = choice(b"a")
        twin = state.copy()
        twin.update(b"bc")
        assert twin.digest().hex() == "900150983cd24fb0d6963f7d28e17f72"  # RFC 1321 §A.5
        assert state.digest().hex() == "0cc175b9c0f1b6a831c399e269772661"


@given(st.binary(max_size=80), st.sampled_from(list(Code)))
@settings(max_examples=100, deadline=None)
def test_no_random_packet_is_believed(body: bytes, code: Code):
    """Hostile octets are refused by every check, and raise nothing."""
    try:
        packet: Packet = parse(bytes((code, 1)) + (20 + len(body)).to_bytes(2, "big") + AUTHENTICATOR + body)
    except MalformedPacket:
        return
    assert SECRET.check_message_authenticator(packet) is not MessageAuthenticator.VALID
    assert not SECRET.check_accounting_request(packet)
    assert not SECRET.check_order_reply(packet, bytes(16))
