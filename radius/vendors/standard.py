"""Any device that keeps to the RFCs: VLAN, Filter-Id, time limits; no rates, roles or redirects.

After RFC 2865, RFC 3580 §3, RFC 5176 §3.
Tried with hostapd (Disconnect-Request, accounting) and a FreeRADIUS server (CoA), in tests/peers; its
attributes read back by tshark and pyrad.
"""

from collections.abc import Iterable

from access.decision import Zone
from radius.vendor import (
    BY_ADDRESS,
    BY_HARDWARE,
    BY_SESSION,
    BY_SESSION_ALONE,
    Effect,
    Objection,
    Vendor,
    rate_objections,
    standard_attributes,
    standard_objections,
)

_WAYS = (BY_SESSION, BY_HARDWARE, BY_SESSION_ALONE, BY_ADDRESS)


def _render(zone: Zone) -> bytes:
    return standard_attributes(zone, zone.acl)


def _object(zone: Zone) -> Iterable[Objection]:
    yield from standard_objections(zone)
    yield from rate_objections(zone, rendered=False)
    if zone.role:
        yield Objection("role", Effect.OPENED, "标准属性没有角色。", "No standard attribute carries a role.")
    if zone.redirect_url:
        yield Objection(
            "redirect_url",
            Effect.OPENED,
            "标准属性没有重定向，用户将不受限制地上网。",
            "No standard attribute redirects; the subject would go on unredirected.",
        )


VENDOR = Vendor(name="standard", label="RFC 2865 / RFC 3580", render=_render, object=_object, ways=_WAYS)
