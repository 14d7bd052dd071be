"""Aruba controllers and switches (ArubaOS, AOS-CX, ArubaOS-Switch).

After the ArubaOS and AOS-CX guides, RADIUS vendor attributes of 14823. A role holds rates, filters and what a
captive portal may reach, so a zone names a role and, on top, a VLAN and the portal's address.
Tried at packet level only, read back by pyrad and tshark. In orders ArubaOS-Switch wants NAS-Port, not
NAS-Port-Id; controllers spell hardware addresses without separators.
"""

from collections.abc import Iterable

from access.decision import Zone
from radius.hardware import Spelling
from radius.packet import LONGEST_VENDOR_VALUE, vendor_attribute
from radius.vendor import (
    BY_ADDRESS,
    BY_HARDWARE,
    BY_HARDWARE_AND_PORT,
    BY_SESSION,
    Attempt,
    Effect,
    Objection,
    Target,
    Vendor,
    attempts,
    rate_objections,
    standard_attributes,
    standard_objections,
    text_objections,
)

NUMBER = 14823
USER_ROLE = 1
CAPTIVE_PORTAL_URL = 43
LONGEST_ROLE = 63
_WAYS = (BY_SESSION, BY_HARDWARE_AND_PORT, BY_HARDWARE, BY_ADDRESS)
_PLAIN = ("hardware address without separators", BY_HARDWARE[1])


def _render(zone: Zone) -> bytes:
    body = standard_attributes(zone, None)
    if zone.role:
        body += vendor_attribute(NUMBER, USER_ROLE, zone.role.encode())
    if zone.redirect_url:
        body += vendor_attribute(NUMBER, CAPTIVE_PORTAL_URL, zone.redirect_url.encode())
    return body


def _object(zone: Zone) -> Iterable[Objection]:
    yield from standard_objections(zone)
    yield from rate_objections(zone, rendered=False)
    if zone.acl:
        yield Objection("acl", Effect.OPENED, "Aruba 设备请把 ACL 写入角色。", "On Aruba, put the ACL into the role.")
    if zone.role:
        yield from text_objections("role", zone.role, LONGEST_ROLE)
    if zone.redirect_url:
        yield from text_objections("redirect_url", zone.redirect_url, LONGEST_VENDOR_VALUE)
        if not zone.role:
            yield Objection(
                "redirect_url",
                Effect.OPENED,
                "Aruba 设备的重定向须指定角色。",
                "On Aruba, a redirect needs the role that says what is redirected.",
            )
    if zone.redirect_acl:
        yield Objection(
            "redirect_acl",
            Effect.OPENED,
            "Aruba 设备请写入角色。",
            "On Aruba, put the ACL of a redirect into the role.",
        )


def _named(target: Target, orders: bytes) -> tuple[Attempt, ...]:
    return attempts(target, _WAYS, Spelling.IETF, orders) + attempts(target, (_PLAIN,), Spelling.PLAIN, orders)


VENDOR = Vendor(
    name="aruba", label="Aruba", number=NUMBER, render=_render, object=_object, ways=_WAYS, name_session=_named
)
