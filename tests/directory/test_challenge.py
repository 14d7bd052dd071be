"""CHAP, MS-CHAPv2 and its keys, against the vectors of their RFCs."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from directory.challenge import (
    ChapProof,
    MsChapV2Proof,
    PapProof,
    authenticator_response,
    challenge_hash,
    challenge_response,
    chap_matches,
    hash_of_hash,
    mppe_keys,
    mschapv2_success,
    nt_hash,
)

# RFC 2759 §9.2 and RFC 3079 §3.5.3 tell one story: user "User", password "clientPass".
NAME = b"User"
PASSWORD = b"clientPass"
AUTHENTICATOR_CHALLENGE = bytes.fromhex("5B5D7C7D7B3F2F3E3C2C602132262628")
PEER_CHALLENGE = bytes.fromhex("21402324255E262A28295F2B3A337C7E")
CHALLENGE = bytes.fromhex("D02E4386BCE91226")
HASH = bytes.fromhex("44EBBA8D5312B8D611474411F56989AE")
HASH_HASH = bytes.fromhex("41C00C584BD2D91C4017A2A12FA59F3F")
NT_RESPONSE = bytes.fromhex("82309ECD8D708B5EA08FAA3981CD83544233114A3D85D6DF")
MESSAGE = b"S=407A5589115FD0D6209F510FE9C04566932CDA56"
SEND_KEY = bytes.fromhex("8B7CDC149B993A1BA118CB153F56DCCB")

PROOF = MsChapV2Proof(AUTHENTICATOR_CHALLENGE, PEER_CHALLENGE, NT_RESPONSE, NAME, 7)


def test_rfc_2759_section_9_2():
    """Every intermediate value of RFC 2759 §9.2 comes out."""
    assert challenge_hash(PEER_CHALLENGE, AUTHENTICATOR_CHALLENGE, NAME) == CHALLENGE
    assert nt_hash(PASSWORD) == HASH
    assert hash_of_hash(HASH) == HASH_HASH
    assert challenge_response(CHALLENGE, HASH) == NT_RESPONSE
    assert authenticator_response(HASH_HASH, NT_RESPONSE, CHALLENGE) == MESSAGE


def test_rfc_2759_section_9_3():
    """The DES step with its parity is the one of RFC 2759 §9.3."""
    response = challenge_response(bytes.fromhex("102DB5DF085D3041"), bytes.fromhex("FC156AF7EDCD6C0EDDE3337D427F4EAC"))
    assert response == bytes.fromhex("4E9D3C8F9CFD385D5BF4D3246791956CA4C351AB409A3D61")


def test_rfc_3079_section_3_5_3():
    """The server's send key of 128 bits is the one of RFC 3079 §3.5.3; the receive key is another one."""
    send, receive = mppe_keys(HASH_HASH, NT_RESPONSE)
    assert send == SEND_KEY
    assert len(receive) == 16
    assert receive != send


def test_success_carries_message_and_keys():
    """A right response yields the authenticator response (RFC 2759 §5) and both keys."""
    success = mschapv2_success(PROOF, HASH)
    assert success is not None
    assert success.message == MESSAGE
    assert success.keys[0] == SEND_KEY


def test_domain_before_the_name_is_not_hashed():
    """The peer hashes its name without the domain (RFC 2759 §4)."""
    assert mschapv2_success(PROOF._replace(name=b"BIGCO\\User"), HASH) is not None
    assert mschapv2_success(PROOF._replace(name=b"BIGCO\\Other"), HASH) is None


@pytest.mark.parametrize("field", ["authenticator_challenge", "peer_challenge", "nt_response", "name"])
def test_every_part_of_the_proof_counts(field: str):
    """A change in any part of the exchange makes the response wrong."""
    value = bytearray(getattr(PROOF, field))
    value[0] ^= 1
    assert mschapv2_success(PROOF._replace(**{field: bytes(value)}), HASH) is None


def test_wrong_hash_and_wrong_lengths_are_wrong():
    """A wrong password and a response of another length are wrong and no error."""
    assert mschapv2_success(PROOF, bytes(16)) is None
    assert mschapv2_success(PROOF._replace(nt_response=b""), HASH) is None


def test_chap_is_md5_of_identifier_password_and_challenge():
    """CHAP is MD5 over identifier, password, challenge (RFC 1994 §4.1); a challenge may have any length."""
    for challenge in (b"\x01" * 16, b"x", b"y" * 200):
        response = hashlib.md5(b"\x05" + "密码".encode() + challenge).digest()
        proof = ChapProof(5, challenge, response)
        assert chap_matches(proof, "密码".encode())
        assert not chap_matches(proof, b"other")
        assert not chap_matches(proof._replace(identifier=6), "密码".encode())
        assert not chap_matches(proof._replace(response=response[:15]), "密码".encode())


def test_nt_hash_of_other_scripts():
    """Passwords are hashed as UTF-16 (RFC 2759 §8.3): rare characters outside the first plane too."""
    assert nt_hash(b"password") == bytes.fromhex("8846f7eaee8fb117ad06bdd830b7586c")
    assert nt_hash("𠮷㐂".encode()) is not None
    assert nt_hash("𠮷".encode()) != nt_hash("㐂".encode())


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=40))
def test_octets_that_are_no_text_have_no_nt_hash(password: bytes):
    """Any octets give 16 octets, or None where they are not UTF-8; nothing is raised."""
    try:
        password.decode()
    except UnicodeDecodeError:
        assert nt_hash(password) is None
    else:
        assert len(nt_hash(password) or b"") == 16


@settings(max_examples=50, deadline=None)
@given(st.builds(MsChapV2Proof, *[st.binary(max_size=40)] * 4, st.integers(0, 255)))
def test_any_proof_is_judged_without_an_error(proof: MsChapV2Proof):
    """Whatever the peer sent, the answer is a success or None."""
    assert mschapv2_success(proof, HASH) is None


@pytest.mark.parametrize("secret", [PapProof(b"word"), ChapProof(1, b"word", b"word"), PROOF])
def test_no_secret_in_any_repr(secret: object):
    """Proofs show nothing of themselves in a log."""
    assert repr(secret) == f"{type(secret).__name__}()"
    assert repr(mschapv2_success(PROOF, HASH)) == "MsChapV2Success()"
