"""Cisco Catalyst switches and controllers (IOS, IOS XE).

After the IOS XE "RADIUS Change of Authorization" and IEEE 802.1X guides: Filter-Id with .in or .out, pairs of
attribute 9/1, CoA commands. Filter-Id without a direction would be applied to what leaves the port.
Tried at packet level only, read back by pyrad and tshark. A wireless controller may ignore CoA and still honour
a Disconnect-Request.
"""

from collections.abc import Iterable

from access.decision import Zone
from radius.hardware import Spelling
from radius.packet import LONGEST_VENDOR_VALUE, vendor_attribute
from radius.vendor import (
    BY_HARDWARE,
    BY_SESSION,
    BY_SESSION_ALONE,
    Attempt,
    Effect,
    Objection,
    Target,
    Vendor,
    attempts,
    identification,
    rate_objections,
    standard_attributes,
    standard_objections,
    text_objections,
)

NUMBER = 9
AV_PAIR = 1
_URL = "url-redirect="
_URL_ACL = "url-redirect-acl="
_WAYS = (BY_SESSION, BY_HARDWARE, BY_SESSION_ALONE)


def _pair(text: str) -> bytes:
    return vendor_attribute(NUMBER, AV_PAIR, text.encode())


_REAUTHENTICATE = _pair("subscriber:command=reauthenticate")


def _filter(acl: str | None) -> str | None:
    if not acl or acl.endswith((".in", ".out")):
        return acl
    return acl + ".in"


def _render(zone: Zone) -> bytes:
    body = standard_attributes(zone, _filter(zone.acl))
    if zone.redirect_url and zone.redirect_acl:
        body += _pair(_URL + zone.redirect_url) + _pair(_URL_ACL + zone.redirect_acl)
    return body


def _object(zone: Zone) -> Iterable[Objection]:
    yield from standard_objections(zone)
    yield from rate_objections(zone, rendered=False)
    if zone.acl:
        yield from text_objections("acl", _filter(zone.acl) or "")
    if zone.role:
        yield Objection(
            "role",
            Effect.OPENED,
            "思科设备请使用 ACL 或 VLAN。",
            "On Cisco, use an ACL or a VLAN instead of a role.",
        )
    if zone.redirect_url:
        yield from text_objections("redirect_url", zone.redirect_url, LONGEST_VENDOR_VALUE - len(_URL))
        if not zone.redirect_acl:
            yield Objection(
                "redirect_url",
                Effect.OPENED,
                "思科设备的重定向须同时指定 ACL。",
                "On Cisco, a redirect needs the ACL that says what is redirected.",
            )
    if zone.redirect_acl:
        yield from text_objections("redirect_acl", zone.redirect_acl, LONGEST_VENDOR_VALUE - len(_URL_ACL))


def _named(target: Target, orders: bytes) -> tuple[Attempt, ...]:
    found: tuple[Attempt, ...] = ()
    if target.audit_session:
        body = identification(target, (), Spelling.IETF) or b""
        found = (Attempt("audit session id", body + _pair("audit-session-id=" + target.audit_session) + orders),)
    return found + attempts(target, _WAYS, Spelling.IETF, orders)


def _reauthenticate(target: Target) -> tuple[Attempt, ...]:
    return _named(target, _REAUTHENTICATE)


def _change(target: Target, _zone: Zone) -> tuple[Attempt, ...]:
    # The device asks again and is told the zone then: IOS changes neither VLAN nor ACL by CoA attributes.
    return _reauthenticate(target)


VENDOR = Vendor(
    name="cisco",
    label="Cisco 思科",
    number=NUMBER,
    render=_render,
    object=_object,
    ways=_WAYS,
    name_session=_named,
    change=_change,
    reauthenticate=_reauthenticate,
)
