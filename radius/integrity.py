"""Shared secrets at work: authenticators, Message-Authenticator, hidden passwords, salted keys, sealing. Pure.

MD5 is what the protocol prescribes (RFC 2865 §3); against CVE-2024-3596 Message-Authenticator goes first in every
answer to an Access-Request, asked for or not. The HMAC states of a secret are computed once (RFC 2104 §4).
"""

import hashlib
from collections.abc import Callable
from enum import Enum
from hmac import compare_digest
from importlib import import_module
from types import ModuleType
from typing import Protocol, Self

from radius.packet import LONGEST_PACKET, Attribute, Code, Packet, encode_attribute

_ZEROS = bytes(16)
_EMPTY_SIGNATURE = bytes((Attribute.MESSAGE_AUTHENTICATOR, 18)) + _ZEROS
_ACCOUNTING_RESPONSE = int(Code.ACCOUNTING_RESPONSE)
# Their authenticator is computed over the packet, so Message-Authenticator is computed with zeros in its place
# (RFC 5176 §3.4; the same for accounting).
_COMPUTED_AUTHENTICATOR = frozenset(
    map(int, (Code.ACCOUNTING_REQUEST, Code.DISCONNECT_REQUEST, Code.COA_REQUEST)),
)


class PasswordHidingBroken(ValueError):  # noqa: N818 - the condition is the name
    """A hidden password is not 16..128 octets in blocks of 16 (RFC 2865 §5.2)."""


class MessageAuthenticator(Enum):
    """What a check of Message-Authenticator found; a doubled or misshapen one ends in radius.packet.parse."""

    ABSENT = "absent"
    VALID = "valid"
    INVALID = "invalid"


class _State(Protocol):
    def update(self, data: bytes, /) -> None: ...
    def digest(self) -> bytes: ...
    def copy(self) -> Self: ...


def _choose_md5(load: Callable[[str], ModuleType] = import_module) -> Callable[[bytes], _State]:
    """Prefer the interpreter's own MD5: a third of the time, since OpenSSL looks the algorithm up for each digest.

    That module is private and may be missing; hashlib's is the same function.
    """
    try:
        chosen: Callable[[bytes], _State] = load("_md5").md5
    except (ImportError, AttributeError):
        return lambda octets: hashlib.md5(octets, usedforsecurity=False)
    return chosen


_md5 = _choose_md5()


