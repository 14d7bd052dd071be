"""Orders to end or move a session: what was ordered, by whom, and what the device answered (RFC 5176).

A probe is an order about a device and nobody: whatever it answers under its secret proves that orders reach it.
"""

from collections.abc import Collection, Sequence
from enum import Enum, StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from access.tables import DeviceRow, OrderRow, SessionRow, ZoneRow
from store.engine import Unit

PROBE_LASTS = 600.0  # seconds after which nobody waits any more for a probe that was not carried out


class Kind(StrEnum):
    """What is ordered."""

    DISCONNECT = "disconnect"  # Disconnect-Request (RFC 5176 §2.1)
    COA = "coa"  # CoA-Request (RFC 5176 §2.2): into another zone
    REAUTHENTICATE = "reauthenticate"  # the device is to ask again about a hardware address, by whichever of the two
    PROBE = "probe"  # Disconnect-Request about a session that cannot exist: does the device take orders?


class Outcome(StrEnum):
    """What became of an order."""

    ACK = "ack"
    NAK = "nak"
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    ENDED = "ended"  # the session ended before anybody answered; of a probe: nobody carried it out in time


class Senseless(Enum):
    """Why an order makes no sense: in Chinese and in English."""

    NO_SUCH_SESSION = ("没有此会话。", "There is no such session.")
    SESSION_OVER = ("会话已结束。", "The session is over.")
    NO_SUCH_ZONE = ("没有此区域。", "There is no such zone.")
    NO_SUCH_DEVICE = ("没有此网络设备。", "There is no such network device.")


class OrderRefused(ValueError):  # noqa: N818 - says what is the matter, as all our errors do
    """The order makes no sense."""

    def __init__(self, why: Senseless) -> None:
        super().__init__(why.value[1])
        self.why = why


class Order(NamedTuple):
    """An order that is to be carried out, and all by which a device may know the session (RFC 5176 §3).

    Where no accounting told of a session, its texts are empty and its numbers and addresses None. Of a probe
    `nas_address` is what the device calls its own in an open session, where it has one.
    """

    number: int
    kind: Kind
    zone: str | None  # coa: the code of the zone to move to
    ordered_by: str
    ordered_at: float  # seconds since the epoch
    session: int | None  # number of the session
    device: int  # number of the device record
    acct_session: str
    login: str
    hardware: str | None
    address: str | None
    address6: str | None
    port: str | None
    nas_port: int | None
    nas_address: str | None
    nas_identifier: str | None


class OrderState(NamedTuple):
    """How far an order is: all None until it is done."""

    done_at: float | None  # seconds since the epoch
    outcome: Outcome | None
    detail: str | None  # what was tried and answered, in the words of the record


def order_disconnect(unit: Unit, session_number: int, ordered_by: str) -> int:
    """Order the end of an open session; return the order's number. Raises OrderRefused.

    An order that is open already is returned and not given twice.
    """
    return _order(unit, Kind.DISCONNECT, session_number, None, ordered_by)


def order_coa(unit: Unit, session_number: int, zone: str, ordered_by: str) -> int:
    """Order that an open session be moved to a zone; return the order's number. Raises OrderRefused."""
    if unit.session.get(ZoneRow, zone) is None:
        raise OrderRefused(Senseless.NO_SUCH_ZONE)
    return _order(unit, Kind.COA, session_number, zone, ordered_by)


def order_all_of(unit: Unit, subject: str, ordered_by: str) -> list[int]:
    """Order the end of every open session of a person or endpoint; return the orders' numbers."""
    return _order_each(unit, SessionRow.subject == subject, ordered_by)


def order_all_at(unit: Unit, hardware: str, ordered_by: str) -> list[int]:
    """Order the end of every open session of a hardware address; return the orders' numbers."""
    return _order_each(unit, SessionRow.hardware == hardware, ordered_by)


