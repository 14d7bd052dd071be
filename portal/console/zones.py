"""Zones: what a login gets on a port, which vendors' devices carry it out, and what leads into it."""

from decimal import Decimal, InvalidOperation
from typing import Any

from fastapi import APIRouter, Depends
from sqlalchemy import func, select
from starlette.responses import Response

from access import zones
from access.decision import Zone
from access.malformed import ZoneMalformed
from access.rules import load_rules
from access.tables import SessionRow
from portal import carrying
from portal.carrying import Objected
from portal.console.desk import Desk, Posted, asks
from portal.console.malformed_words import sentence as flaw_sentence
from portal.console.refusals import ConsoleRefused, Why
from portal.console.roles import Right
from portal.console.rule_forms import names
from portal.console.rule_sentences import sentence
from portal.language import Text
from portal.requests import go

router = APIRouter()
LINES = ("vlan", "acl", "role", "redirect_url", "redirect_acl", "message")
RATES = ("rate_up", "rate_down")
NUMBERS = ("session_timeout", "idle_timeout", "interim")
LISTS = ("reaches", "excludes")
_MEGABIT = 1_000_000
_NEW = Zone("", "")


@router.get("/zones")
def list_zones(desk: Desk = Depends(asks(Right.RULES_SEE))) -> Response:
    """List zones with what they set on a port, and which vendors in use cannot."""
    with desk.knowledge.store.read() as session:
        found = list(zones.load_zones(session).values())
        vendors = carrying.vendors_in_use(session)
        rules = load_rules(session)
    return desk.page(
        "console/zones.html", zones=found, megabits=megabits,
        abilities={zone.code: carrying.abilities(desk.knowledge, zone, vendors) for zone in found},
        leading={zone.code: sum(rule.result == zone.code and rule.enabled for rule in rules) for zone in found},
    )  # fmt: skip


@router.get("/zones/new")
def new(desk: Desk = Depends(asks(Right.RULES_CHANGE))) -> Response:
    """Show the form of a new zone."""
    return _form(desk, shown(_NEW), code="")


@router.post("/zones/new")
def add(desk: Desk = Depends(asks(Right.RULES_CHANGE, proven=True))) -> Response:
    """Make a zone."""
    return _save(desk, code="")


@router.get("/zones/{code}")
def show(code: str, desk: Desk = Depends(asks(Right.RULES_SEE))) -> Response:
    """Show a zone: its fields, what each vendor makes of it, and the rules that lead into it."""
    zone = _zone(desk, code)
    with desk.knowledge.store.read() as session:
        known = zones.load_zones(session)
        rules = [rule for rule in load_rules(session) if rule.result == code]
        said = names(session, rules)
        abilities = carrying.abilities(desk.knowledge, zone, carrying.vendors_in_use(session))
    return desk.page(
        "console/zone.html", zone=zone, zones=known, abilities=abilities, megabits=megabits, rules=rules,
        said={rule.number: sentence(rule, said) for rule in rules},
    )  # fmt: skip


@router.get("/zones/{code}/edit")
def edit(code: str, desk: Desk = Depends(asks(Right.RULES_CHANGE))) -> Response:
    """Show the form with what the zone says."""
    return _form(desk, shown(_zone(desk, code)), code=code)


@router.post("/zones/{code}/edit")
def change(code: str, desk: Desk = Depends(asks(Right.RULES_CHANGE, proven=True))) -> Response:
    """Change a zone; sessions that are open get it when they authenticate again."""
    _zone(desk, code)
    return _save(desk, code=code)


@router.get("/zones/{code}/remove")
def remove_page(code: str, desk: Desk = Depends(asks(Right.RULES_CHANGE))) -> Response:
    """Say what is still in a zone."""
    return _removal(desk, code)


@router.post("/zones/{code}/remove")
def remove(code: str, desk: Desk = Depends(asks(Right.RULES_CHANGE, proven=True))) -> Response:
    """Remove a zone into which nothing leads."""
    _zone(desk, code)
    try:
        with desk.knowledge.store.write() as unit:
            zones.remove(unit, desk.actor, code)
    except ZoneMalformed:
        return _removal(desk, code, status=400)
    return go("/zones")


