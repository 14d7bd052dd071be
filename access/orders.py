"""Orders as people look at them: about whom, at which device, by whom they were given, and what the device answered."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from access import online
from access.online import Online
from access.tables import DeviceRow, OrderRow, SessionRow
from directory import subjects


class Ordered(NamedTuple):
    """An order and what it is about."""

    order: OrderRow
    about: Online | None  # None: no accounting told of a session
    device_name: str | None


def find(session: Session, number: int) -> Ordered | None:
    """Return one order."""
    return next(iter(_told(session, select(OrderRow).where(OrderRow.number == number))), None)


def about_session(session: Session, number: int) -> list[Ordered]:
    """Return all orders about a session, the latest first."""
    return _told(session, select(OrderRow).where(OrderRow.session == number).order_by(OrderRow.number.desc()))


def found(
    session: Session,
    *,
    units: Collection[str] | None = None,
    numbers: Collection[int] | None = None,
    waiting: bool = False,
    limit: int = 200,
) -> list[Ordered]:
    """Return orders that fit all that is told, the latest first.

    `units`: about people and endpoints of these units only. `numbers`: only these orders. `waiting`: only those without
    an answer about what is not over.
    """
    query = select(OrderRow).outerjoin(SessionRow, SessionRow.number == OrderRow.session)
    if units is not None:
        query = query.where(SessionRow.subject.in_(subjects.below(units)))
    if numbers is not None:
        query = query.where(OrderRow.number.in_(sorted(numbers)))
    if waiting:
        query = query.where(
            OrderRow.done_at.is_(None), or_(OrderRow.session.is_(None), SessionRow.stopped_at.is_(None))
        )
    return _told(session, query.order_by(OrderRow.number.desc()).limit(limit))


def _told(session: Session, query: Select[OrderRow]) -> list[Ordered]:
    rows = session.scalars(query).all()
    about = {
        one.session.number: one for one in online.of_numbers(session, [row.session for row in rows if row.session])
    }
    numbers = {row.device for row in rows if row.device is not None}
    devices = {row.number: row.name for row in session.scalars(select(DeviceRow).where(DeviceRow.number.in_(numbers)))}
    return [_ordered(row, about.get(row.session or 0), devices) for row in rows]


def _ordered(row: OrderRow, about: Online | None, devices: dict[int, str]) -> Ordered:
    return Ordered(row, about, about.device_name if about is not None else devices.get(row.device or 0))
