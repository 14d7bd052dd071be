"""Proofs of a password: PAP, CHAP and MS-CHAPv2, and what the server answers to the last. Pure.

CHAP is RFC 1994 §4.1 as carried by RFC 2865 §5.3; MS-CHAPv2 is RFC 2759; MPPE keys are RFC 3079 §3.
"""

import hashlib
from hmac import compare_digest
from typing import NamedTuple

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from passlib.crypto.digest import lookup_hash

_MD4 = lookup_hash("md4").const  # OpenSSL 3 hides it (RFC 6150: historic), MS-CHAPv2 rests on it
# RFC 2759 §8.7
_MAGIC_1 = b"Magic server to client signing constant"
_MAGIC_2 = b"Pad to make it do more than one iteration"
# RFC 3079 §3.4
_MASTER = b"This is the MPPE Master Key"
_CLIENT_SENDS = b"On the client side, this is the send key; on the server side, it is the receive key."
_CLIENT_RECEIVES = b"On the client side, this is the receive key; on the server side, it is the send key."
_PAD_1, _PAD_2 = bytes(40), b"\xf2" * 40


class PapProof(NamedTuple):
    """The password itself."""

    password: bytes

    def __repr__(self) -> str:
        return "PapProof()"


class ChapProof(NamedTuple):
    """A response to a challenge that the network device chose."""

    identifier: int  # CHAP ident, first octet of CHAP-Password
    challenge: bytes  # CHAP-Challenge, else the Request Authenticator
    response: bytes  # 16 octets

    def __repr__(self) -> str:
        return "ChapProof()"


class MsChapV2Proof(NamedTuple):
    """A response to two challenges (MS-CHAP-Challenge, MS-CHAP2-Response: RFC 2548 §2.1.2, §2.3.2)."""

    authenticator_challenge: bytes  # 16 octets
    peer_challenge: bytes  # 16 octets
    nt_response: bytes  # 24 octets
    name: bytes  # as the peer hashed it, with or without a domain before a backslash
    identifier: int  # goes back in front of MS-CHAP2-Success

    def __repr__(self) -> str:
        return "MsChapV2Proof()"


Proof = PapProof | ChapProof | MsChapV2Proof


class MsChapV2Success(NamedTuple):
    """What proves to the peer that the server knows the password too, and the keys of the connection."""

    message: bytes  # "S=" and 40 hexadecimal digits (RFC 2759 §5)
    keys: tuple[bytes, bytes]  # MS-MPPE-Send-Key, MS-MPPE-Recv-Key, as seen by the server; 16 octets each

    def __repr__(self) -> str:
        return "MsChapV2Success()"


def _sha1(*parts: bytes) -> bytes:
    return hashlib.sha1(b"".join(parts), usedforsecurity=False).digest()


def chap_matches(proof: ChapProof, password: bytes) -> bool:
    """Tell whether the response is MD5(identifier, password, challenge) (RFC 1994 §4.1)."""
    told = hashlib.md5(bytes((proof.identifier & 0xFF,)) + password + proof.challenge, usedforsecurity=False).digest()
    return compare_digest(told, proof.response)


def nt_hash(password: bytes) -> bytes | None:
    """Return MD4 of the password in UTF-16, least significant octet first (RFC 2759 §8.3); 16 octets.

    None where the password is not UTF-8: no peer can have meant such octets as characters.
    """
    try:
        text = password.decode()
    except UnicodeDecodeError:
        return None
    return _md4(text.encode("utf-16-le"))


def hash_of_hash(password_hash: bytes) -> bytes:
    """Return MD4 of an NT hash (RFC 2759 §8.4); 16 octets."""
    return _md4(password_hash)


def challenge_hash(peer_challenge: bytes, authenticator_challenge: bytes, name: bytes) -> bytes:
    """Return the 8 octets that are encrypted (RFC 2759 §8.2). A domain before the name is not hashed (§4)."""
    return _sha1(peer_challenge, authenticator_challenge, name.rpartition(b"\\")[2])[:8]


def challenge_response(challenge: bytes, password_hash: bytes) -> bytes:
    """Return the 24 octets of NT-Response: three DES encryptions (RFC 2759 §8.5)."""
    padded = password_hash.ljust(21, b"\0")
    return b"".join(_des(padded[start : start + 7], challenge) for start in (0, 7, 14))


def authenticator_response(hash_hash: bytes, nt_response: bytes, challenge: bytes) -> bytes:
    """Return "S=" and 40 upper-case hexadecimal digits (RFC 2759 §8.7)."""
    digest = _sha1(hash_hash, nt_response, _MAGIC_1)
    return b"S=" + _sha1(digest, challenge, _MAGIC_2).hex().upper().encode()


def mppe_keys(hash_hash: bytes, nt_response: bytes) -> tuple[bytes, bytes]:
    """Return the server's send and receive start keys for 128 bits (RFC 3079 §3.3, §3.4); 16 octets each."""
    master = _sha1(hash_hash, nt_response, _MASTER)[:16]
    return (
        _sha1(master, _PAD_1, _CLIENT_RECEIVES, _PAD_2)[:16],
        _sha1(master, _PAD_1, _CLIENT_SENDS, _PAD_2)[:16],
    )


def mschapv2_success(proof: MsChapV2Proof, password_hash: bytes) -> MsChapV2Success | None:
    """Check an MS-CHAPv2 response against an NT hash of 16 octets; None where it is wrong."""
    challenge = challenge_hash(proof.peer_challenge, proof.authenticator_challenge, proof.name)
    if not compare_digest(challenge_response(challenge, password_hash), proof.nt_response):
        return None
    hash_hash = hash_of_hash(password_hash)
    message = authenticator_response(hash_hash, proof.nt_response, challenge)
    return MsChapV2Success(message, mppe_keys(hash_hash, proof.nt_response))


def _md4(message: bytes) -> bytes:
    digest: bytes = _MD4(message).digest()
    return digest


def _des(key: bytes, block: bytes) -> bytes:
    # 7 octets become 8: seven bits in each, the lowest is parity and ignored (RFC 2759 §8.6). Three times the same
    # key makes Triple DES the single DES that this protocol is bound to.
    bits = int.from_bytes(key, "big")
    spread = bytes((bits >> (49 - 7 * index) & 0x7F) << 1 for index in range(8))
    return Cipher(TripleDES(spread * 3), modes.ECB()).encryptor().update(block)  # noqa: S305 - RFC 2759
