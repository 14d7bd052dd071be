"""Accounting-Request → record, and the Class that ties accounting to the login that we allowed. Pure."""

import hashlib
from hmac import compare_digest
from ipaddress import IPv6Address
from typing import NamedTuple

from access.device_table import Device
from access.lifetime import AccountingRecord, Status
from radius.hardware import normal_hardware
from radius.login import printable
from radius.packet import Attribute, Packet, read_address, read_integer

_MARK = b"TN1"
_TAG = 8  # octets of the keyed digest
# Plain numbers and members: on CPython 3.11 reading one through its enum costs ten times as much.
_ACCT_DELAY_TIME = int(Attribute.ACCT_DELAY_TIME)
_ACCT_INPUT_GIGAWORDS = int(Attribute.ACCT_INPUT_GIGAWORDS)
_ACCT_INPUT_OCTETS = int(Attribute.ACCT_INPUT_OCTETS)
_ACCT_OUTPUT_GIGAWORDS = int(Attribute.ACCT_OUTPUT_GIGAWORDS)
_ACCT_OUTPUT_OCTETS = int(Attribute.ACCT_OUTPUT_OCTETS)
_ACCT_SESSION_ID = int(Attribute.ACCT_SESSION_ID)
_ACCT_SESSION_TIME = int(Attribute.ACCT_SESSION_TIME)
_ACCT_STATUS_TYPE = int(Attribute.ACCT_STATUS_TYPE)
_ACCT_TERMINATE_CAUSE = int(Attribute.ACCT_TERMINATE_CAUSE)
_CALLING_STATION_ID = int(Attribute.CALLING_STATION_ID)
_CLASS = int(Attribute.CLASS)
_EVENT_TIMESTAMP = int(Attribute.EVENT_TIMESTAMP)
_FRAMED_IPV6_ADDRESS = int(Attribute.FRAMED_IPV6_ADDRESS)
_FRAMED_IPV6_PREFIX = int(Attribute.FRAMED_IPV6_PREFIX)
_FRAMED_IP_ADDRESS = int(Attribute.FRAMED_IP_ADDRESS)
_NAS_IDENTIFIER = int(Attribute.NAS_IDENTIFIER)
_NAS_IPV6_ADDRESS = int(Attribute.NAS_IPV6_ADDRESS)
_NAS_IP_ADDRESS = int(Attribute.NAS_IP_ADDRESS)
_NAS_PORT = int(Attribute.NAS_PORT)
_NAS_PORT_ID = int(Attribute.NAS_PORT_ID)
_USER_NAME = int(Attribute.USER_NAME)
_STATUS = {int(status): status for status in Status}
_WITHOUT_SESSION = frozenset((Status.ON, Status.OFF))


class Login(NamedTuple):
    """Which login a Class speaks of."""

    number: int
    subject: str | None
    zone: str | None


class ClassSeal:
    """Makes and checks Class (RFC 2865 §5.25): which login, whose, into which zone.

    Layout: "TN1", login number (8 octets, most significant first), keyed BLAKE2b of all the rest and of the device
    (8 octets), then subject and zone with a NUL between. The digest keeps a device from writing somebody else's name
    under a session; the content is no secret.
    """

    __slots__ = ("_keyed",)

    def __init__(self, key: bytes) -> None:
        """Take the key that all workers of the installation share, 16 to 64 octets."""
        self._keyed = hashlib.blake2b(key=key, digest_size=_TAG)  # copied for each Class: the key is taken in once

    def make(self, device: int, number: int, subject: str, zone: str) -> bytes:
        """Return the Class of a login, at most 253 octets."""
        told = number.to_bytes(8, "big") + f"{subject}\0{zone}".encode()
        return _MARK + told[:8] + self._tag(device, told) + told[8:]

    def read(self, device: int, value: bytes) -> Login | None:
        """Return what a Class of ours says, or None where it is not ours, or was given at another device."""
        start = len(_MARK) + 8
        if not value.startswith(_MARK) or len(value) < start + _TAG:
            return None
        told = value[len(_MARK) : start] + value[start + _TAG :]
        if not compare_digest(value[start : start + _TAG], self._tag(device, told)):
            return None
        subject, _, zone = told[8:].decode("utf-8", "replace").partition("\0")
        return Login(int.from_bytes(told[:8], "big"), subject or None, zone or None)

    def _tag(self, device: int, told: bytes) -> bytes:
        state = self._keyed.copy()
        state.update(b"%d " % device + told)
        return state.digest()