def _removal(desk: Desk, code: str, status: int = 200) -> Response:
    zone = _zone(desk, code)
    with desk.knowledge.store.read() as session:
        rules = [rule for rule in load_rules(session) if code in {rule.result, *rule.right}]
        others = [one for one in zones.load_zones(session).values() if code in one.reaches | one.excludes]
        inside = select(func.count()).where(SessionRow.stopped_at.is_(None), SessionRow.zone == code)
        count = session.scalar(inside) or 0
    return desk.page("console/zone_end.html", status=status, zone=zone, rules=rules, others=others, count=count)


def _zone(desk: Desk, code: str) -> Zone:
    with desk.knowledge.store.read() as session:
        zone = zones.load_zones(session).get(code)
    if zone is None:
        raise ConsoleRefused(Why.NOT_FOUND, status=404)
    return zone


def megabits(rate: int) -> str:
    """Return bit/s as Mbit/s, exactly."""
    return f"{(Decimal(rate) / _MEGABIT).normalize():f}"


def shown(zone: Zone) -> dict[str, Any]:
    """Return what the form shows of a zone."""
    values: dict[str, Any] = {name: getattr(zone, name) or "" for name in ("code", "name", *LINES)}
    values |= {name: "" if getattr(zone, name) is None else megabits(getattr(zone, name)) for name in RATES}
    values |= {name: "" if getattr(zone, name) is None else str(getattr(zone, name)) for name in NUMBERS}
    values |= {name: sorted(getattr(zone, name)) for name in LISTS}
    return values | {"reauthenticate": zone.reauthenticate}


def told(posted: Posted, code: str) -> Zone:
    """Return the zone that a form says. Raises ConsoleRefused beside a field that is no number."""
    fields: dict[str, Any] = {name: posted.text(name) or None for name in LINES}
    fields |= {name: _rate(posted, name) for name in RATES}
    fields |= {name: posted.number(name) if posted.text(name) else None for name in NUMBERS}
    fields |= {name: frozenset(posted.several(name)) for name in LISTS}
    return Zone(
        code=code or posted.wanted("code"),
        name=posted.wanted("name"),
        reauthenticate=posted.ticked("reauthenticate"),
        **fields,
    )


def _rate(posted: Posted, name: str) -> int | None:
    text = posted.text(name)
    if not text:
        return None
    try:
        rate = Decimal(text) * _MEGABIT
        whole = int(rate)
    except (InvalidOperation, ValueError, OverflowError):
        raise ConsoleRefused(Why.FIELD_MALFORMED, name) from None
    if len(text) > 20 or rate != whole:
        raise ConsoleRefused(Why.FIELD_MALFORMED, name)
    return whole


def _typed(posted: Posted) -> dict[str, Any]:
    values: dict[str, Any] = {name: posted.text(name) for name in ("code", "name", *LINES, *RATES, *NUMBERS)}
    return values | {name: posted.several(name) for name in LISTS} | {"reauthenticate": posted.ticked("reauthenticate")}


def _save(desk: Desk, *, code: str) -> Response:
    typed = _typed(desk.posted)
    try:
        zone = told(desk.posted, code)
        with desk.knowledge.store.write() as unit:
            before = carrying.objections(desk.knowledge, unit.session)
            (zones.change if code else zones.add)(unit, desk.actor, zone)
            carrying.refuse(desk.knowledge, unit.session, before=before)
    except ZoneMalformed as malformed:
        return _form(desk, typed, code=code, errors={malformed.field: flaw_sentence(malformed)})
    except ConsoleRefused as refused:
        return _form(desk, typed, code=code, errors={refused.field or "name": refused.why.value.text})
    except Objected as objected:
        return _form(desk, typed, code=code, objections=objected.sentences)
    return go(f"/zones/{zone.code}")


def _form(
    desk: Desk,
    values: dict[str, Any],
    *,
    code: str,
    errors: dict[str, Text] | None = None,
    objections: tuple[Text, ...] = (),
) -> Response:
    with desk.knowledge.store.read() as session:
        others = [(zone.code, zone.name) for zone in zones.load_zones(session).values() if zone.code != code]
    return desk.page(
        "console/zone_form.html", status=400 if errors or objections else 200, values=values, code=code,
        others=others, errors=errors or {}, objections=objections,
    )  # fmt: skip
