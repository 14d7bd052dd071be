"""The token in the address to which a network device sends an unknown subject: which hardware, at which device. Pure.

The browser brings the token to the portal, which so knows the hardware address without being told by the subject.
18 octets in base64url (RFC 4648 §5), which need no padding: hardware address (6 octets), number of the device record
(4, most significant first), keyed BLAKE2b over both (8). It says nothing that the port does not know, and proves
nothing about a person; the tag keeps a browser from naming somebody else's hardware address.
"""

import base64
import hashlib
import re
from hmac import compare_digest

PLACEHOLDER = "{token}"  # in the redirect address of a zone
LENGTH = 24  # characters of a token
_TOLD, _TAG = 10, 8  # octets
_TOKEN = re.compile(r"[A-Za-z0-9_-]{24}")


def make(key: bytes, hardware: str, device: int) -> str:
    """Return the token for a hardware address (aa:bb:cc:dd:ee:ff) at a device; `key` has 16 to 64 octets."""
    told = bytes.fromhex(hardware.replace(":", "")) + device.to_bytes(4, "big")
    return base64.urlsafe_b64encode(told + _tag(key, told)).decode()


def read(key: bytes, token: str) -> tuple[str, int] | None:
    """Return hardware address and device number of a token that `make` made with this key; None for anything else."""
    if _TOKEN.fullmatch(token) is None:
        return None
    octets = base64.urlsafe_b64decode(token)
    told = octets[:_TOLD]
    if not compare_digest(octets[_TOLD:], _tag(key, told)):
        return None
    return told[:6].hex(":"), int.from_bytes(told[6:], "big")


def filled(url: str, token: str) -> str:
    """Return the redirect address of a zone with the token in its place; the same where it has no place for one."""
    return url.replace(PLACEHOLDER, token)


def _tag(key: bytes, told: bytes) -> bytes:
    return hashlib.blake2b(told, key=key, digest_size=_TAG, person=b"redirect token").digest()