def order_reauthentication(
    unit: Unit,
    *,
    device: int,
    hardware: str,
    port: str | None,
    nas_port: int | None,
    address: str | None,
    ordered_by: str,
    session_number: int | None = None,
) -> int:
    """Order that a device ask again about a hardware address; return the order's number. Raises OrderRefused.

    Many devices account for nothing before a login at the portal, so it needs no session. Where one is open of this
    hardware address at this device, the caller's or the latest, it lends the order what the device knows it by.
    `port` and `nas_port` are as the device told them; `address`, from which the person came, is for the record.
    """
    ours = (SessionRow.device == device, SessionRow.hardware == hardware, SessionRow.stopped_at.is_(None))
    chosen = (
        select(SessionRow).where(*ours).order_by((SessionRow.number == session_number).desc(), SessionRow.number.desc())
    )
    session = unit.session.scalars(chosen.limit(1)).first()
    same = (OrderRow.device == device, OrderRow.hardware == hardware)
    given = _open_order(unit.session, Kind.REAUTHENTICATE, *same)
    if given is not None:
        return given
    row = OrderRow(
        kind=Kind.REAUTHENTICATE.value,
        session=None if session is None else session.number,
        device=device,
        hardware=hardware,
        port=port,
        nas_port=nas_port,
        ordered_by=ordered_by,
        ordered_at=unit.now,
    )
    told = {"device": device, "hardware": hardware, "address": address, "session": row.session}
    return _give(unit, row, told)


def order_probe(unit: Unit, device: int, ordered_by: str) -> int:
    """Order that a device be asked whether it takes orders; return the order's number. Raises OrderRefused.

    One that is open already is returned. Where it cannot be sent (no port, no address) its outcome says why.
    """
    if unit.session.get(DeviceRow, device) is None:
        raise OrderRefused(Senseless.NO_SUCH_DEVICE)
    given = _open_order(unit.session, Kind.PROBE, OrderRow.device == device)
    if given is not None:
        return given
    row = OrderRow(kind=Kind.PROBE.value, device=device, ordered_by=ordered_by, ordered_at=unit.now)
    return _give(unit, row, {})


def _order_each(unit: Unit, whose: ColumnElement[bool], ordered_by: str) -> list[int]:
    open_ones = select(SessionRow.number).where(whose, SessionRow.stopped_at.is_(None))
    return [order_disconnect(unit, number, ordered_by) for number in unit.session.scalars(open_ones).all()]


def _order(unit: Unit, kind: Kind, session_number: int, zone: str | None, ordered_by: str) -> int:
    session = unit.session.get(SessionRow, session_number)
    if session is None:
        raise OrderRefused(Senseless.NO_SUCH_SESSION)
    if session.stopped_at is not None:
        raise OrderRefused(Senseless.SESSION_OVER)
    same = (OrderRow.session == session_number, OrderRow.zone.is_not_distinct_from(zone))
    given = _open_order(unit.session, kind, *same)
    if given is not None:
        return given
    row = OrderRow(kind=kind.value, session=session_number, zone=zone, ordered_by=ordered_by, ordered_at=unit.now)
    return _give(unit, row, {"session": session_number, "subject": session.subject, "zone": zone})


def _open_order(session: Session, kind: Kind, *same: ColumnElement[bool]) -> int | None:
    chosen = select(OrderRow.number).where(OrderRow.kind == kind.value, OrderRow.done_at.is_(None), *same)
    return session.scalars(chosen).first()


def _give(unit: Unit, row: OrderRow, told: dict[str, Any]) -> int:
    unit.session.add(row)
    unit.session.flush()  # counts the number
    unit.changed("order", str(row.number))
    _record(unit, row, row.ordered_by, "", told)
    return row.number


def _record(unit: Unit, row: OrderRow, actor: str, answer: str, told: dict[str, Any]) -> None:
    """Put an order or its answer on record: under the order's number, a probe under its device."""
    if row.kind == Kind.PROBE:
        unit.act(actor, f"device.probe{answer}", str(row.device), None, {**told, "order": row.number})
    else:
        unit.act(actor, f"session.{row.kind}{answer}", str(row.number), None, told)


def open_orders(session: Session, limit: int = 1000) -> list[Order]:
    """Return orders that nobody has carried out, the oldest first, probes behind all others.

    Those whose session is over are left out: its id may belong to somebody else's by now.
    """
    chosen = (
        select(OrderRow, SessionRow)
        .outerjoin(SessionRow, SessionRow.number == OrderRow.session)
        .where(OrderRow.done_at.is_(None), or_(OrderRow.session.is_(None), SessionRow.stopped_at.is_(None)))
        .order_by(OrderRow.kind == Kind.PROBE.value, OrderRow.number)
        .limit(limit)
    )
    return [_about(session, order, row) for order, row in session.execute(chosen).all()]


