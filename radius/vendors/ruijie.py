"""Ruijie switches and controllers (RGOS).

After the RG-S2900G-E configuration guide, "RADIUS Dynamic Authorization Extension", and the WLAN guide: standard
attributes, and Cisco's pairs for redirects. Ruijie's own attributes (vendor 4881) have no public list: unused.
Tried at packet level only, read back by pyrad and tshark. Orders are off by default on the device
(`radius dynamic-authorization-extension enable`) and name a session by Calling-Station-Id, in one of three ways.
"""

from collections.abc import Iterable

from access.decision import Zone
from radius.hardware import Spelling
from radius.packet import LONGEST_VENDOR_VALUE, vendor_attribute
from radius.vendor import (
    BY_HARDWARE,
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

NUMBER = 4881
CISCO, CISCO_AV_PAIR = 9, 1
_URL = b"url-redirect="
_URL_ACL = b"url-redirect-acl="
# What the device calls ietf, normal and unformatted.
_SPELLINGS = (Spelling.IETF, Spelling.DOTTED, Spelling.PLAIN)


def _render(zone: Zone) -> bytes:
    body = standard_attributes(zone, zone.acl)
    if zone.redirect_url and zone.redirect_acl:
        body += vendor_attribute(CISCO, CISCO_AV_PAIR, _URL + zone.redirect_url.encode())
        body += vendor_attribute(CISCO, CISCO_AV_PAIR, _URL_ACL + zone.redirect_acl.encode())
    return body


def _object(zone: Zone) -> Iterable[Objection]:
    yield from standard_objections(zone)
    yield from rate_objections(zone, rendered=False)
    if zone.role:
        yield Objection(
            "role", Effect.OPENED, "锐捷设备没有公开的角色属性。", "Ruijie has no public attribute for a role."
        )
    if zone.redirect_url:
        yield from text_objections("redirect_url", zone.redirect_url, LONGEST_VENDOR_VALUE - len(_URL))
        if not zone.redirect_acl:
            yield Objection(
                "redirect_url",
                Effect.OPENED,
                "重定向须同时指定 ACL。",
                "A redirect needs the ACL that says what is redirected.",
            )
    if zone.redirect_acl:
        yield from text_objections("redirect_acl", zone.redirect_acl, LONGEST_VENDOR_VALUE - len(_URL_ACL))


def _named(target: Target, orders: bytes) -> tuple[Attempt, ...]:
    found: tuple[Attempt, ...] = ()
    for spelling in _SPELLINGS:
        label = f"{BY_HARDWARE[0]}, {spelling.name.lower()}"
        found += attempts(target, ((label, BY_HARDWARE[1]),), spelling, orders)
    return found + attempts(target, (BY_SESSION,), Spelling.IETF, orders)


VENDOR = Vendor(
    name="ruijie",
    label="Ruijie 锐捷",
    number=NUMBER,
    render=_render,
    object=_object,
    ways=(BY_HARDWARE, BY_SESSION),
    supports_coa=False,
    name_session=_named,
)
