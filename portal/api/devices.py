"""Network devices: who may ask RADIUS at all. Secrets are told once, when they are made."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Literal, cast

from fastapi import APIRouter, Depends, Path, Query
from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import Response

from access import devices, enforcement
from access.device_drops import drops
from access.devices import DeviceFields
from access.malformed import DeviceMalformed
from access.tables import DeviceRow
from portal import carrying
from portal.api.bearer import Caller, bears
from portal.api.fields import Address, Limit, Line, Number, Shown, Told, instant, moment, told_fields
from portal.api.orders import Order
from portal.api.orders import shown as shown_order
from portal.api.problems import READS, WRITES, Fault, Refused
from portal.console.roles import Right
from store.engine import Unit

router = APIRouter(tags=["devices"])
DeviceNumber = Annotated[Number, Path(description="The number of a network device")]
Vendor = Literal["aruba", "cisco", "h3c", "huawei", "ruijie", "standard"]
Choice = Literal["yes", "no", "auto"]


class Device(Shown):
    """A network device. `require` and `limit` are the protections against forged requests (CVE-2024-3596)."""

    number: int
    name: str
    prefix: str
    vendor: str
    group: str
    site: str
    require: str = Field(description="Message-Authenticator required: yes, no, auto")
    limit: str = Field(description="Proxy-State only with Message-Authenticator: yes, no, auto")
    observed: str = Field(description="What auto saw")
    observed_at: datetime | None
    rotating: bool = Field(description="Two secrets are valid")
    dynauth_port: int
    dynauth_address: str | None
    enabled: bool
    created_at: datetime


class Devices(Shown):
    """Network devices by number; `next` is the `after` of the next page."""

    items: list[Device]
    next: int | None = None


class DeviceChange(Told):
    """What is to be different; what is absent stays."""

    name: Line = Field(default="", examples=["sw-floor2"])
    prefix: Address = Field(default="", examples=["10.20.0.2", "10.20.0.0/24"])
    vendor: Vendor = "standard"
    group: Line = ""
    site: Line = ""
    require: Choice = "auto"
    limit: Choice = "auto"
    dynauth_port: Annotated[int, Field(ge=0, le=65535, description="RFC 5176; 0: takes no orders")] = 3799
    dynauth_address: Address | None = None
    enabled: bool = True
    anyway: bool = Field(default=False, description="Save it though devices of the vendor ignore limits of its zones")


class NewDevice(DeviceChange):
    """A network device to be registered."""

    name: Line = Field(examples=["sw-floor2"])
    prefix: Address = Field(examples=["10.20.0.2"])
    vendor: Vendor


class WithSecret(Shown):
    """A device with a secret, which nobody can read again."""

    device: Device
    secret: str


class UnknownSource(Shown):
    """An address that asked and belongs to no device."""

    address: str
    packets: int
    first_at: datetime
    last_at: datetime


class UnknownSources(Shown):
    """The inbox, the latest first."""

    items: list[UnknownSource]


class Drop(Shown):
    """Packets of a device that got no answer for one reason; counted anew after a day without it."""

    drop: str = Field(description="The label of the metric truename_packets_dropped_total")
    packets: int
    address: str = Field(description="From which the last one came")
    first_at: datetime
    last_at: datetime


class Drops(Shown):
    """What was dropped of one device, the latest first."""

    items: list[Drop]


def _shown(row: DeviceRow) -> Device:
    return Device(
        number=row.number, name=row.name, prefix=row.prefix, vendor=row.vendor, group=row.group, site=row.site,
        require=row.require_message_authenticator, limit=row.limit_proxy_state, observed=row.observed,
        observed_at=moment(row.observed_at), rotating=row.next_secret is not None, dynauth_port=row.dynauth_port,
        dynauth_address=row.dynauth_address, enabled=row.enabled, created_at=instant(row.created_at),
    )  # fmt: skip


def _find(session: Session, number: int) -> DeviceRow:
    row = session.get(DeviceRow, number)
    if row is None:
        raise Refused(Fault.NOT_THERE, 404)
    return row


def _fields(body: DeviceChange) -> DeviceFields:
    told = told_fields(body)
    told.pop("anyway", None)
    return cast("DeviceFields", told)


@router.get("/devices", responses=READS)
def list_devices(
    caller: Caller = Depends(bears(Right.DEVICES_SEE)),
    after: Annotated[Number | None, Query(description="The last number of the page before")] = None,
    limit: Annotated[Limit, Query()] = 50,
) -> Devices:
    """List network devices."""
    query = select(DeviceRow).where(DeviceRow.number > (after or 0)).order_by(DeviceRow.number).limit(limit)
    with caller.knowledge.store.read() as session:
        rows = session.scalars(query).all()
    return Devices(items=[_shown(row) for row in rows], next=rows[-1].number if len(rows) == limit else None)


@router.get("/unknown-sources", responses=READS)
def list_unknown_sources(caller: Caller = Depends(bears(Right.DEVICES_SEE))) -> UnknownSources:
    """List addresses that asked and belong to no device."""
    with caller.knowledge.store.read() as session:
        found = devices.unknown_sources(session)
    return UnknownSources(
        items=[
            UnknownSource(
                address=one.address, packets=one.packets, first_at=instant(one.first_at), last_at=instant(one.last_at)
            )
            for one in found
        ]
    )


@router.post("/devices", responses=WRITES, status_code=201)
def add_device(body: NewDevice, caller: Caller = Depends(bears(Right.DEVICES_CHANGE))) -> WithSecret:
    """Register a network device; its secret is in this answer alone."""
    told = _fields(body)
    with caller.write() as unit:
        number, secret = devices.add(unit, caller.actor, caller.knowledge.sealer, None, **told)
        if not body.anyway:
            carrying.refuse(caller.knowledge, unit.session, device=number)
        return WithSecret(device=_shown(_find(unit.session, number)), secret=secret)


@router.get("/devices/{number}", responses=READS)
def get_device(number: DeviceNumber, caller: Caller = Depends(bears(Right.DEVICES_SEE))) -> Device:
    """Get one network device."""
    with caller.knowledge.store.read() as session:
        return _shown(_find(session, number))


@router.get("/devices/{number}/drops", responses=READS)
def get_drops(number: DeviceNumber, caller: Caller = Depends(bears(Right.DEVICES_SEE))) -> Drops:
    """List what a network device sent and got no answer to: another secret, no signature, too often, and so on."""
    with caller.knowledge.store.read() as session:
        _find(session, number)
        found = drops(session, number, 0.0)
    return Drops(
        items=[
            Drop(
                drop=one.drop, packets=one.packets, address=one.address, first_at=instant(one.first_at),
                last_at=instant(one.last_at),
            )
            for one in found
        ]
    )  # fmt: skip


@router.patch("/devices/{number}", responses=WRITES)
def change_device(
    number: DeviceNumber, body: DeviceChange, caller: Caller = Depends(bears(Right.DEVICES_CHANGE))
) -> Device:
    """Change a network device, or let it ask no longer (`enabled`)."""
    told = _fields(body)
    with caller.write() as unit:
        _find(unit.session, number)
        before = carrying.objections(caller.knowledge, unit.session, device=number)
        devices.change(unit, caller.actor, number, None, **told)
        if not body.anyway:
            carrying.refuse(caller.knowledge, unit.session, before=before, device=number)
        return _shown(_find(unit.session, number))


@router.delete("/devices/{number}", responses=WRITES, status_code=204)
def remove_device(number: DeviceNumber, caller: Caller = Depends(bears(Right.DEVICES_CHANGE))) -> Response:
    """Take a network device out; nothing that it sends is answered any more."""
    with caller.write() as unit:
        _find(unit.session, number)
        devices.remove(unit, caller.actor, number)
    return Response(status_code=204)


@router.post("/devices/{number}/lock", responses=WRITES)
def lock_device(number: DeviceNumber, caller: Caller = Depends(bears(Right.DEVICES_CHANGE))) -> Device:
    """Answer this device's signed requests only: safe from forgery (CVE-2024-3596)."""
    with caller.write() as unit:
        _find(unit.session, number)
        devices.change(unit, caller.actor, number, None, require="yes")
        return _shown(_find(unit.session, number))


