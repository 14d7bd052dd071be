"""Requests and the check of replies, straight from RFC 2865, 2866, 2869 and 5997.

This is a second reading of the protocol beside package radius, and imports nothing of it: a mistake made there
is not repeated here, so a reply that passes was understood by two programs.
"""

import hashlib
from typing import NamedTuple

try:
    # CPython's own MD5 costs half of what OpenSSL's costs for messages of this size.
    from _md5 import md5 as _fast_md5  # type: ignore[import-not-found]  # not in every build, and without stubs
except ImportError:  # a build without it
    _fast_md5 = None

ACCESS_REQUEST = 1
ACCESS_ACCEPT = 2
ACCESS_REJECT = 3
ACCOUNTING_REQUEST = 4
ACCOUNTING_RESPONSE = 5
ACCESS_CHALLENGE = 11
STATUS_SERVER = 12

USER_NAME = 1
USER_PASSWORD = 2
NAS_IP_ADDRESS = 4
NAS_PORT = 5
SERVICE_TYPE = 6
FRAMED_IP_ADDRESS = 8
CALLED_STATION_ID = 30
CALLING_STATION_ID = 31
NAS_IDENTIFIER = 32
ACCT_STATUS_TYPE = 40
ACCT_DELAY_TIME = 41
ACCT_INPUT_OCTETS = 42
ACCT_OUTPUT_OCTETS = 43
ACCT_SESSION_ID = 44
ACCT_AUTHENTIC = 45
ACCT_SESSION_TIME = 46
ACCT_INPUT_PACKETS = 47
ACCT_OUTPUT_PACKETS = 48
ACCT_TERMINATE_CAUSE = 49
ACCT_INPUT_GIGAWORDS = 52
ACCT_OUTPUT_GIGAWORDS = 53
EVENT_TIMESTAMP = 55
NAS_PORT_TYPE = 61
MESSAGE_AUTHENTICATOR = 80
NAS_PORT_ID = 87

ETHERNET = 15  # a NAS-Port-Type (RFC 2865 §5.41)
FRAMED = 2  # a Service-Type (RFC 2865 §5.6)

UNSIGNED = "no Message-Authenticator"  # what `fault` says of a reply without one

_HEADER = 20  # octets: code, identifier, length, authenticator (RFC 2865 §3)
_ZERO16 = bytes(16)


def md5(data: bytes = b"") -> "hashlib._Hash":
    """Return a running MD5, which RFC 2865 prescribes and nobody takes for security any more."""
    if _fast_md5 is not None:
        return _fast_md5(data)  # type: ignore[no-any-return]  # no stubs, see above
    return hashlib.md5(data, usedforsecurity=False)


class Key:
    """A shared secret with its three prepared MD5 states; the repr shows nothing of it."""

    __slots__ = ("inner", "outer", "plain", "secret")

    def __init__(self, secret: bytes) -> None:
        block = (md5(secret).digest() if len(secret) > 64 else secret).ljust(64, b"\0")
        self.secret = secret
        self.plain = md5(secret)  # start of the key stream of User-Password (RFC 2865 §5.2)
        self.inner = md5(bytes(octet ^ 0x36 for octet in block))  # HMAC (RFC 2104 §2)
        self.outer = md5(bytes(octet ^ 0x5C for octet in block))

    def __repr__(self) -> str:
        return "Key()"

    def hmac(self, data: bytes) -> bytes:
        """Return HMAC-MD5 of `data`, 16 octets (RFC 2104)."""
        inner = self.inner.copy()
        inner.update(data)
        outer = self.outer.copy()
        outer.update(inner.digest())
        return outer.digest()


def attribute(kind: int, value: bytes) -> bytes:
    """Return one attribute: type, length, value of 1 to 253 octets (RFC 2865 §5)."""
    return bytes((kind, len(value) + 2)) + value


def number(kind: int, value: int) -> bytes:
    """Return one attribute of 32 bits in network order (RFC 2865 §5, type integer)."""
    return bytes((kind, 6)) + value.to_bytes(4, "big")


