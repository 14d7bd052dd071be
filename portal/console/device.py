"""One network device: what is known of it, its record, the lock against forgery, and its end."""

from fastapi import APIRouter, Depends
from starlette.responses import Response

from access import devices, sessions
from access.device_activity import Activity, activity, last_order, refusals
from access.device_drops import drops
from access.malformed import DeviceMalformed
from access.tables import DeviceRow
from access.zones import load_zones
from portal import carrying
from portal.carrying import Objected
from portal.console.desk import Desk, asks
from portal.console.device_commands import VENDORS, commands, spot
from portal.console.device_terms import OBSERVED, PROTECTION, reason, remedy, unprobeable
from portal.console.devices import LATELY, choices, errors_of, told, typed_fields
from portal.console.drop_words import words_of
from portal.console.orders import answer_to
from portal.console.refusals import ConsoleRefused, Why
from portal.console.roles import Right
from portal.language import Text, plain
from portal.requests import go

router = APIRouter()
NAMED_SESSIONS = 20  # of those that a confirm page names
_HIGHEST = 2**31 - 1


def device_of(desk: Desk, number: int) -> DeviceRow:
    """Return the row of a device. Raises ConsoleRefused as for a page that is none."""
    with desk.knowledge.store.read() as session:
        row = session.get(DeviceRow, number) if number <= _HIGHEST else None
    if row is None:
        raise ConsoleRefused(Why.NOT_FOUND, status=404)
    return row


@router.get("/devices/{number:int}")
def show(number: int, desk: Desk = Depends(asks(Right.DEVICES_SEE))) -> Response:
    """Show a device: its record, how safe it is, what came of it in a day, and its commands without the secret."""
    row = device_of(desk, number)
    with desk.knowledge.store.read() as session:
        since = desk.knowledge.clock() - LATELY
        lately = activity(session, [number], since).get(number, Activity())
        refused = refusals(session, number, since)
        dropped = drops(session, number, since)
        order = last_order(session, number)
        zones = list(load_zones(session).values())
        objected = carrying.objections(desk.knowledge, session, device=number)
    at = spot(desk.knowledge, row.prefix)
    return desk.page(
        "console/device.html", row=row, lately=lately, refusals=refused, drops=dropped, words_of=words_of,
        reason=reason, remedy=remedy, order=order,
        answer=answer_to(order) if order else None, unprobeable=unprobeable(row),
        protection=PROTECTION[devices.protection(row)], observed=OBSERVED.get(row.observed, plain(row.observed)),
        vendor=carrying.vendor_name(row.vendor), objections=objected,
        commands=commands(row.vendor, at, coa_port=row.dynauth_port, zones=zones),
    )  # fmt: skip


@router.get("/devices/{number:int}/edit")
def edit(number: int, desk: Desk = Depends(asks(Right.DEVICES_CHANGE))) -> Response:
    """Show the form with what is known."""
    row = device_of(desk, number)
    values = {
        "name": row.name, "prefix": row.prefix.removesuffix("/32").removesuffix("/128"), "vendor": row.vendor,
        "group": row.group, "site": row.site, "dynauth_port": str(row.dynauth_port),
        "dynauth_address": row.dynauth_address or "",
    }  # fmt: skip
    return _form(desk, row, values)


def _form(
    desk: Desk,
    row: DeviceRow,
    values: dict[str, str],
    *,
    errors: dict[str, Text] | None = None,
    objections: tuple[Text, ...] = (),
) -> Response:
    return desk.page(
        "console/device_form.html", status=400 if errors or objections else 200, row=row, values=values,
        errors=errors or {}, objections=objections, **choices(desk),
    )  # fmt: skip


@router.post("/devices/{number:int}/edit")
def change(number: int, desk: Desk = Depends(asks(Right.DEVICES_CHANGE))) -> Response:
    """Change the record."""
    row, typed = device_of(desk, number), typed_fields(desk)
    try:
        fields = told(desk)
        with desk.knowledge.store.write() as unit:
            before = carrying.objections(desk.knowledge, unit.session, device=number)
            devices.change(unit, desk.actor, number, {*VENDORS, row.vendor}, **fields)
            if not desk.posted.ticked("anyway"):
                carrying.refuse(desk.knowledge, unit.session, before=before, device=number)
    except (DeviceMalformed, ConsoleRefused) as refused:
        return _form(desk, row, typed, errors=errors_of(refused))
    except Objected as objected:
        return _form(desk, row, typed, objections=objected.sentences)
    return go(f"/devices/{number}")


@router.post("/devices/{number:int}/lock")
def lock(number: int, desk: Desk = Depends(asks(Right.DEVICES_CHANGE))) -> Response:
    """Require Message-Authenticator from now on, or let the next request decide anew (CVE-2024-3596)."""
    device_of(desk, number)
    undo = desk.posted.wanted("lock") != "yes"
    with desk.knowledge.store.write() as unit:
        devices.change(unit, desk.actor, number, require="auto" if undo else "yes")
        if undo:
            devices.forget_observed(unit, desk.actor, number)
    return go(f"/devices/{number}")


@router.get("/devices/{number:int}/disable")
def disable_page(number: int, desk: Desk = Depends(asks(Right.DEVICES_CHANGE))) -> Response:
    """Say what stops when a device may no longer ask."""
    return _confirm(desk, number, "disable")


@router.post("/devices/{number:int}/disable")
def disable(number: int, desk: Desk = Depends(asks(Right.DEVICES_CHANGE, proven=True))) -> Response:
    """Answer nothing that this device sends, until it is enabled."""
    return _enabled(desk, number, enabled=False)


@router.post("/devices/{number:int}/enable")
def enable(number: int, desk: Desk = Depends(asks(Right.DEVICES_CHANGE))) -> Response:
    """Answer this device again."""
    return _enabled(desk, number, enabled=True)


def _enabled(desk: Desk, number: int, *, enabled: bool) -> Response:
    device_of(desk, number)
    with desk.knowledge.store.write() as unit:
        devices.change(unit, desk.actor, number, enabled=enabled)
    return go(f"/devices/{number}")


@router.get("/devices/{number:int}/remove")
def remove_page(number: int, desk: Desk = Depends(asks(Right.DEVICES_CHANGE))) -> Response:
    """Say what stops when a device is taken out."""
    return _confirm(desk, number, "remove")


@router.post("/devices/{number:int}/remove")
def remove(number: int, desk: Desk = Depends(asks(Right.DEVICES_CHANGE, proven=True))) -> Response:
    """Take a device out."""
    device_of(desk, number)
    with desk.knowledge.store.write() as unit:
        devices.remove(unit, desk.actor, number)
    return go("/devices")


def _confirm(desk: Desk, number: int, act: str) -> Response:
    row = device_of(desk, number)
    with desk.knowledge.store.read() as session:
        open_ones = sessions.online(session, device=number, limit=NAMED_SESSIONS)
        count = activity(session, [number], desk.knowledge.clock()).get(number, Activity()).sessions
    return desk.page("console/device_end.html", row=row, act=act, sessions=open_ones, count=count)
