"""What was proven, and where: the facts on which a decision rests."""

from enum import IntEnum, StrEnum
from typing import NamedTuple, Protocol

from directory.person import Endpoint, Person


class Method(StrEnum):
    """How the subject proved itself."""

    PAP = "pap"
    CHAP = "chap"
    MSCHAPV2 = "mschapv2"
    MAC = "mac"
    PORTAL = "portal"  # earlier, at the portal: a binding stands behind the hardware address


class Strength(IntEnum):
    """How strong the proof is; rules ask for at least one of these."""

    NONE = 0  # a hardware address: anybody can copy it
    PASSWORD = 1
    STRONG = 2  # a second factor, or a certificate


STRENGTH = {
    Method.PAP: Strength.PASSWORD,
    Method.CHAP: Strength.PASSWORD,
    Method.MSCHAPV2: Strength.PASSWORD,
    Method.MAC: Strength.NONE,
    Method.PORTAL: Strength.PASSWORD,  # at least; the binding says what was proven
}


class Medium(StrEnum):
    """What carries the subject (NAS-Port-Type, RFC 2865 §5.41)."""

    WIRED = "wired"
    WIRELESS = "wireless"
    REMOTE = "remote"  # VPN gateways and the like
    UNKNOWN = "unknown"


class Place(NamedTuple):
    """The network device that asks; facts of its record, not of the packet."""

    device: int  # key of the device record
    name: str
    vendor: str
    group: str
    site: str


class Placed(Protocol):
    """What a place is made of: a device in memory, or the row of one."""

    @property
    def number(self) -> int: ...  # noqa: D102 - as of Place
    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def vendor(self) -> str: ...  # noqa: D102
    @property
    def group(self) -> str: ...  # noqa: D102
    @property
    def site(self) -> str: ...  # noqa: D102


NOWHERE = Place(0, "", "standard", "", "")  # the network device is gone, or there is none


def place_of(device: Placed) -> Place:
    """Return what rules may know of a network device."""
    return Place(device.number, device.name, device.vendor, device.group, device.site)


class Evidence(NamedTuple):
    """Everything that a rule may look at. A named tuple: one is made for each login, on the hot path."""

    subject: Person | Endpoint | None  # None: an unknown hardware address
    method: Method
    strength: Strength
    place: Place
    hardware: str | None = None  # aa:bb:cc:dd:ee:ff (Calling-Station-Id, normalised)
    medium: Medium = Medium.UNKNOWN
    ssid: str | None = None
    port: str | None = None  # NAS-Port-Id, else NAS-Port
    address: str | None = None  # of the subject, where the device already knows it
