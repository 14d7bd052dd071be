"""Whether the devices in use can carry out what zones and rules ask of them; what they cannot is refused.

A limit that a device ignores, or an access list that it opens up on, is no limit.
"""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from access.decision import Zone
from access.duties import Served, duties
from access.rulebook import Rule
from access.rules import load_rules
from access.tables import DeviceRow
from access.zones import load_zones
from portal.console.device_commands import VENDORS
from portal.knowledge import Knowledge
from portal.language import Text, plain


class Objected(Exception):  # noqa: N818 - a refusal with its reasons
    """Devices could not carry out what was to be saved; nothing of the unit of work remains."""

    def __init__(self, sentences: tuple[Text, ...]) -> None:
        super().__init__(f"{len(sentences)} objections")
        self.sentences = sentences


class Ability(NamedTuple):
    """What a vendor's devices would make of a zone: nothing against it, or why not."""

    vendor: Text
    objections: tuple[Text, ...]


def vendor_name(vendor: str) -> Text:
    """Return how a vendor is called."""
    return VENDORS.get(vendor, plain(vendor))


def vendors_in_use(session: Session) -> list[str]:
    """Return the vendors of enabled devices."""
    return list(
        session.scalars(select(DeviceRow.vendor).where(DeviceRow.enabled).distinct().order_by(DeviceRow.vendor))
    )


def abilities(knowledge: Knowledge, zone: Zone, vendors: Iterable[str]) -> list[Ability]:
    """Return for each vendor whether its devices carry a zone out."""
    return [Ability(vendor_name(vendor), tuple(knowledge.objections(zone, vendor))) for vendor in vendors]


def objections(
    knowledge: Knowledge,
    session: Session,
    *,
    zone: str | None = None,
    device: int | None = None,
    rules: Iterable[Rule] | None = None,
) -> tuple[Text, ...]:
    """Return what is in the way, over all rules and devices or about one zone or device, each once.

    `rules` are proposed ones; absent, those of the session.
    """
    rows = session.execute(
        select(DeviceRow.number, DeviceRow.vendor, DeviceRow.group, DeviceRow.site).where(DeviceRow.enabled)
    )
    served = [Served(vendor, group, site) for number, vendor, group, site in rows if device in (None, number)]
    says = Text(
        "规则 {rule} 把人放入区域“{zone}”，而{vendor}设备无法执行：{why}",
        "Rule {rule} leads into zone {zone}, which devices of {vendor} cannot carry out: {why}",
    )
    found: dict[Text, None] = {}
    for duty in duties(load_rules(session) if rules is None else rules, load_zones(session), served):
        if zone in (None, duty.zone.code):
            for why in knowledge.objections(duty.zone, duty.vendor):
                found[
                    says.fill(rule=duty.rule or "–", zone=duty.zone.name, vendor=vendor_name(duty.vendor), why=why)
                ] = None
    return tuple(found)


def refuse(knowledge: Knowledge, session: Session, *, before: Iterable[Text] = (), device: int | None = None) -> None:
    """Raise Objected where something is in the way of what was changed in this session, and was not `before`."""
    session.flush()
    known = set(before)
    found = tuple(one for one in objections(knowledge, session, device=device) if one not in known)
    if found:
        raise Objected(found)
