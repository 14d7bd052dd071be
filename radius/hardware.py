"""Every spelling of a hardware (MAC) address that a device may use, and one of our own: aa:bb:cc:dd:ee:ff. Pure.

Seen in the field: AA-BB-CC-DD-EE-FF (RFC 3580 §3.21), aa:bb:cc:dd:ee:ff, aabb.ccdd.eeff (Cisco, Ruijie),
aabb-ccdd-eeff (Huawei, H3C), aabb:ccdd:eeff, aabbcc-ddeeff (HP), aabbccddeeff, "aa bb cc dd ee ff"; in either case.
"""

import re
from enum import Enum
from functools import lru_cache

_HEX = b"[0-9A-Fa-f]"
_SPELLINGS = re.compile(
    b"|".join(
        (
            b"%(h)s{12}",
            b"%(h)s{2}([-:. ])%(h)s{2}(?:\\1%(h)s{2}){4}",
            b"%(h)s{4}([-:. ])%(h)s{4}\\2%(h)s{4}",
            b"%(h)s{6}[-:.]%(h)s{6}",
        )
    ).replace(b"%(h)s", _HEX)
)
_SEPARATORS = b"-:. "
_LONGEST = 17
# Nobody's address: a device that has none to tell fills in one of these.
_NOBODY = frozenset((b"000000000000", b"ffffffffffff"))


class Spelling(Enum):
    """How a device wants a hardware address in an order: separator, digits between two of them, upper case."""

    IETF = ("-", 2, True)  # AA-BB-CC-DD-EE-FF
    COLON = (":", 2, False)  # aa:bb:cc:dd:ee:ff
    HYPHEN = ("-", 2, False)  # aa-bb-cc-dd-ee-ff
    DOTTED = (".", 4, False)  # aabb.ccdd.eeff
    FOURS = ("-", 4, False)  # aabb-ccdd-eeff
    PLAIN = ("", 12, False)  # aabbccddeeff


@lru_cache(maxsize=131_072)  # more than a city has; a miss costs ten times a hit
def _normal(octets: bytes) -> str | None:
    if _SPELLINGS.fullmatch(octets) is None:
        return None
    digits = octets.translate(None, _SEPARATORS).lower()
    if digits in _NOBODY:
        return None
    text = digits.decode()
    return f"{text[:2]}:{text[2:4]}:{text[4:6]}:{text[6:8]}:{text[8:10]}:{text[10:]}"


def normal_hardware(octets: bytes) -> str | None:
    """Return aa:bb:cc:dd:ee:ff for any spelling, or None for what is no hardware address.

    The addresses of nobody (all zeros, all ones) count as none. Trailing NULs, which some devices send, go.
    """
    if len(octets) > _LONGEST:
        octets = octets.rstrip(b"\0")
        if len(octets) > _LONGEST:
            return None
    return _normal(octets)


def station_and_ssid(octets: bytes) -> tuple[str | None, bytes | None]:
    """Split a Called-Station-Id, "AA-BB-CC-DD-EE-FF:SSID" (RFC 3580 §3.20), into address and SSID.

    Either is None where it is not there. An SSID may hold any octet, a colon too.
    """
    whole = normal_hardware(octets)
    if whole is not None:
        return whole, None
    for length in (17, 14, 13, 12):
        if octets[length : length + 1] == b":":
            station = _normal(octets[:length])
            if station is not None:
                return station, octets[length + 1 :] or None
    return None, None


def spell(hardware: str, spelling: Spelling) -> str:
    """Write aa:bb:cc:dd:ee:ff the way a device wants it."""
    separator, size, upper = spelling.value
    digits = hardware.replace(":", "")
    text = separator.join(digits[at : at + size] for at in range(0, 12, size))
    return text.upper() if upper else text
