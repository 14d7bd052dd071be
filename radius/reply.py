"""Decision → octets: what an Access-Accept and an Access-Reject carry, by vendor.

Message-Authenticator goes first in every answer (radius.integrity sees to it); Proxy-State goes back unmodified and in
order (RFC 2865 §5.33). Nothing that the subject sent is echoed beside it: that would feed CVE-2024-3596.
"""

from functools import lru_cache

from access.decision import Zone
from access.reasons import Reason
from radius.login import MICROSOFT, LoginRequest
from radius.packet import LONGEST_VALUE, Attribute, Code, Packet, encode_attribute, vendor_attribute
from radius.vendor import vendor_named

MS_CHAP_ERROR, MS_CHAP2_SUCCESS, MS_MPPE_SEND_KEY, MS_MPPE_RECV_KEY = 2, 26, 16, 17  # RFC 2548 §2
EAP_FAILURE = 4


def own_attributes(zone: Zone, vendor: str, interim: int) -> bytes:
    """Render a zone as it is for one subject only: with its time, or its own address of the portal."""
    rendered = vendor_named(vendor).render(zone if zone.interim is not None else zone._replace(interim=interim))
    if zone.message:
        rendered += _spoken(zone.message)
    return rendered


@lru_cache(maxsize=4096)
def zone_attributes(zone: Zone, vendor: str, interim: int) -> bytes:
    """Render a zone as a vendor's devices understand it; the same few are asked for again and again."""
    return own_attributes(zone, vendor, interim)


def _pieces(text: bytes) -> list[bytes]:
    """Cut UTF-8 between characters: a device may show each Reply-Message by itself (RFC 2865 §5.18)."""
    pieces = []
    while text:
        cut = min(len(text), LONGEST_VALUE)
        while cut < len(text) and text[cut] & 0xC0 == 0x80:  # inside a character
            cut -= 1
        pieces.append(text[:cut])
        text = text[cut:]
    return pieces


def _spoken(text: str) -> bytes:
    return b"".join(encode_attribute(Attribute.REPLY_MESSAGE, piece) for piece in _pieces(text.encode()))


def proxy_states(packet: Packet) -> bytes:
    """Return every Proxy-State of a request, encoded, in order."""
    return b"".join(
        encode_attribute(Attribute.PROXY_STATE, value)
        for kind, value in packet.attributes
        if kind == Attribute.PROXY_STATE
    )


def accept(request: LoginRequest, attributes: bytes, class_: bytes, microsoft: bytes = b"") -> bytes:
    """Return the octets of an Access-Accept."""
    packet = request.packet
    body = encode_attribute(Attribute.CLASS, class_) + attributes + microsoft
    if packet.carries_proxy_state:
        body += proxy_states(packet)
    return request.secret.reply(Code.ACCESS_ACCEPT, packet.identifier, packet.authenticator, body)


@lru_cache(maxsize=256)
def _reply_message(reason: Reason) -> bytes:
    told = reason.value
    return _spoken(f"{told.chinese}{told.remedy_chinese} {told.english} ({told.code})")


def reject(request: LoginRequest, reason: Reason, microsoft: bytes = b"") -> bytes:
    """Return the octets of an Access-Reject that says why; an EAP peer gets EAP-Failure instead of words."""
    packet = request.packet
    if request.eap is not None:
        # RFC 3579 §2.6.3: a fatal error is an EAP-Failure; §2.6.5: no Reply-Message beside EAP-Message.
        body = encode_attribute(Attribute.EAP_MESSAGE, bytes((EAP_FAILURE, request.eap, 0, 4)))
    else:
        body = _reply_message(reason) + microsoft
    if packet.carries_proxy_state:
        body += proxy_states(packet)
    return request.secret.reply(Code.ACCESS_REJECT, packet.identifier, packet.authenticator, body)


def microsoft_success(
    request: LoginRequest, identifier: int, success: bytes, keys: tuple[bytes, bytes] | None, salt: int
) -> bytes:
    """MS-CHAP2-Success and the MPPE keys (RFC 2548 §2.3.3, §2.4.2, §2.4.3); `salt` is any 15 bits."""
    body = vendor_attribute(MICROSOFT, MS_CHAP2_SUCCESS, bytes((identifier,)) + success)
    if keys is None:
        return body
    for kind, key, offset in ((MS_MPPE_SEND_KEY, keys[0], 0), (MS_MPPE_RECV_KEY, keys[1], 1)):
        # The first bit of a salt is set, and no two salts of one packet are alike (RFC 2548 §2.4.2).
        salted = (0x8000 | ((salt + offset) & 0x7FFF)).to_bytes(2, "big")
        hidden = request.secret.salt_encrypt(key, request.packet.authenticator, salted)
        body += vendor_attribute(MICROSOFT, kind, hidden)
    return body


def microsoft_error(identifier: int, challenge: bytes) -> bytes:
    """MS-CHAP-Error 691 without another try (RFC 2548 §2.1.5, RFC 2759 §6); `challenge` is 16 octets."""
    words = f"E=691 R=0 C={challenge.hex().upper()} V=3".encode()
    return vendor_attribute(MICROSOFT, MS_CHAP_ERROR, bytes((identifier,)) + words)
