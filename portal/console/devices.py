"""Network devices: the list with what came of each lately, the inbox of unknown sources, and a new device."""

from fastapi import APIRouter, Depends
from sqlalchemy import func, select
from starlette.responses import Response

from access import devices
from access.device_activity import Activity, activity, listed
from access.device_drops import unheard
from access.malformed import DeviceMalformed
from access.tables import DeviceRow, UnknownSourceRow
from access.zones import load_zones
from portal import carrying
from portal.carrying import Objected
from portal.console.desk import Desk, asks
from portal.console.device_commands import VENDORS, commands, spot
from portal.console.device_terms import PROTECTION
from portal.console.malformed_words import sentence
from portal.console.refusals import ConsoleRefused
from portal.console.roles import Right
from portal.language import Text

router = APIRouter()
PAGE = 50
LATELY = 86_400.0  # seconds of which a list tells
SHOWN = ("all", "unheard", "exposed", "disabled")
FIELDS = ("name", "prefix", "vendor", "group", "site", "dynauth_port", "dynauth_address")
EMPTY = dict.fromkeys(FIELDS, "") | {"vendor": "huawei", "dynauth_port": "3799"}


@router.get("/devices")
def list_devices(
    desk: Desk = Depends(asks(Right.DEVICES_SEE)), q: str = "", show: str = "all", after: str = ""
) -> Response:
    """List network devices, found as one types."""
    show = show if show in SHOWN else "all"
    since = desk.knowledge.clock() - LATELY
    with desk.knowledge.store.read() as session:
        rows = listed(
            session, text=q.strip()[:100], enabled=False if show == "disabled" else None, exposed=show == "exposed",
            unheard_since=since if show == "unheard" else None, after=after[:200], limit=PAGE + 1,
        )  # fmt: skip
        more = len(rows) > PAGE
        rows = rows[:PAGE]
        numbers = [row.number for row in rows]
        lately, dropped = activity(session, numbers, since), unheard(session, numbers, since)
        count = session.scalar(select(func.count()).select_from(DeviceRow)) or 0
        waiting = session.scalar(select(func.count()).select_from(UnknownSourceRow)) or 0
    return desk.page(
        "console/device_rows.html" if desk.is_partial else "console/devices.html",
        rows=rows, lately=lately, unheard=dropped, quiet=Activity(), protection=devices.protection,
        protections=PROTECTION, vendor_name=carrying.vendor_name, count=count, waiting=waiting, q=q[:100],
        show=show, more=more,
    )  # fmt: skip


@router.get("/devices/inbox")
def inbox(desk: Desk = Depends(asks(Right.DEVICES_SEE))) -> Response:
    """List addresses that asked and belong to no device."""
    with desk.knowledge.store.read() as session:
        sources = devices.unknown_sources(session)
    return desk.page("console/device_inbox.html", sources=sources, waiting=len(sources))


@router.get("/devices/new")
def new(desk: Desk = Depends(asks(Right.DEVICES_CHANGE)), address: str = "") -> Response:
    """Show the form of a new device, with the address of an unknown source where it came from the inbox."""
    return _form(desk, EMPTY | {"prefix": address[:60]})


@router.post("/devices/new")
def add(desk: Desk = Depends(asks(Right.DEVICES_CHANGE))) -> Response:
    """Register a device; show its secret this once, with the commands to paste."""
    typed = typed_fields(desk)
    try:
        fields = told(desk)
        with desk.knowledge.store.write() as unit:
            number, secret = devices.add(unit, desk.actor, desk.knowledge.sealer, VENDORS, **fields)
            if not desk.posted.ticked("anyway"):
                carrying.refuse(desk.knowledge, unit.session, device=number)
    except (DeviceMalformed, ConsoleRefused) as refused:
        return _form(desk, typed, errors=errors_of(refused))
    except Objected as objected:
        return _form(desk, typed, objections=objected.sentences)
    return secret_page(desk, number, secret, is_new=True)


def _form(
    desk: Desk, values: dict[str, str], *, errors: dict[str, Text] | None = None, objections: tuple[Text, ...] = ()
) -> Response:
    return desk.page(
        "console/device_form.html", status=400 if errors or objections else 200, row=None, values=values,
        errors=errors or {}, objections=objections, **choices(desk),
    )  # fmt: skip


def choices(desk: Desk) -> dict[str, list[object]]:
    """Return what a form of a device offers: vendors, and the groups and sites that others have."""
    with desk.knowledge.store.read() as session:
        groups, sites = (
            list(session.scalars(select(column).where(column != "").distinct().order_by(column)))
            for column in (DeviceRow.group, DeviceRow.site)
        )
    vendors: list[object] = [(name, text.in_(desk.language)) for name, text in VENDORS.items()]
    return {"vendors": vendors, "groups": list(groups), "sites": list(sites)}


def typed_fields(desk: Desk) -> dict[str, str]:
    """Return the fields as they were typed, for a form that comes back."""
    return {field: desk.posted.text(field) for field in FIELDS}


def told(desk: Desk) -> devices.DeviceFields:
    """Return the fields of a posted form. Raises ConsoleRefused."""
    posted = desk.posted
    return {
        "name": posted.wanted("name"),
        "prefix": posted.wanted("prefix"),
        "vendor": posted.wanted("vendor"),
        "group": posted.text("group"),
        "site": posted.text("site"),
        "dynauth_port": posted.number("dynauth_port"),
        "dynauth_address": posted.text("dynauth_address") or None,
    }


def errors_of(refused: DeviceMalformed | ConsoleRefused) -> dict[str, Text]:
    """Return what to say beside which field."""
    if isinstance(refused, DeviceMalformed):
        return {refused.field if refused.field in FIELDS else "name": sentence(refused)}
    return {refused.field or "name": refused.why.value.text}


def secret_page(desk: Desk, number: int, secret: str, *, is_new: bool) -> Response:
    """Return the page that shows a secret this once; it is no page that could be opened again."""
    with desk.knowledge.store.read() as session:
        row = session.get_one(DeviceRow, number)
        zones = list(load_zones(session).values())
    at = spot(desk.knowledge, row.prefix)
    text = commands(row.vendor, at, secret=secret, coa_port=row.dynauth_port, zones=zones)
    answer = desk.page("console/device_secret.html", row=row, secret=secret, commands=text, at=at, is_new=is_new)
    answer.headers["cache-control"] = "no-store"
    return answer
