"""Names of attributes and values, for people: traces, `ask`, `kick`. Deciding needs none of it.

The dictionaries in radius/dictionaries are our own, in the syntax of FreeRADIUS; pyrad reads them.
"""

from functools import cache
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import NamedTuple

from pyrad.dictionary import Attribute as Definition
from pyrad.dictionary import Dictionary

from radius.packet import Attribute, Packet, vendor_attributes
from radius.tunnel import decode_tagged_integer, decode_tagged_text

FOLDER = Path(__file__).parent / "dictionaries"

HIDDEN = "(hidden)"
# What proves or protects a password is never shown: (vendor number, type).
_SECRET = frozenset(
    (
        (0, Attribute.USER_PASSWORD),
        (0, Attribute.CHAP_PASSWORD),
        (0, 69),  # Tunnel-Password (RFC 2868 §3.5)
        (311, 1),  # MS-CHAP-Response (RFC 2548 §2.1.3)
        (311, 16),  # MS-MPPE-Send-Key (RFC 2548 §2.4.2)
        (311, 17),  # MS-MPPE-Recv-Key (RFC 2548 §2.4.3)
        (311, 25),  # MS-CHAP2-Response (RFC 2548 §2.3.2)
        (311, 27),  # MS-CHAP2-CPW (RFC 2548 §2.3.4)
    )
)


class Named(NamedTuple):
    """One attribute for people; `value` is printable whatever the device sent."""

    name: str
    value: str


class Number(NamedTuple):
    """Where an attribute stands: `vendor` is 0 for a standard one."""

    vendor: int
    kind: int


@cache
def dictionary() -> Dictionary:
    """Return the dictionary for pyrad's clients."""
    return Dictionary(str(FOLDER / "dictionary.truename"))


@cache
def _definitions() -> dict[Number, Definition]:
    found = dictionary()
    vendors = {name: found.vendors.GetForward(name) for name in _vendor_names()}
    return {Number(vendors[one.vendor] if one.vendor else 0, one.code): one for one in found.attributes.values()}


@cache
def _vendor_names() -> tuple[str, ...]:
    return tuple(sorted({one.vendor for one in dictionary().attributes.values() if one.vendor}))


def number_of(name: str) -> Number | None:
    """Return vendor and type of an attribute's name, or None."""
    return next((number for number, one in _definitions().items() if one.name == name), None)


def name_of(kind: int, vendor: int = 0) -> str:
    """Return the name of an attribute; without one, its numbers: "Attr-250", "Vendor-4881-Attr-1"."""
    known = _definitions().get(Number(vendor, kind))
    if known is not None:
        return str(known.name)
    return f"Vendor-{vendor}-Attr-{kind}" if vendor else f"Attr-{kind}"


def describe(packet: Packet) -> list[Named]:
    """Return every attribute of a packet with its name, in order; those of vendors opened, secrets hidden."""
    found: list[Named] = []
    for kind, value in packet.attributes:
        opened = list(vendor_attributes(packet._replace(attributes=[(kind, value)])))
        if opened:
            found += [Named(name_of(inner, vendor), _shown(vendor, inner, text)) for vendor, inner, text in opened]
        else:
            found.append(Named(name_of(kind), _shown(0, kind, value)))
    return found


def _shown(vendor: int, kind: int, value: bytes) -> str:
    if (vendor, kind) in _SECRET:
        return HIDDEN
    known = _definitions().get(Number(vendor, kind))
    if known is None:
        return f"0x{value.hex()}"
    if known.type in ("integer", "date"):
        return _integer(known, value)
    if known.type == "ipaddr" and len(value) == 4:
        return str(IPv4Address(value))
    if known.type == "ipv6addr" and len(value) == 16:
        return str(IPv6Address(value))
    if known.type == "string":
        return _printable(decode_tagged_text(value).value if known.has_tag else value)
    return f"0x{value.hex()}"


def _integer(known: Definition, value: bytes) -> str:
    if known.has_tag:
        tagged = decode_tagged_integer(value)
        number = None if tagged is None else tagged.value
    else:
        number = int.from_bytes(value, "big") if len(value) == 4 else None
    if number is None:
        return f"0x{value.hex()}"
    encoded = number.to_bytes(4, "big")  # as pyrad keeps it
    if known.values.HasBackward(encoded):
        return str(known.values.GetBackward(encoded))
    return str(number)


def _printable(value: bytes) -> str:
    """Return text without a character that moves a cursor or turns the direction of writing."""
    return "".join(
        one if one.isprintable() else one.encode("unicode_escape").decode()
        for one in value.decode("utf-8", "backslashreplace")
    )
