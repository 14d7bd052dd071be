"""Huawei campus switches and controllers (S series, AirEngine).

After the S series configuration guides, chapter AAA, tables of RADIUS attributes (EDOC1100276761, EDOC1100141248).
Rates are Input- and Output-Committed-Information-Rate, the two numbers on which switches and routers agree.
Tried at packet level only, read back by pyrad and tshark. The device must refuse a session whose ACL or group it
does not have: `authorization-info check-fail policy offline`; by default it lets the subject in without it.
"""

from collections.abc import Iterable

from access.decision import Zone
from radius.hardware import Spelling
from radius.packet import LONGEST_VENDOR_VALUE, vendor_attribute, vendor_integer
from radius.vendor import (
    BY_ADDRESS,
    BY_HARDWARE,
    BY_SESSION_ALONE,
    Attempt,
    Effect,
    Objection,
    Target,
    Vendor,
    attempts,
    is_number,
    rate_objections,
    standard_attributes,
    standard_objections,
    text_objections,
)

NUMBER = 2011
INPUT_COMMITTED_RATE, OUTPUT_COMMITTED_RATE = 2, 5  # bit/s; input is from the subject to the network
PORTAL_URL, REDIRECT_ACL = 156, 173
EXT_SPECIFIC = 238
_REAUTHENTICATE = vendor_attribute(NUMBER, EXT_SPECIFIC, b"user-command=1")

# A Disconnect-Request with an Acct-Session-Id that the device has forgotten is ignored without a NAK, so the
# hardware address comes first and alone.
_WAYS = (BY_HARDWARE, BY_ADDRESS, BY_SESSION_ALONE)


def _render(zone: Zone) -> bytes:
    # Filter-Id holds an ACL number or the name of a group, never both in one packet.
    body = standard_attributes(zone, zone.acl or zone.role)
    if zone.rate_up:
        body += vendor_integer(NUMBER, INPUT_COMMITTED_RATE, zone.rate_up)
    if zone.rate_down:
        body += vendor_integer(NUMBER, OUTPUT_COMMITTED_RATE, zone.rate_down)
    if zone.redirect_url:
        body += vendor_attribute(NUMBER, PORTAL_URL, zone.redirect_url.encode())
        if zone.redirect_acl:
            body += vendor_attribute(NUMBER, REDIRECT_ACL, zone.redirect_acl.encode())
    return body


def _is_user_acl(text: str) -> bool:
    return is_number(text) and len(text) == 4 and 3000 <= int(text) <= 3999


def _object(zone: Zone) -> Iterable[Objection]:
    yield from standard_objections(zone)
    yield from rate_objections(zone, rendered=True)
    if zone.acl and zone.role:
        yield Objection(
            "role",
            Effect.OPENED,
            "华为设备的 Filter-Id 只能是 ACL 或用户组之一。",
            "On Huawei, Filter-Id is an ACL or a user group, never both.",
        )
    if zone.acl and not _is_user_acl(zone.acl):
        yield Objection(
            "acl",
            Effect.OPENED,
            "华为设备的用户 ACL 须为 3000 到 3999。",
            "On Huawei, the ACL of a user is a number from 3000 to 3999.",
        )
    if zone.role and is_number(zone.role):
        yield Objection(
            "role", Effect.OPENED, "纯数字会被当作 ACL。", "A group name of digits would be taken for an ACL."
        )
    if zone.redirect_url:
        yield from text_objections("redirect_url", zone.redirect_url, LONGEST_VENDOR_VALUE)
    if zone.redirect_acl and is_number(zone.redirect_acl) and not _is_user_acl(zone.redirect_acl):
        yield Objection(
            "redirect_acl",
            Effect.OPENED,
            "华为设备的重定向 ACL 须为 3000 到 3999 或名称。",
            "On Huawei, the ACL of a redirect is a number from 3000 to 3999, or a name.",
        )


def _reauthenticate(target: Target) -> tuple[Attempt, ...]:
    way = ("hardware address, reauthenticate", BY_HARDWARE[1])
    return attempts(target, (way,), Spelling.IETF, _REAUTHENTICATE)


def _change(target: Target, zone: Zone) -> tuple[Attempt, ...]:
    # The device has the subject log in again where it does not take the new attributes.
    return attempts(target, _WAYS[:2], Spelling.IETF, _render(zone)) + _reauthenticate(target)


VENDOR = Vendor(
    name="huawei",
    label="Huawei 华为",
    number=NUMBER,
    render=_render,
    object=_object,
    ways=_WAYS,
    change=_change,
    reauthenticate=_reauthenticate,
)
