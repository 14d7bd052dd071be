"""What the devices in use could not carry out: a zone into which a rule leads on them, seen by their vendor's file.

A limit that a device ignores, or an access list that it opens up on, is no limit. So it is refused when a rule, a
zone or a device is saved, inside the unit of work that would have made it so.
"""

from typing import TYPE_CHECKING

from operate.exits import refused
from operate.words import Text, t

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def objections(session: "Session", *, zone: str | None = None, device: int | None = None) -> list[Text]:
    """Return what is in the way, over all enabled rules and devices, or those about one zone or one device."""
    from access.rules import load_rules
    from access.tables import DeviceRow
    from access.zones import load_zones
    from radius.vendor import vendor_named

    zones = load_zones(session)
    devices = [row for row in session.query(DeviceRow) if row.enabled and device in (None, row.number)]
    found: dict[Text, None] = {}  # in order, each once
    for rule in load_rules(session):
        into = zones.get(rule.result)
        if not rule.enabled or into is None or zone not in (None, rule.result):
            continue
        meant = {
            row.vendor
            for row in devices
            if (not rule.device_group or row.group in rule.device_group) and (not rule.site or row.site in rule.site)
        }
        for name in sorted(meant):
            vendor = vendor_named(name)
            for each in vendor.objections(into):
                says = t(
                    "规则 {rule} 把人放入区域 {zone}，而 {vendor} 设备无法执行其 {field}：{why}",
                    "Rule {rule} leads into zone {zone}, whose {field} devices of {vendor} cannot carry out: {why}",
                )
                why = Text(each.chinese, each.english)
                said = says.fill(rule=rule.number, zone=into.code, vendor=vendor.label, field=each.field, why=why)
                found[said] = None
    return list(found)


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
