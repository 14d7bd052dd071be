"""Sessions: who is online, and ending or moving them."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from sqlalchemy.orm import Session

from access import enforcement, online, sessions
from access.online import Online
from access.tables import SessionRow
from portal.api import reached
from portal.api.bearer import Caller, bears
from portal.api.fields import Code, Limit, Line, Number, Shown, Told, instant, moment
from portal.api.orders import Order
from portal.api.orders import shown as shown_order
from portal.api.problems import READS, WRITES, Fault, Refused
from portal.console.roles import Right

router = APIRouter(tags=["sessions"])
SessionNumber = Annotated[Number, Path(description="The number of a session")]


class NetworkSession(Shown):
    """A session as accounting tells it, with the names of today."""

    number: int
    login: str
    subject: str | None
    name: str | None
    unit: str | None
    hardware: str | None
    address: str | None
    address6: str | None
    device: int
    device_name: str | None
    port: str | None
    ssid: str | None
    method: str | None
    zone: str | None
    started_at: datetime
    updated_at: datetime
    stopped_at: datetime | None
    seconds: int
    octets_in: int
    octets_out: int
    cause: str | None
    login_number: str | None


class Sessions(Shown):
    """Open sessions, the latest first; `next` is the `before` of the next page."""

    items: list[NetworkSession]
    next: int | None = None


class ToZone(Told):
    """Where to move a session."""

    zone: Code


def shown(one: Online) -> NetworkSession:
    """Return a session as the API tells it."""
    row, who = one.session, one.who
    return NetworkSession(
        number=row.number, login=row.login, subject=row.subject, name=who.name if who else None,
        unit=who.unit if who else None, hardware=row.hardware, address=row.address, address6=row.address6,
        device=row.device, device_name=one.device_name, port=row.port, ssid=one.ssid, method=one.method,
        zone=row.zone, started_at=instant(row.started_at), updated_at=instant(row.updated_at),
        stopped_at=moment(row.stopped_at), seconds=row.seconds, octets_in=row.octets_in, octets_out=row.octets_out,
        cause=row.cause, login_number=str(row.login_number) if row.login_number else None,
    )  # fmt: skip


def _find(caller: Caller, session: Session, number: int) -> SessionRow:
    row = sessions.find(session, number)
    if row is None or not reached.sees_subject(caller, session, row.subject):
        raise Refused(Fault.NOT_THERE, 404)
    return row


@router.get("/sessions", responses=READS)
def list_sessions(
    caller: Caller = Depends(bears(Right.ONLINE_SEE)),
    text: Annotated[Line, Query(description="Part of a name, pinyin, login, hardware address or address")] = "",
    zone: Annotated[Code | None, Query()] = None,
    device: Annotated[Number | None, Query()] = None,
    before: Annotated[Number | None, Query(description="The last number of the page before")] = None,
    limit: Annotated[Limit, Query()] = 50,
) -> Sessions:
    """Find open sessions."""
    with caller.knowledge.store.read() as session:
        found = online.found(
            session,
            text=text,
            units=caller.scope,
            zone=zone,
            devices=None if device is None else [device],
            before=before,
            limit=limit,
        )
    following = found[-1].session.number if len(found) == limit else None
    return Sessions(items=[shown(one) for one in found], next=following)


@router.get("/sessions/{number}", responses=READS)
def get_session(number: SessionNumber, caller: Caller = Depends(bears(Right.ONLINE_SEE))) -> NetworkSession:
    """Get one session, open or over."""
    with caller.knowledge.store.read() as session:
        _find(caller, session, number)
        (found,) = online.of_numbers(session, [number])
    return shown(found)


@router.post("/sessions/{number}/disconnect", responses=WRITES, status_code=202)
def disconnect_session(number: SessionNumber, caller: Caller = Depends(bears(Right.ONLINE_ORDER))) -> Order:
    """Order the end of a session; ask for the order to know what the device said."""
    with caller.write() as unit:
        _find(caller, unit.session, number)
        order = enforcement.order_disconnect(unit, number, caller.actor)
        return shown_order(unit.session, order)


@router.post("/sessions/{number}/move", responses=WRITES, status_code=202)
def move_session(number: SessionNumber, body: ToZone, caller: Caller = Depends(bears(Right.ONLINE_ORDER))) -> Order:
    """Order that a session be moved to another zone."""
    with caller.write() as unit:
        _find(caller, unit.session, number)
        reached.named_zones(unit.session, [body.zone], "zone")
        order = enforcement.order_coa(unit, number, body.zone, caller.actor)
        return shown_order(unit.session, order)
