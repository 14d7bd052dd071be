"""H3C switches and controllers (Comware 7), and HPE's of the same origin.

After the H3C RADIUS Attributes Reference and the Comware 7 security guides, appendix "RADIUS subattributes
(vendor ID 25506)". Filter-Id of digits only is an ACL number, anything else is read as a user profile.
Tried at packet level only, read back by pyrad and tshark; reauthentication by CoA is not in the manuals, so a
change carries the new attributes.
"""

from collections.abc import Iterable

from access.decision import Zone
from radius.packet import LONGEST_VENDOR_VALUE, vendor_attribute, vendor_integer
from radius.vendor import (
    BY_ADDRESS,
    BY_HARDWARE,
    BY_SESSION,
    BY_SESSION_ALONE,
    Effect,
    Objection,
    Vendor,
    is_number,
    rate_objections,
    standard_attributes,
    standard_objections,
    text_objections,
)

NUMBER = 25506
INPUT_AVERAGE_RATE, OUTPUT_AVERAGE_RATE = 2, 5  # bit/s; input is from the subject to the network
USER_GROUP = 140
AV_PAIR = 210
_URL = b"url-redirect="
_URL_ACL = b"url-redirect-acl="
_WAYS = (BY_SESSION, BY_HARDWARE, BY_SESSION_ALONE, BY_ADDRESS)


def _render(zone: Zone) -> bytes:
    body = standard_attributes(zone, zone.acl)
    if zone.role:
        body += vendor_attribute(NUMBER, USER_GROUP, zone.role.encode())
    if zone.rate_up:
        body += vendor_integer(NUMBER, INPUT_AVERAGE_RATE, zone.rate_up)
    if zone.rate_down:
        body += vendor_integer(NUMBER, OUTPUT_AVERAGE_RATE, zone.rate_down)
    if zone.redirect_url:
        body += vendor_attribute(NUMBER, AV_PAIR, _URL + zone.redirect_url.encode())
        if zone.redirect_acl:
            body += vendor_attribute(NUMBER, AV_PAIR, _URL_ACL + zone.redirect_acl.encode())
    return body


def _object(zone: Zone) -> Iterable[Objection]:
    yield from standard_objections(zone)
    yield from rate_objections(zone, rendered=True)
    if zone.acl and not (is_number(zone.acl) and len(zone.acl) == 4 and 2000 <= int(zone.acl) <= 5999):
        yield Objection(
            "acl",
            Effect.OPENED,
            "H3C 设备的 ACL 须为 2000 到 5999；名称会被当作 User Profile。",
            "On H3C, an ACL is a number from 2000 to 5999; a name would be taken for a user profile.",
        )
    if zone.role:
        yield from text_objections("role", zone.role, LONGEST_VENDOR_VALUE)
    if zone.redirect_url:
        yield from text_objections("redirect_url", zone.redirect_url, LONGEST_VENDOR_VALUE - len(_URL))
    if zone.redirect_acl:
        yield from text_objections("redirect_acl", zone.redirect_acl, LONGEST_VENDOR_VALUE - len(_URL_ACL))


VENDOR = Vendor(name="h3c", label="H3C 新华三", number=NUMBER, render=_render, object=_object, ways=_WAYS)