@router.post("/devices/{number}/probe", responses=WRITES, status_code=202)
def probe_device(number: DeviceNumber, caller: Caller = Depends(bears(Right.DEVICES_CHANGE))) -> Order:
    """Ask whether this device answers orders; nobody is affected. Get the order to know what came of it."""
    with caller.write() as unit:
        _find(unit.session, number)
        order = enforcement.order_probe(unit, number, caller.actor)
        return shown_order(unit.session, order)


@router.post("/devices/{number}/rotation", responses=WRITES, status_code=201)
def begin_rotation(number: DeviceNumber, caller: Caller = Depends(bears(Right.DEVICES_CHANGE))) -> WithSecret:
    """Draw the next secret; until the rotation is finished both are valid."""
    with caller.write() as unit:
        _find(unit.session, number)
        secret = devices.rotate_secret(unit, caller.actor, caller.knowledge.sealer, number)
        return WithSecret(device=_shown(_find(unit.session, number)), secret=secret)


@router.post("/devices/{number}/rotation/finish", responses=WRITES)
def finish_rotation(number: DeviceNumber, caller: Caller = Depends(bears(Right.DEVICES_CHANGE))) -> Device:
    """Make the next secret the only one."""
    sealer = caller.knowledge.sealer
    return _ended(caller, number, lambda unit: devices.finish_rotation(unit, caller.actor, sealer, number))


@router.post("/devices/{number}/rotation/cancel", responses=WRITES)
def cancel_rotation(number: DeviceNumber, caller: Caller = Depends(bears(Right.DEVICES_CHANGE))) -> Device:
    """Forget the next secret; the one before stays the only one."""
    return _ended(caller, number, lambda unit: devices.cancel_rotation(unit, caller.actor, number))


def _ended(caller: Caller, number: int, act: Callable[[Unit], None]) -> Device:
    """End a rotation. Raises Refused where none was begun."""
    with caller.write() as unit:
        _find(unit.session, number)
        try:
            act(unit)
        except DeviceMalformed:
            raise Refused(Fault.UNACCEPTABLE, 409, field="rotation") from None
        return _shown(_find(unit.session, number))