def hide_password(password: bytes, key: Key, authenticator: bytes) -> bytes:
    """Return the value of User-Password: XOR with a chain of MD5, 16 octets a step (RFC 2865 §5.2)."""
    padded = password.ljust(-(-len(password) // 16) * 16 or 16, b"\0")
    hidden = b""
    previous = authenticator
    for start in range(0, len(padded), 16):
        stream = key.plain.copy()
        stream.update(previous)
        mixed = int.from_bytes(stream.digest(), "big") ^ int.from_bytes(padded[start : start + 16], "big")
        previous = mixed.to_bytes(16, "big")
        hidden += previous
    return hidden


class Login(NamedTuple):
    """What is the same in every Access-Request of one person: made once, because making it is not the test."""

    password: bytes
    before: bytes  # attributes in front of User-Password
    after: bytes  # attributes behind it

    def __repr__(self) -> str:
        return "Login()"


def access_request(identifier: int, authenticator: bytes, login: Login, key: Key) -> bytes:
    """Return a PAP Access-Request whose first attribute is its Message-Authenticator (RFC 2869 §5.14).

    It stands first because a reply of a server, and the request of a device, is then safe against chosen-prefix
    collisions as early as can be (CVE-2024-3596).
    """
    hidden = hide_password(login.password, key, authenticator)
    tail = login.before + bytes((USER_PASSWORD, len(hidden) + 2)) + hidden + login.after
    length = _HEADER + 18 + len(tail)
    head = bytes((ACCESS_REQUEST, identifier, length >> 8, length & 255)) + authenticator + b"\x50\x12"
    return head + key.hmac(head + _ZERO16 + tail) + tail


def accounting_request(identifier: int, attributes: bytes, key: Key) -> tuple[bytes, bytes]:
    """Return an Accounting-Request and its authenticator, the digest over itself and the secret (RFC 2866 §3)."""
    length = _HEADER + len(attributes)
    head = bytes((ACCOUNTING_REQUEST, identifier, length >> 8, length & 255))
    authenticator = md5(head + _ZERO16 + attributes + key.secret).digest()
    return head + authenticator + attributes, authenticator


def status_request(identifier: int, authenticator: bytes, key: Key) -> bytes:
    """Return a Status-Server packet: only a Message-Authenticator (RFC 5997 §3)."""
    head = bytes((STATUS_SERVER, identifier, 0, _HEADER + 18)) + authenticator + b"\x50\x12"
    return head + key.hmac(head + _ZERO16)


def fault(reply: bytes, identifier: int, authenticator: bytes, key: Key) -> str | None:
    """Say what is wrong with a reply to the request with this identifier and authenticator, None if nothing.

    Checked: length, identifier, Response Authenticator (RFC 2865 §3), the frame of each attribute, and the
    Message-Authenticator, which every reply but Accounting-Response has to carry exactly once (RFC 2869 §5.14).
    """
    length = len(reply)
    if length < _HEADER or length != (reply[2] << 8 | reply[3]):
        return "length"
    if reply[1] != identifier:
        return "identifier"
    head, attributes = reply[:4], reply[_HEADER:]
    if md5(head + authenticator + attributes + key.secret).digest() != reply[4:_HEADER]:
        return "Response Authenticator"
    signature = -1
    at = 0
    end = len(attributes)
    while at < end:
        size = attributes[at + 1] if at + 1 < end else 0
        if size < 2 or at + size > end:
            return "attribute length"
        if attributes[at] == MESSAGE_AUTHENTICATOR:
            if signature >= 0 or size != 18:
                return "Message-Authenticator"
            signature = at + 2
        at += size
    if signature < 0:
        return None if reply[0] == ACCOUNTING_RESPONSE else UNSIGNED
    cleared = attributes[:signature] + _ZERO16 + attributes[signature + 16 :]
    if key.hmac(head + authenticator + cleared) != attributes[signature : signature + 16]:
        return "Message-Authenticator"
    return None
