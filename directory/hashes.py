"""Verifiers as LDAP servers store them in userPassword (RFC 2307 §5.3, RFC 3112, slapd's modules). Pure.

A value that is malformed or of an unknown scheme never proves anything, and never raises.
"""

import base64
import binascii
import hashlib
import re
from enum import Enum
from functools import lru_cache
from hmac import compare_digest
from typing import NamedTuple

import argon2
from passlib.context import CryptContext

from directory.libcrypt import available, crypt_matches

# What is decoded once is kept; the number of verifiers that log in often.
_DECODED = 131_072
# Bounds for what a stored value may ask of us: somebody who may write one attribute shall not stop the others.
_PBKDF2_ROUNDS = 10_000_000
_ARGON2_KIB = 1 << 20  # 1 GiB
_ARGON2_PASSES = 64


class Kind(Enum):
    """What has to be done to compare."""

    CLEAR = "clear"
    DIGEST = "digest"  # one pass of a hash over password and salt
    PBKDF2 = "pbkdf2"
    ARGON2 = "argon2"
    CRYPT = "crypt"
    UNKNOWN = "unknown"


class Verifier(NamedTuple):
    """A stored value taken apart."""

    kind: Kind
    scheme: str = ""  # in capitals, without braces; empty for clear text without a scheme
    algorithm: str = ""  # of hashlib
    expected: bytes = b""  # digest, clear text, or a whole PHC or crypt string
    salt: bytes = b""
    rounds: int = 0
    slow: bool = False  # milliseconds: beside the loop

    def __repr__(self) -> str:
        return f"Verifier({self.kind.value}, {self.scheme})"


_UNKNOWN = Verifier(Kind.UNKNOWN)
# Scheme: algorithm, octets of its digest, salted
_DIGESTS = {
    "SHA": ("sha1", 20, False),
    "SSHA": ("sha1", 20, True),
    "MD5": ("md5", 16, False),
    "SMD5": ("md5", 16, True),
    "SHA256": ("sha256", 32, False),
    "SSHA256": ("sha256", 32, True),
    "SHA384": ("sha384", 48, False),
    "SSHA384": ("sha384", 48, True),
    "SHA512": ("sha512", 64, False),
    "SSHA512": ("sha512", 64, True),
}
# hashlib.new looks the name up each time, which costs more than the hash.
_HASH = {name: getattr(hashlib, name) for name in ("md5", "sha1", "sha256", "sha384", "sha512")}
_PBKDF2 = {"PBKDF2": "sha1", "PBKDF2-SHA1": "sha1", "PBKDF2-SHA256": "sha256", "PBKDF2-SHA512": "sha512"}
_PREFIX = re.compile(rb"\{([A-Za-z0-9._/-]{1,32})\}")
_DIGEST = Kind.DIGEST  # a global is ten times quicker than the enum on CPython 3.11
_PHC = re.compile(rb"\$argon2(id|i|d)\$(?:v=\d+\$)?m=(\d{1,10}),t=(\d{1,10}),p=(\d{1,3})\$")
_ARGON2_TYPE = {b"id": argon2.Type.ID, b"i": argon2.Type.I, b"d": argon2.Type.D}
# Where the machine has no libcrypt, passlib knows the most common schemes.
_CRYPT = CryptContext(schemes=["sha512_crypt", "sha256_crypt", "md5_crypt"])


@lru_cache(maxsize=_DECODED)
def decode(stored: bytes) -> Verifier:
    """Take a stored value apart. slapd leaves a NUL and sometimes rubbish behind a value: both are cut off."""
    value = stored.partition(b"\0")[0]
    match = _PREFIX.match(value)
    if match is None:
        return Verifier(Kind.CLEAR, expected=value) if value else _UNKNOWN
    scheme = match[1].decode("ascii").upper()
    rest = value[match.end() :]
    if scheme in _DIGESTS:
        return _decode_digest(scheme, rest)
    if scheme in _PBKDF2:
        return _decode_pbkdf2(scheme, rest)
    if scheme == "ARGON2":
        return _decode_argon2(rest)
    if scheme in {"CRYPT", "BCRYPT"} and rest:
        return Verifier(Kind.CRYPT, scheme, expected=rest, slow=True)
    if scheme in {"CLEARTEXT", "CLEAR"} and rest:
        return Verifier(Kind.CLEAR, scheme, expected=rest)
    # Never compared as clear text: whoever sees such a value could log in with it.
    return _UNKNOWN


