"""What a vendor's file must say, and the standard attributes on which all of them build. Pure.

A vendor is one file in radius/vendors that ends with VENDOR. It renders a zone, objects to what its devices would
ignore or open up on, and knows how its devices want a session named in an order (RFC 5176 §3).
"""

import pkgutil
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib import import_module
from ipaddress import IPv4Address, IPv6Address
from typing import NamedTuple

import radius.vendors
from access.decision import Zone
from access.redirects import LENGTH, filled
from radius.hardware import Spelling, spell
from radius.packet import LONGEST_VALUE, Attribute, encode_attribute, encode_integer
from radius.tunnel import encode_vlan

HIGHEST_INTEGER = 0xFFFFFFFF
TERMINATION_REAUTHENTICATE = 1  # Termination-Action: RADIUS-Request (RFC 2865 §5.29)
SHORTEST_INTERIM = 60  # seconds (RFC 2869 §5.16)


class Effect(Enum):
    """What a device of this vendor would make of a zone that says more than it understands."""

    IGNORED = "ignored"  # the subject gets in without the limit
    OPENED = "opened"  # the subject reaches what the zone was to keep from it


class Objection(NamedTuple):
    """Why a zone cannot be carried out by a vendor's devices; `field` is a field of access.decision.Zone."""

    field: str
    effect: Effect
    chinese: str
    english: str


class Target(NamedTuple):
    """A session as its device told it. Octets are what the device sent, unescaped."""

    acct_session: bytes | None
    login: bytes | None
    hardware: str | None  # aa:bb:cc:dd:ee:ff
    address: str | None  # IPv4 of the subject
    address6: str | None
    nas_port: int | None
    port: bytes | None  # NAS-Port-Id
    nas_address: str | None
    nas_identifier: bytes | None
    audit_session: str | None = None  # audit-session-id, where the device is a Cisco and told it


class Attempt(NamedTuple):
    """One way to put an order: `label` is for the record, `attributes` are encoded."""

    label: str
    attributes: bytes


