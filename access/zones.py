"""Zones as rows: what they mean on a port, what they reach, and what must never be joined with what."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from access.decision import Zone
from access.malformed import RuleMalformed, ZoneMalformed
from access.redirects import LENGTH, PLACEHOLDER, filled
from access.tables import DeviceRow, RuleRow, ZoneRow
from store.engine import Unit

# What the vendors of the devices in use have against a zone, as sentences. Vendor knowledge lives above here.
Objections = Callable[[Zone, frozenset[str]], Sequence[str]]

_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")  # as rights are spelled in the registry
_URL = re.compile(r"https?://[^\s/?#{}]+(?:[^\s{}]|" + re.escape(PLACEHOLDER) + ")*")
_VLAN_NAME = 32  # octets (IEEE 802.1Q §12.10.2)
_VALUE = 253  # octets of one attribute (RFC 2865 §5)
_LONGEST = 2**31 - 1  # seconds; some devices take a value of RFC 2865 §5.27 for a signed one
_RESERVED = "refuse"  # what a rule's result may be instead of a zone
_LISTS = ("reaches", "excludes")


def load_zones(session: Session) -> dict[str, Zone]:
    """Return all zones by code."""
    return {row.code: _zone(row) for row in session.scalars(select(ZoneRow).order_by(ZoneRow.code))}


def _zone(row: ZoneRow) -> Zone:
    values = {field: getattr(row, field) for field in Zone._fields}
    return Zone(**values | {field: _codes(values[field]) for field in _LISTS})


def _codes(text: str) -> frozenset[str]:
    return frozenset(text.split(",")) if text else frozenset()


def add(unit: Unit, actor: str, zone: Zone, objections: Objections | None = None) -> None:
    """Add a zone. Raises ZoneMalformed."""
    zones = load_zones(unit.session)
    if zone.code in zones:
        raise ZoneMalformed("code", "one that no other zone has")
    _check(unit.session, zone, zones, objections)
    unit.session.add(ZoneRow(**_columns(zone)))
    _trace(unit, actor, "zone.add", None, zone)


def change(unit: Unit, actor: str, zone: Zone, objections: Objections | None = None) -> None:
    """Replace the zone that has this code. Raises ZoneMalformed."""
    zones = load_zones(unit.session)
    before = zones.get(zone.code)
    row = unit.session.get(ZoneRow, zone.code)
    if before is None or row is None:
        raise ZoneMalformed("code", "the code of a zone")
    _check(unit.session, zone, zones, objections)
    for column, value in _columns(zone).items():
        setattr(row, column, value)
    _trace(unit, actor, "zone.change", before, zone)


def remove(unit: Unit, actor: str, code: str) -> None:
    """Remove a zone that nothing leads into. Raises ZoneMalformed."""
    zones = load_zones(unit.session)
    row = unit.session.get(ZoneRow, code)
    if row is None:
        raise ZoneMalformed("code", "the code of a zone")
    for number, result, right in unit.session.execute(select(RuleRow.number, RuleRow.result, RuleRow.right)):
        if code in (result, *_words(right)):
            raise ZoneMalformed("code", f"a zone that no rule names (see rule {number})")
    for other in zones.values():
        if code in other.reaches | other.excludes:
            raise ZoneMalformed("code", f"a zone that no other zone names (see zone {other.code})")
    unit.session.delete(row)
    _trace(unit, actor, "zone.remove", zones[code], None)


def joined(zones: Mapping[str, Zone], codes: Iterable[str]) -> tuple[str, str] | None:
    """Return two of these zones that must never be joined, or None. It is enough that one excludes the other."""
    present = sorted(code for code in codes if code in zones)
    for code in present:
        for other in present:
            if other in zones[code].excludes:
                return code, other
    return None


def rule_joins(zones: Mapping[str, Zone], result: str, rights: Iterable[str]) -> tuple[str, str] | None:
    """Return two zones that a rule would join for somebody, or None.

    Who is let into `result` is in touch with all that it reaches, and holds one of the rights to other zones.
    """
    inside = {result, *(zones[result].reaches if result in zones else ())}
    for right in ({result}, *({each} for each in rights)):
        pair = joined(zones, inside | right)
        if pair is not None:
            return pair
    return None


def _check(session: Session, zone: Zone, zones: Mapping[str, Zone], objections: Objections | None) -> None:
    _check_fields(zone)
    after = {**zones, zone.code: zone}
    for field in _LISTS:
        if getattr(zone, field) - (after.keys() - {zone.code}):
            raise ZoneMalformed(field, "codes of other zones that exist")
    if zone.reaches & zone.excludes:
        raise ZoneMalformed("reaches", "no zone that it excludes")
    for each in after.values():
        pair = joined(after, {each.code, *each.reaches})
        if pair is not None:
            raise ZoneMalformed("excludes", f"zone {each.code} would join {pair[0]} and {pair[1]}")
    for number, result, right in session.execute(select(RuleRow.number, RuleRow.result, RuleRow.right)):
        pair = rule_joins(after, result, _words(right))
        if pair is not None:
            raise ZoneMalformed("excludes", f"rule {number} would join {pair[0]} and {pair[1]}")
    if objections is not None:
        vendors = frozenset(session.scalars(select(DeviceRow.vendor).where(DeviceRow.enabled).distinct()))
        found = objections(zone, vendors)
        if found:
            raise ZoneMalformed("zone", "; ".join(found))


def _check_fields(zone: Zone) -> None:
    if not _CODE.fullmatch(zone.code) or zone.code == _RESERVED:
        raise ZoneMalformed("code", "lower-case letters, digits and hyphen, at most 32, and not the word refuse")
    if not zone.name.strip() or len(zone.name) > 100 or not zone.name.isprintable():
        raise ZoneMalformed("name", "one line of at most 100 characters")
    if zone.vlan is not None:
        check_vlan(zone.vlan)
    for field in ("acl", "role", "redirect_acl", "message"):
        text = getattr(zone, field)
        if text is not None and not _fits(text, _VALUE):
            raise ZoneMalformed(field, f"one line of at most {_VALUE} octets in UTF-8")
    if zone.redirect_url is not None and not _redirects(zone.redirect_url):
        wanted = f"an http or https address of at most {_VALUE} octets with the token, which stands for {PLACEHOLDER}"
        raise ZoneMalformed("redirect_url", wanted)
    for field, least, most in (
        ("rate_up", 1000, 2**40),
        ("rate_down", 1000, 2**40),
        ("session_timeout", 60, _LONGEST),
        ("idle_timeout", 60, _LONGEST),
        ("interim", 60, 86400),  # RFC 2869 §5.16: not smaller than 60
    ):
        number = getattr(zone, field)
        if number is not None and not least <= number <= most:
            raise ZoneMalformed(field, f"from {least} to {most}")


def _redirects(url: str) -> bool:
    """Say whether a device could send somebody there, with a token in place of each placeholder."""
    return url.isascii() and _URL.fullmatch(url) is not None and _fits(filled(url, "-" * LENGTH), _VALUE)


def check_vlan(vlan: str) -> None:
    """Accept a VLAN id from 1 to 4094 (IEEE 802.1Q §9.6) or a VLAN name (RFC 3580 §3.31); else ZoneMalformed."""
    if re.fullmatch(r"[0-9]+", vlan):
        if len(vlan) > 4 or vlan[0] == "0" or not 1 <= int(vlan) <= 4094:
            raise ZoneMalformed("vlan", "an id from 1 to 4094, or a name")
    elif not _fits(vlan, _VLAN_NAME):
        raise ZoneMalformed("vlan", f"an id from 1 to 4094, or a name of at most {_VLAN_NAME} octets")


def _fits(text: str, octets: int) -> bool:
    return bool(text.strip()) and text.isprintable() and len(text.encode("utf-8", "replace")) <= octets


def refuse_joining(zones: Mapping[str, Zone], result: str, rights: Iterable[str]) -> None:
    """Raise RuleMalformed where a rule would join zones that must never be joined."""
    pair = rule_joins(zones, result, rights)
    if pair is not None:
        raise RuleMalformed("result", f"a zone that does not join {pair[0]} and {pair[1]}")


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _columns(zone: Zone) -> dict[str, Any]:
    columns = zone._asdict()
    return columns | {field: ",".join(sorted(columns[field])) for field in _LISTS}


def _trace(unit: Unit, actor: str, act: str, before: Zone | None, after: Zone | None) -> None:
    told = [None if zone is None else _columns(zone) for zone in (before, after)]
    code = next(columns["code"] for columns in told if columns is not None)
    unit.changed("zone", code)
    unit.act(actor, act, code, *told)
