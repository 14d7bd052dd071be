"""Read what a vendor's file renders, with pyrad and the project's own dictionaries as the reader."""

from pathlib import Path

from pyrad import packet as pyrad_packet
from pyrad.dictionary import Dictionary

from access.decision import Zone
from radius.vendor import Target, Vendor

DICTIONARY = Dictionary(str(Path(__file__).parents[3] / "radius" / "dictionaries" / "dictionary.truename"))

PLAIN = Zone("office", "办公区", vlan="120", session_timeout=28800, idle_timeout=1800, interim=600)
TARGET = Target(
    acct_session=b"0A1B2C3D",
    login="张三".encode(),
    hardware="0a:1b:2c:3d:4e:5f",
    address="10.1.2.3",
    address6=None,
    nas_port=17,
    port=b"GigabitEthernet0/0/17",
    nas_address="10.9.9.9",
    nas_identifier=b"switch-1",
)
# A device that accounts for nothing before a login at the portal.
NO_SESSION = Target(
    acct_session=None,
    login=None,
    hardware="0a:1b:2c:3d:4e:5f",
    address=None,
    address6=None,
    nas_port=17,
    port=b"GigabitEthernet0/0/17",
    nas_address=None,
    nas_identifier=None,
)
# What PLAIN means for every vendor.
STANDARD = {
    "Tunnel-Type": ["VLAN"],
    "Tunnel-Medium-Type": ["IEEE-802"],
    "Tunnel-Private-Group-Id": ["120"],
    "Session-Timeout": [28800],
    "Termination-Action": ["RADIUS-Request"],
    "Idle-Timeout": [1800],
    "Acct-Interim-Interval": [600],
}


def read(attributes: bytes) -> dict[str, list[object]]:
    """Read encoded attributes as names and values."""
    octets = bytes((2, 1)) + (20 + len(attributes)).to_bytes(2, "big") + bytes(16) + attributes
    found = pyrad_packet.Packet(packet=octets, dict=DICTIONARY, secret=b"s")
    return {str(name): list(found[name]) for name in found.keys()}  # noqa: SIM118 - pyrad's keys() gives names


def rendered(vendor: Vendor, zone: Zone) -> dict[str, list[object]]:
    """Render a zone and read it back."""
    return read(vendor.render(zone))


def fields(vendor: Vendor, zone: Zone) -> set[str]:
    """Return the fields of a zone to which a vendor objects."""
    return {objection.field for objection in vendor.objections(zone)}
