"""The commands to paste into a network device: one text for each vendor, filled in with what is true here.

The texts are in device_commands/VENDOR.txt and stand in docs/connect-a-device.md as well; a test compares.
"""

import re
import socket
from collections.abc import Iterable, Mapping
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from access.decision import Zone
from portal.knowledge import Knowledge
from portal.language import Text, plain

TEXTS = Path(__file__).parent / "device_commands"
HIDDEN = "<SECRET>"  # stands where a secret would, on pages that do not show one
_PLACE = re.compile(r"\{\{ (\w+) \}\}")
_REDIRECT_ACL, _PORTAL_ROLE = "3001", "portal"  # where no zone says another

# In the order in which they are offered.
VENDORS: dict[str, Text] = {
    "huawei": Text("华为", "Huawei"),
    "h3c": Text("新华三 H3C", "H3C"),
    "ruijie": Text("锐捷", "Ruijie"),
    "cisco": Text("思科", "Cisco"),
    "aruba": plain("Aruba"),
    "standard": Text("其他（标准 RADIUS）", "Any other (standard RADIUS)"),
}


class Spot(NamedTuple):
    """Where the server is, as a device has to be told."""

    server: str  # address from which orders go, and to which requests go
    auth_port: int
    acct_port: int
    portal: str  # address of the portal, which an unknown subject must reach


def spot(knowledge: Knowledge, prefix: str) -> Spot:
    """Return what to tell the device that has this address or prefix."""
    auth_port, acct_port = knowledge.radius_ports
    device = prefix.partition("/")[0]
    server = _listening(knowledge.radius_addresses, device) or own_address_towards(device)
    host = urlsplit(knowledge.portal.url).hostname or ""
    return Spot(server, auth_port, acct_port, host if _is_address(host) and not _is_loopback(host) else server)


def own_address_towards(address: str) -> str:
    """Return the address from which this machine would send there, by its routes; no packet is sent."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as asking:
            asking.connect((address, 9))
            return str(asking.getsockname()[0])
    except OSError:  # no way there from here: the administrator knows better
        return "<SERVER>"


def commands(vendor: str, at: Spot, *, secret: str = HIDDEN, coa_port: int = 3799, zones: Iterable[Zone] = ()) -> str:
    """Return the commands for devices of a vendor. The names of ACL and role are those of the zone that redirects."""
    redirecting = next((zone for zone in zones if zone.redirect_url), None)
    acl = (redirecting.redirect_acl if redirecting else None) or _REDIRECT_ACL
    values = {
        **at._asdict(),
        "secret": secret,
        "coa_port": coa_port or 3799,
        "redirect_acl": acl,
        "numbered_acl": f"number {acl}" if acl.isdigit() else f"name {acl} advance",
        "named_acl": acl if acl.isdigit() else f"name {acl}",
        "portal_role": (redirecting.role if redirecting else None) or _PORTAL_ROLE,
    }
    return _filled(_text(vendor), values)


def _filled(text: str, values: Mapping[str, object]) -> str:
    return _PLACE.sub(lambda place: str(values[place[1]]), text)


@cache
def _text(vendor: str) -> str:
    if vendor not in VENDORS:
        return ""  # a vendor whose file was taken away
    return (TEXTS / f"{vendor}.txt").read_text("utf-8")


def _listening(addresses: Iterable[str], device: str) -> str | None:
    """Return the address of the device's family on which RADIUS listens, where it listens on certain ones only."""
    version = ip_address(device).version
    for address in addresses:
        if _is_address(address) and ip_address(address).version == version and not ip_address(address).is_unspecified:
            return address
    return None


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _is_loopback(text: str) -> bool:
    return ip_address(text).is_loopback