# One way to name a session: a label for the record, and the attributes it takes.
Way = tuple[str, tuple[Attribute, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendor:
    """One vendor of network devices."""

    name: str  # of the file
    label: str
    number: int = 0  # private enterprise number; 0: none
    # A zone → all attributes of an Access-Accept that carry it out, encoded. Raises ValueError where one does not
    # fit; a zone without objections always fits.
    render: Callable[[Zone], bytes]
    # A zone → why devices of this vendor would not carry it out.
    object: Callable[[Zone], Iterable[Objection]]
    ways: tuple[Way, ...]  # how its devices let a session be named (RFC 5176 §3), best first
    supports_coa: bool = True
    # A session and what to do with it, encoded (nothing: end it) → ways to put the order, best first. Absent: `ways`,
    # with hardware addresses as IEEE 802 writes them (RFC 3580 §3.21).
    name_session: Callable[[Target, bytes], tuple[Attempt, ...]] | None = None
    # A session and a zone → ways to move it there, best first. Absent: as it is named, with the zone's attributes.
    change: Callable[[Target, Zone], tuple[Attempt, ...]] | None = None
    # A session → ways to make the device ask about it again by CoA-Request, best first. Absent: its devices have no
    # such order; they ask again after a Disconnect-Request.
    reauthenticate: Callable[[Target], tuple[Attempt, ...]] | None = None

    def objections(self, zone: Zone) -> tuple[Objection, ...]:
        """Return why devices of this vendor would not carry a zone out; empty: they would.

        A redirect address is judged at the length that it has with its token.
        """
        if zone.redirect_url:
            zone = zone._replace(redirect_url=filled(zone.redirect_url, "-" * LENGTH))
        return tuple(self.object(zone))

    def disconnect_attempts(self, target: Target) -> tuple[Attempt, ...]:
        """Return ways to end a session, best first."""
        return self._named(target, b"")

    def coa_attempts(self, target: Target, zone: Zone) -> tuple[Attempt, ...]:
        """Return ways to move a session into a zone, best first; none without CoA. Raises ValueError as `render`."""
        if not self.supports_coa:
            return ()
        return self.change(target, zone) if self.change else self._named(target, self.render(zone))

    def reauthentication_attempts(self, target: Target) -> tuple[Attempt, ...]:
        """Return ways to make a device ask again about a session by CoA, best first; none where it cannot."""
        return self.reauthenticate(target) if self.reauthenticate else ()

    def _named(self, target: Target, orders: bytes) -> tuple[Attempt, ...]:
        if self.name_session:
            return self.name_session(target, orders)
        return attempts(target, self.ways, Spelling.IETF, orders)


class UnknownVendor(LookupError):  # noqa: N818 - the condition is the name
    """There is no file of this name in radius/vendors."""


_NAME = re.compile(r"[a-z][a-z0-9]{0,31}")


@cache
def vendor_names() -> tuple[str, ...]:
    """Return the names of all vendors, sorted."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(radius.vendors.__path__)))


@cache
def _load(name: str) -> Vendor:
    vendor = import_module(f"radius.vendors.{name}").VENDOR
    if not isinstance(vendor, Vendor) or vendor.name != name:
        raise UnknownVendor(name)
    return vendor


def vendor_named(name: str) -> Vendor:
    """Find a vendor's file. Raises UnknownVendor; nothing but a name of vendor_names() is ever imported."""
    if _NAME.fullmatch(name) is None or name not in vendor_names():
        raise UnknownVendor("no such vendor")
    return _load(name)


def standard_attributes(zone: Zone, filter_id: str | None) -> bytes:
    """Render what every device understands: VLAN, ACL, time limits (RFC 3580 §3.9, §3.17, §3.19, §3.31)."""
    body = b""
    if zone.vlan:
        body += encode_vlan(zone.vlan)
    if filter_id:
        body += encode_attribute(Attribute.FILTER_ID, filter_id.encode())
    if zone.session_timeout:
        body += encode_integer(Attribute.SESSION_TIMEOUT, zone.session_timeout)
        if zone.reauthenticate:
            # Never alone: a Huawei then takes a time of its own (3600 s, or 1800 s for MAC authentication).
            body += encode_integer(Attribute.TERMINATION_ACTION, TERMINATION_REAUTHENTICATE)
    if zone.idle_timeout:
        body += encode_integer(Attribute.IDLE_TIMEOUT, zone.idle_timeout)
    if zone.interim:
        body += encode_integer(Attribute.ACCT_INTERIM_INTERVAL, zone.interim)
    return body


def standard_objections(zone: Zone) -> Iterable[Objection]:
    """Yield what no device of any vendor could carry out."""
    if zone.vlan:
        if is_number(zone.vlan) and (str(int(zone.vlan)) != zone.vlan or not 1 <= int(zone.vlan) <= 4094):
            yield Objection(
                "vlan", Effect.IGNORED, "VLAN 编号须为 1 到 4094。", "A VLAN number is 1 to 4094 (RFC 3580 §3.31)."
            )
        yield from text_objections("vlan", zone.vlan)
    for field, text in (("acl", zone.acl), ("role", zone.role), ("redirect_acl", zone.redirect_acl)):
        if text:
            yield from text_objections(field, text)
    for field, seconds in (("session_timeout", zone.session_timeout), ("idle_timeout", zone.idle_timeout)):
        if seconds is not None and not 1 <= seconds <= HIGHEST_INTEGER:
            yield Objection(field, Effect.IGNORED, "时长超出范围。", "The time is out of range.")
    if zone.interim is not None and not SHORTEST_INTERIM <= zone.interim <= HIGHEST_INTEGER:
        yield Objection(
            "interim",
            Effect.IGNORED,
            "计费更新间隔至少 60 秒。",
            "Interim records are at least 60 seconds apart (RFC 2869 §5.16).",
        )
    if zone.redirect_acl and not zone.redirect_url:
        yield Objection("redirect_acl", Effect.IGNORED, "没有重定向地址。", "There is no address to redirect to.")


def text_objections(field: str, text: str, longest: int = LONGEST_VALUE) -> Iterable[Objection]:
    """Yield what is wrong with text for a device: too long in octets, or not printable."""
    if len(text.encode()) > longest:
        yield Objection(field, Effect.OPENED, f"超过 {longest} 字节。", f"Longer than {longest} octets.")
    if not text.isprintable() or text != text.strip():
        yield Objection(field, Effect.OPENED, "含有不可打印的字符。", "It holds characters that cannot be printed.")


def rate_objections(zone: Zone, *, rendered: bool) -> Iterable[Objection]:
    """Yield objections to rates: out of range, or not `rendered` by this vendor at all."""
    for field, rate in (("rate_up", zone.rate_up), ("rate_down", zone.rate_down)):
        if rate is None:
            continue
        if not rendered:
            yield Objection(
                field,
                Effect.IGNORED,
                "这类设备不接受下发的限速，请写入角色或在设备上配置。",
                "These devices take no rate by RADIUS; put it into the role or the device.",
            )
        elif not 1 <= rate <= HIGHEST_INTEGER:
            yield Objection(
                field, Effect.IGNORED, "限速须为 1 到 4294967295 bit/s。", "A rate is 1 to 4294967295 bit/s."
            )


def is_number(text: str) -> bool:
    """Say whether a device would take text for a number."""
    return text.isascii() and text.isdigit()


def identification(target: Target, kinds: Iterable[Attribute], spelling: Spelling) -> bytes | None:
    """Encode the attributes that name a session (RFC 5176 §3), or return None where one of them is not known.

    NAS-IP-Address goes in front where the device told it: some devices insist, and none may mind its own address.
    """
    body = b""
    if target.nas_address:
        body += _address(target.nas_address)
    for kind in kinds:
        encoded = _named(target, kind, spelling)
        if encoded is None:
            return None
        body += encoded
    return body


def _address(text: str) -> bytes:
    if ":" in text:
        return encode_attribute(Attribute.NAS_IPV6_ADDRESS, IPv6Address(text).packed)
    return encode_attribute(Attribute.NAS_IP_ADDRESS, IPv4Address(text).packed)


def _named(target: Target, kind: Attribute, spelling: Spelling) -> bytes | None:
    value: bytes | None = None
    if kind is Attribute.ACCT_SESSION_ID:
        value = target.acct_session
    elif kind is Attribute.USER_NAME:
        value = target.login
    elif kind is Attribute.NAS_PORT_ID:
        value = target.port
    elif kind is Attribute.NAS_IDENTIFIER:
        value = target.nas_identifier
    elif kind is Attribute.CALLING_STATION_ID and target.hardware:
        value = spell(target.hardware, spelling).encode()
    elif kind is Attribute.FRAMED_IP_ADDRESS and target.address:
        value = IPv4Address(target.address).packed
    elif kind is Attribute.NAS_PORT and target.nas_port is not None:
        value = target.nas_port.to_bytes(4, "big")
    return encode_attribute(kind, value) if value else None


# Ways to name a session that one device or another accepts. A name alone is never one of them: it would end every
# session of the person.
BY_SESSION = ("session id", (Attribute.USER_NAME, Attribute.ACCT_SESSION_ID, Attribute.CALLING_STATION_ID))
BY_SESSION_ALONE = ("session id alone", (Attribute.ACCT_SESSION_ID,))
BY_HARDWARE = ("hardware address", (Attribute.CALLING_STATION_ID,))
BY_HARDWARE_AND_PORT = ("hardware address and port number", (Attribute.CALLING_STATION_ID, Attribute.NAS_PORT))
BY_ADDRESS = ("name and address", (Attribute.USER_NAME, Attribute.FRAMED_IP_ADDRESS))


# A session that cannot exist: whether the device refuses it or not, its signed answer proves that orders reach it.
BY_NOBODY = ("made-up session", (Attribute.ACCT_SESSION_ID,))


def probe_attempts(acct_session: bytes, nas_address: str | None) -> tuple[Attempt, ...]:
    """Return the one way to probe a device of any vendor: a Disconnect-Request about a session that it has not.

    `acct_session` is made up, 1..253 octets; `nas_address` is what the device calls its own. Nothing else is told: no
    name and no hardware address, which could be those of somebody who is there (RFC 5176 §3).
    """
    nobody = Target(acct_session, None, None, None, None, None, None, nas_address, None)
    return attempts(nobody, (BY_NOBODY,), Spelling.IETF)


def attempts(target: Target, ways: Iterable[Way], spelling: Spelling, orders: bytes = b"") -> tuple[Attempt, ...]:
    """Put together those ways for which the session has all the facts, each with the same `orders` behind it."""
    found: list[Attempt] = []
    for label, kinds in ways:
        body = identification(target, kinds, spelling)
        if body is not None and all(body + orders != other.attributes for other in found):
            found.append(Attempt(label, body + orders))
    return tuple(found)