def _text(found: dict[int, bytes], kind: int) -> str | None:
    value = found.get(kind)
    return printable(value) if value else None


def _address6(found: dict[int, bytes]) -> str | None:
    value = found.get(_FRAMED_IPV6_ADDRESS)
    if value is not None and len(value) == 16:
        return str(IPv6Address(value))
    prefix = found.get(_FRAMED_IPV6_PREFIX)  # reserved(1) length(1) prefix(0-16), RFC 3162 §2.3
    if prefix is not None and 2 <= len(prefix) <= 18 and prefix[1] <= 128:
        network = IPv6Address(prefix[2:].ljust(16, bytes(1)))
        return f"{network}/{prefix[1]}"
    return None


def _octets(found: dict[int, bytes], low: int, high: int) -> int:
    if low not in found:
        return 0
    # RFC 2869 §5.1, §5.2: how often the 32-bit counter went around.
    return ((read_integer(found.get(high)) or 0) << 32) | (read_integer(found.get(low)) or 0)


def _nas_address(found: dict[int, bytes]) -> str | None:
    address = read_address(found.get(_NAS_IP_ADDRESS))
    value = found.get(_NAS_IPV6_ADDRESS)
    if address is None and value is not None and len(value) == 16:
        return str(IPv6Address(value))
    return address


def _login(packet: Packet, device: Device, seal: ClassSeal) -> Login | None:
    """Return what the last Class of ours says; others may have added theirs (RFC 2865 §5.25)."""
    last = packet.found.get(_CLASS)
    if last is None:
        return None
    login = seal.read(device.number, last)
    if login is None:
        for value in packet.every(_CLASS):
            login = seal.read(device.number, value) or login
    return login


def read_accounting(packet: Packet, device: Device, seal: ClassSeal, now: float) -> AccountingRecord | None:
    """Read an Accounting-Request whose authenticator is proven; None where its status is none of RFC 2866 §5.1.

    Start, Stop and Interim without Acct-Session-Id are not kept either (RFC 2866 §5.5): there is nothing to keep
    them under.
    """
    found = packet.found
    status = _STATUS.get(read_integer(found.get(_ACCT_STATUS_TYPE)) or 0)
    if status is None:
        return None
    session = _text(found, _ACCT_SESSION_ID) or ""
    if not session and status not in _WITHOUT_SESSION:
        return None
    login = _login(packet, device, seal)
    nas_port = read_integer(found.get(_NAS_PORT))
    station = found.get(_CALLING_STATION_ID)
    event = read_integer(found.get(_EVENT_TIMESTAMP))
    # In order and not by name: with so many fields names cost as much as all the rest.
    return AccountingRecord(
        status,
        device.number,
        now,
        session,
        _text(found, _USER_NAME) or "",
        login.subject if login is not None else None,
        login.number if login is not None else None,
        normal_hardware(station) if station is not None else None,
        read_address(found.get(_FRAMED_IP_ADDRESS)),
        _address6(found),
        _text(found, _NAS_PORT_ID) or (None if nas_port is None else str(nas_port)),
        nas_port,
        _nas_address(found),
        _text(found, _NAS_IDENTIFIER),
        login.zone if login is not None else None,
        read_integer(found.get(_ACCT_SESSION_TIME)) or 0,
        _octets(found, _ACCT_INPUT_OCTETS, _ACCT_INPUT_GIGAWORDS),
        _octets(found, _ACCT_OUTPUT_OCTETS, _ACCT_OUTPUT_GIGAWORDS),
        read_integer(found.get(_ACCT_TERMINATE_CAUSE)),
        read_integer(found.get(_ACCT_DELAY_TIME)) or 0,
        None if event is None else float(event),
    )