def _decode_digest(scheme: str, rest: bytes) -> Verifier:
    algorithm, size, salted = _DIGESTS[scheme]
    try:
        content = base64.b64decode(rest, validate=True)
    except binascii.Error:
        return _UNKNOWN
    if len(content) <= size if salted else len(content) != size:
        return _UNKNOWN
    return Verifier(Kind.DIGEST, scheme, algorithm, content[:size], content[size:])


def _decode_pbkdf2(scheme: str, rest: bytes) -> Verifier:
    """Take ROUNDS$SALT$KEY apart, both in base64 with "." for "+" and without padding (slapd's pw-pbkdf2)."""
    parts = rest.split(b"$")
    if len(parts) != 3 or not re.fullmatch(rb"[0-9]{1,9}", parts[0]):
        return _UNKNOWN
    rounds = int(parts[0])
    try:
        salt, expected = (
            base64.b64decode(part.replace(b".", b"+") + b"=" * (-len(part) % 4), validate=True) for part in parts[1:]
        )
    except binascii.Error:
        return _UNKNOWN
    algorithm = _PBKDF2[scheme]
    if not 0 < rounds <= _PBKDF2_ROUNDS or len(expected) != _HASH[algorithm]().digest_size:
        return _UNKNOWN
    return Verifier(Kind.PBKDF2, scheme, algorithm, expected, salt, rounds, slow=True)


def _decode_argon2(rest: bytes) -> Verifier:
    match = _PHC.match(rest)
    if match is None or int(match[2]) > _ARGON2_KIB or int(match[3]) > _ARGON2_PASSES:
        return _UNKNOWN
    return Verifier(Kind.ARGON2, "ARGON2", match[1].decode("ascii"), rest, slow=True)


def is_slow(stored: bytes) -> bool:
    """Tell whether comparing costs milliseconds and belongs beside the loop."""
    return decode(stored).slow


def clear_text(stored: bytes) -> bytes | None:
    """Return the password itself where it is stored so; CHAP needs it, and so does MS-CHAPv2 without an NT hash."""
    verifier = decode(stored)
    return verifier.expected if verifier.kind is Kind.CLEAR else None


def matches_quickly(stored: bytes, password: bytes) -> bool:
    """Compare with a value of the quick kinds, in about a microsecond; a slow one is False, not computed."""
    return compare_quickly(decode(stored), password)


def compare_quickly(verifier: Verifier, password: bytes) -> bool:
    """Do what `matches_quickly` does, for who has taken the value apart already."""
    if verifier.kind is _DIGEST:
        told = _HASH[verifier.algorithm](password + verifier.salt, usedforsecurity=False).digest()
        return compare_digest(told, verifier.expected)
    return verifier.kind is Kind.CLEAR and compare_digest(verifier.expected, password)


def matches(stored: bytes, password: bytes) -> bool:
    """Compare a password with any stored value. Costs up to a second; holds the interpreter for none of it."""
    verifier = decode(stored)
    if not verifier.slow:
        return compare_quickly(verifier, password)
    if b"\0" in password:
        # crypt(3) stops there, and HMAC fills a short key up with them (RFC 2104 §2): another password would do.
        return False
    if verifier.kind is Kind.PBKDF2:
        told = hashlib.pbkdf2_hmac(verifier.algorithm, password, verifier.salt, verifier.rounds)
        return compare_digest(told, verifier.expected)
    if verifier.kind is Kind.ARGON2:
        kind = _ARGON2_TYPE[verifier.algorithm.encode()]
        try:
            return bool(argon2.low_level.verify_secret(verifier.expected, password, kind))
        except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHash):
            return False
    return verifier.kind is Kind.CRYPT and _crypt_matches(verifier.expected, password)


def _crypt_matches(text: bytes, password: bytes) -> bool:
    if available():
        return crypt_matches(text, password)
    try:
        return bool(_CRYPT.verify(password, text.decode("ascii")))
    except (ValueError, TypeError):  # unknown or malformed
        return False
