"""What an Access-Accept carries for a zone, attribute by attribute, as people read it: for the page that says why."""

from pyrad.packet import AccessAccept, Packet, PacketError

from access.decision import Zone
from radius.dictionary import dictionary
from radius.reply import zone_attributes

_HEADER = 20  # octets (RFC 2865 §3)


def attributes_sent(zone: Zone, vendor: str, *, interim: int) -> list[tuple[str, str]]:
    """Return name and value of each attribute by which devices of a vendor are told a zone, in order.

    `interim` is the number of seconds between accounting records where the zone tells none. Empty for a vendor that
    there is no file of, and for a zone that its devices would not carry out.
    """
    try:
        rendered = zone_attributes(zone, vendor, interim)
        length = (_HEADER + len(rendered)).to_bytes(2, "big")
        packet = Packet(packet=bytes((AccessAccept, 0)) + length + bytes(16) + rendered, dict=dictionary())
    except (LookupError, ValueError, PacketError):
        return []
    names = list(packet.keys())  # pyrad's own: iterating gives numbers instead
    return [(str(name), _written(value)) for name in names for value in packet[name]]


def _written(value: object) -> str:
    return value.hex(" ") if isinstance(value, bytes) else str(value)