def _about(session: Session, order: OrderRow, row: SessionRow | None) -> Order:
    head = (order.number, Kind(order.kind), order.zone, order.ordered_by, order.ordered_at)
    if row is None:
        device = order.device or 0  # 0 is no device: an order about nothing cannot be sent, and says so
        told = _nas_address(session, device) if order.kind == Kind.PROBE else None
        return Order(*head, None, device, "", "", order.hardware, None, None, order.port, order.nas_port, told, None)
    return Order(
        *head, row.number, row.device, row.acct_session, row.login, row.hardware, row.address, row.address6, row.port,
        row.nas_port, row.nas_address, row.nas_identifier,
    )  # fmt: skip


def _nas_address(session: Session, device: int) -> str | None:
    """Return what a device calls its own address in the latest open session that told one."""
    theirs = (SessionRow.device == device, SessionRow.stopped_at.is_(None), SessionRow.nas_address.is_not(None))
    return session.scalar(select(SessionRow.nas_address).where(*theirs).order_by(SessionRow.number.desc()).limit(1))


def order_state(session: Session, number: int) -> OrderState | None:
    """Return how far an order is, for whoever waits for it; None where there is no such order."""
    row = session.get(OrderRow, number, populate_existing=True)
    if row is None:
        return None
    return OrderState(row.done_at, None if row.outcome is None else Outcome(row.outcome), row.detail)


def record_outcome(unit: Unit, number: int, outcome: str, detail: str | None) -> bool:
    """Keep what the device answered; return False where that is known already. Raises ValueError for a new word.

    An answer replaces ENDED: the device's Stop may be quicker than its Disconnect-ACK.
    """
    told = Outcome(outcome)
    row = unit.session.get(OrderRow, number)
    if row is None or (row.done_at is not None and row.outcome != Outcome.ENDED):
        return False
    _close(unit, row, told, detail)
    session = unit.session.get(SessionRow, row.session) if row.session is not None else None
    if told is Outcome.ACK and row.kind == Kind.COA and session is not None:
        session.zone = row.zone
        unit.changed("session", str(session.number))
    return True


def close_ended(unit: Unit) -> int:
    """Close orders whose session is over, and probes that were not carried out in time; return how many."""
    lapsed = and_(OrderRow.kind == Kind.PROBE.value, OrderRow.ordered_at < unit.now - PROBE_LASTS)
    chosen = (
        select(OrderRow)
        .outerjoin(SessionRow, SessionRow.number == OrderRow.session)
        .where(OrderRow.done_at.is_(None), or_(SessionRow.stopped_at.is_not(None), lapsed))
    )
    rows = unit.session.scalars(chosen).all()
    for row in rows:
        _close(unit, row, Outcome.ENDED, None)
    return len(rows)


def orders_from(
    session: Session,
    first: int,
    *,
    subjects: Collection[str] | None = None,
    ordered_by: str | None = None,
    limit: int = 500,
) -> Sequence[tuple[OrderRow, SessionRow]]:
    """Return orders about sessions from number `first` on, with these: of some subjects, of whoever gave them."""
    chosen = select(OrderRow, SessionRow).join(SessionRow, SessionRow.number == OrderRow.session)
    chosen = chosen.where(OrderRow.number >= first)
    if subjects is not None:
        chosen = chosen.where(SessionRow.subject.in_(subjects))
    if ordered_by is not None:
        chosen = chosen.where(OrderRow.ordered_by == ordered_by)
    return [(order, row) for order, row in session.execute(chosen.order_by(OrderRow.number).limit(limit))]


def _close(unit: Unit, row: OrderRow, outcome: Outcome, detail: str | None) -> None:
    row.done_at, row.outcome, row.detail = unit.now, outcome.value, detail
    unit.changed("order", str(row.number))
    _record(unit, row, "radius", f".{outcome.value}", {"detail": detail})