class Secret:
    """One shared secret. Its repr is empty."""

    __slots__ = ("_inner", "_octets", "_outer")

    def __init__(self, octets: bytes) -> None:
        """Prepare the HMAC states. Raises ValueError for an empty secret (RFC 2865 §3)."""
        if not octets:
            raise ValueError("a shared secret is never empty (RFC 2865 §3)")
        key = octets if len(octets) <= 64 else _md5(octets).digest()  # RFC 2104 §2
        key = key.ljust(64, b"\0")
        self._octets = octets
        self._inner = _md5(bytes(octet ^ 0x36 for octet in key))
        self._outer = _md5(bytes(octet ^ 0x5C for octet in key))

    def __repr__(self) -> str:
        return "Secret()"

    def _hmac(self, message: bytes) -> bytes:
        inner = self._inner.copy()
        inner.update(message)
        outer = self._outer.copy()
        outer.update(inner.digest())
        return outer.digest()

    def check_message_authenticator(
        self, packet: Packet, request_authenticator: bytes | None = None
    ) -> MessageAuthenticator:
        """Verify Message-Authenticator (RFC 3579 §3.2), wherever it stands in the packet.

        `request_authenticator` is that of the request where `packet` is an answer; 16 octets.
        """
        at = packet.signature_at
        if not at:
            return MessageAuthenticator.ABSENT
        octets = packet.octets
        if request_authenticator is None and packet.code in _COMPUTED_AUTHENTICATOR:
            request_authenticator = _ZEROS
        if request_authenticator is None:
            signed = octets[:at] + _ZEROS + octets[at + 16 :]
        else:
            signed = octets[:4] + request_authenticator + octets[20:at] + _ZEROS + octets[at + 16 :]
        if compare_digest(self._hmac(signed), octets[at : at + 16]):
            return MessageAuthenticator.VALID
        return MessageAuthenticator.INVALID

    def check_accounting_request(self, packet: Packet) -> bool:
        """Verify the authenticator of an Accounting-Request (RFC 2866 §3), and Message-Authenticator if there."""
        octets = packet.octets
        computed = _md5(octets[:4] + _ZEROS + octets[20:] + self._octets).digest()
        if not compare_digest(computed, packet.authenticator):
            return False
        return self.check_message_authenticator(packet) is not MessageAuthenticator.INVALID

    def check_order_reply(self, packet: Packet, request_authenticator: bytes) -> bool:
        """Verify the Response Authenticator of an answer (RFC 2865 §3), and Message-Authenticator if there."""
        octets = packet.octets
        computed = _md5(octets[:4] + request_authenticator + octets[20:] + self._octets).digest()
        if not compare_digest(computed, packet.authenticator):
            return False
        signature = self.check_message_authenticator(packet, request_authenticator)
        return signature is not MessageAuthenticator.INVALID

    def reply(self, code: int, identifier: int, request_authenticator: bytes, attributes: bytes) -> bytes:
        """Return a sealed answer: Message-Authenticator first, then `attributes` as they are, already encoded.

        Raises ValueError where the packet would pass 4096 octets. An Accounting-Response has no
        Message-Authenticator: RFC 2869 §5.19 allows none.
        """
        if code == _ACCOUNTING_RESPONSE:
            return self._sealed(code, identifier, request_authenticator, attributes)
        length = len(attributes) + 38
        if length > LONGEST_PACKET:
            raise ValueError("an answer has at most 4096 octets")
        head = bytes((code, identifier, length >> 8, length & 0xFF))
        signature = self._hmac(head + request_authenticator + _EMPTY_SIGNATURE + attributes)
        body = _SIGNATURE_HEADER + signature + attributes
        return head + _md5(head + request_authenticator + body + self._octets).digest() + body

    def accounting_reply(self, request: Packet) -> bytes:
        """Return the Accounting-Response, with every Proxy-State of the request (RFC 2866 §4.2, RFC 2865 §5.33)."""
        attributes = b""
        if request.carries_proxy_state:
            attributes = b"".join(
                encode_attribute(Attribute.PROXY_STATE, state) for state in request.every(Attribute.PROXY_STATE)
            )
        return self._sealed(_ACCOUNTING_RESPONSE, request.identifier, request.authenticator, attributes)

    def order(self, code: int, identifier: int, attributes: bytes) -> bytes:
        """Return a sealed CoA-Request or Disconnect-Request, Message-Authenticator first (RFC 5176 §2.3, §3.4).

        Octets 4..20 of the result are the Request Authenticator that the answer refers to.
        """
        length = len(attributes) + 38
        if length > LONGEST_PACKET:
            raise ValueError("an order has at most 4096 octets")
        head = bytes((code, identifier, length >> 8, length & 0xFF))
        signature = self._hmac(head + _ZEROS + _EMPTY_SIGNATURE + attributes)
        return self._sealed(code, identifier, _ZEROS, _SIGNATURE_HEADER + signature + attributes)

    def _sealed(self, code: int, identifier: int, authenticator: bytes, body: bytes) -> bytes:
        length = len(body) + 20
        if length > LONGEST_PACKET:
            raise ValueError("a packet has at most 4096 octets")
        head = bytes((code, identifier, length >> 8, length & 0xFF))
        return head + _md5(head + authenticator + body + self._octets).digest() + body

    def unhide_password(self, hidden: bytes, request_authenticator: bytes) -> bytes:
        """Return User-Password in clear, padding removed (RFC 2865 §5.2). Raises PasswordHidingBroken."""
        size = len(hidden)
        if size == 16:
            mask = _md5(self._octets + request_authenticator).digest()
        elif 16 <= size <= 128 and size % 16 == 0:
            chain = request_authenticator + hidden[:-16]
            mask = b"".join(_md5(self._octets + chain[at : at + 16]).digest() for at in range(0, size, 16))
        else:
            raise PasswordHidingBroken("a hidden password has 16..128 octets in blocks of 16")
        return _xor(hidden, mask).rstrip(b"\0")

    def hide_password(self, password: bytes, request_authenticator: bytes) -> bytes:
        """Return User-Password as it goes over the wire (RFC 2865 §5.2). Raises ValueError above 128 octets."""
        if len(password) > 128:
            raise ValueError("a password has at most 128 octets (RFC 2865 §5.2)")
        padded = password.ljust(max(16, (len(password) + 15) // 16 * 16), b"\0")
        return self._chained(padded, request_authenticator)

    def salt_encrypt(self, key: bytes, request_authenticator: bytes, salt: bytes) -> bytes:
        """Return salt and hidden key of an MS-MPPE key (RFC 2548 §2.4.2) or Tunnel-Password (RFC 2868 §3.5).

        `salt` is two octets, its first bit set, unlike every other salt of the packet. Raises ValueError.
        """
        if len(salt) != 2 or not salt[0] & 0x80:
            raise ValueError("a salt is two octets with the first bit set (RFC 2548 §2.4.2)")
        if not 1 <= len(key) <= 239:
            raise ValueError("a salted key has 1..239 octets")
        plain = bytes((len(key),)) + key
        padded = plain.ljust((len(plain) + 15) // 16 * 16, b"\0")
        return salt + self._chained(padded, request_authenticator + salt)

    def _chained(self, padded: bytes, first: bytes) -> bytes:
        hidden = b""
        previous = first
        for at in range(0, len(padded), 16):
            previous = _xor(padded[at : at + 16], _md5(self._octets + previous).digest())
            hidden += previous
        return hidden


_SIGNATURE_HEADER = _EMPTY_SIGNATURE[:2]


def _xor(left: bytes, right: bytes) -> bytes:
    return (int.from_bytes(left, "big") ^ int.from_bytes(right, "big")).to_bytes(len(left), "big")
