"""Tagged tunnel attributes (RFC 2868 §3), which carry a VLAN (RFC 3580 §3.31). Pure.

A tag is 0x01..0x1F and says which attributes belong together; 0 means untagged.
"""

from typing import NamedTuple

from radius.packet import Attribute, encode_attribute

HIGHEST_TAG = 0x1F
VLAN = 13  # Tunnel-Type (RFC 3580 §3.31)
IEEE_802 = 6  # Tunnel-Medium-Type (RFC 2868 §3.2)


class TaggedInteger(NamedTuple):
    """Tunnel-Type, Tunnel-Medium-Type and their like: one octet of tag, three of value."""

    tag: int
    value: int


class TaggedText(NamedTuple):
    """Tunnel-Private-Group-Id and its like."""

    tag: int
    value: bytes


def _check_tag(tag: int) -> None:
    if not 0 <= tag <= HIGHEST_TAG:
        raise ValueError("a tag is 0..31 (RFC 2868 §3.1)")


def encode_tagged_integer(kind: int, tag: int, value: int) -> bytes:
    """Return one attribute with a tag and 24 bits (RFC 2868 §3.1). Raises ValueError for what does not fit."""
    _check_tag(tag)
    if not 0 <= value <= 0xFFFFFF:
        raise ValueError("a tagged integer has 24 bits")
    return encode_attribute(kind, bytes((tag,)) + value.to_bytes(3, "big"))


def encode_tagged_text(kind: int, tag: int, value: bytes) -> bytes:
    """Return one attribute with a tag and text (RFC 2868 §3.6). Raises ValueError for what does not fit.

    Untagged text has no tag octet at all: devices that know no tags read it, and so do those that do, as long as
    the text does not begin with an octet that is a tag.
    """
    _check_tag(tag)
    if tag == 0 and value[:1] <= bytes((HIGHEST_TAG,)):
        raise ValueError("untagged text begins with a printable character")
    return encode_attribute(kind, (bytes((tag,)) if tag else b"") + value)


def decode_tagged_integer(value: bytes) -> TaggedInteger | None:
    """Read a value of four octets, or return None. A tag above 0x1F is no tag and is ignored (RFC 2868 §3.1)."""
    if len(value) != 4:
        return None
    tag = value[0] if value[0] <= HIGHEST_TAG else 0
    return TaggedInteger(tag, int.from_bytes(value[1:], "big"))


def decode_tagged_text(value: bytes) -> TaggedText:
    """Read text with or without a tag: an octet above 0x1F begins the text (RFC 2868 §3.6)."""
    if value and value[0] <= HIGHEST_TAG:
        return TaggedText(value[0], value[1:])
    return TaggedText(0, value)


def encode_vlan(vlan: str, tag: int = 0) -> bytes:
    """Return the three attributes that put a port into a VLAN, by number or name (RFC 3580 §3.31)."""
    return (
        encode_tagged_integer(Attribute.TUNNEL_TYPE, tag, VLAN)
        + encode_tagged_integer(Attribute.TUNNEL_MEDIUM_TYPE, tag, IEEE_802)
        + encode_tagged_text(Attribute.TUNNEL_PRIVATE_GROUP_ID, tag, vlan.encode())
    )
