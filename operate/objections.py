"""What the devices in use could not carry out: a zone into which a rule leads on them, seen by their vendor's file.

A limit that a device ignores, or an access list that it opens up on, is no limit. So it is refused when a rule, a
zone or a device is saved, inside the unit of work that would have made it so.
"""

from typing import TYPE_CHECKING

from operate.exits import refused
from operate.words import Text, t

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from access.decision import Zone
    from portal.language import Text as PageText


def objections(session: "Session", *, zone: str | None = None, device: int | None = None) -> list[Text]:
    """Return what is in the way, over all enabled rules and devices, or those about one zone or one device."""
    from access.duties import Served, duties
    from access.rules import load_rules
    from access.tables import DeviceRow
    from access.zones import load_zones
    from radius.vendor import vendor_named

    served = [
        Served(row.vendor, row.group, row.site)
        for row in session.query(DeviceRow)
        if row.enabled and device in (None, row.number)
    ]
    found: dict[Text, None] = {}  # in order, each once
    for duty in duties(load_rules(session), load_zones(session), served):
        if zone not in (None, duty.zone.code):
            continue
        vendor = vendor_named(duty.vendor)
        for each in vendor.objections(duty.zone):
            says = t(
                "规则 {rule} 把人放入区域 {zone}，而 {vendor} 设备无法执行其 {field}：{why}",
                "Rule {rule} leads into zone {zone}, whose {field} devices of {vendor} cannot carry out: {why}",
            )
            why = Text(each.chinese, each.english)
            said = says.fill(rule=duty.rule, zone=duty.zone.code, vendor=vendor.label, field=each.field, why=why)
            found[said] = None
    return list(found)


def vendor_objections(zone: "Zone", vendor: str) -> "list[PageText]":
    """Return what speaks against a zone on devices of one vendor, as pages say it (portal.knowledge.Knowledge)."""
    from portal.language import Text as PageText
    from radius.vendor import vendor_named

    return [PageText(each.chinese, each.english) for each in vendor_named(vendor).objections(zone)]


def refuse_objections(session: "Session", *, zone: str | None = None, device: int | None = None) -> None:
    """Raise CommandFailed where something is in the way; nothing of the unit of work remains then."""
    session.flush()
    found = objections(session, zone=zone, device=device)
    if found:
        remedy = t(
            "请修改区域，或用 --device-group、--site 把规则限定在能执行它的设备上。",
            "Change the zone, or keep the rule to devices that can: --device-group, --site.",
        )
        raise refused(found[0], remedy, more=tuple(found[1:]))
