"""What network devices are asked to carry out: each enabled rule that leads into a zone on them. Pure.

Whether a vendor's devices can is known above; here is only who has to.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from access.decision import Zone
from access.rulebook import Rule


class Served(NamedTuple):
    """What a rule may ask of a device's record."""

    vendor: str
    group: str
    site: str


class Duty(NamedTuple):
    """A rule leads into a zone on devices of a vendor."""

    rule: int
    zone: Zone
    vendor: str


def duties(rules: Iterable[Rule], zones: Mapping[str, Zone], devices: Iterable[Served]) -> Iterator[Duty]:
    """Yield each duty once, by rule and by name of the vendor; `devices` are those that may ask."""
    served = set(devices)
    for rule in rules:
        zone = zones.get(rule.result)
        if not rule.enabled or zone is None:
            continue
        meant = {
            one.vendor
            for one in served
            if (not rule.device_group or one.group in rule.device_group) and (not rule.site or one.site in rule.site)
        }
        for vendor in sorted(meant):
            yield Duty(rule.number, zone, vendor)
