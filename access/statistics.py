"""How many: logins by hour, zone and reason of refusal, and the network devices that nobody hears of.

A city has some 200,000 logins a day. Counting is left to the database, in one walk over a range of numbers, which is
a range of time (access.logins); what comes back are a few hundred rows.
"""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from access.logins import NUMBERS_PER_MS, first_number
from access.tables import DeviceRow, LoginRow, OrderRow, RuleRow, SessionRow, UnknownSourceRow
from directory import subjects

HOUR = 3600
_NUMBERS_PER_HOUR = HOUR * 1000 * NUMBERS_PER_MS


class LoginCount(NamedTuple):
    """Logins of one hour that ended in the same way."""

    hour: int  # 0 is the hour that begins with `since`
    zone: str | None  # code of the zone; None: refused
    reason: str | None  # code of the refusal; None: let in
    logins: int


def logins_by_hour(
    session: Session, *, since: float, until: float, units: Collection[str] | None = None
) -> list[LoginCount]:
    """Count logins from `since` (epoch, the beginning of an hour) until before `until`, by hour and outcome.

    `units`: of people and endpoints of these units only, and of nobody unknown.
    """
    first = first_number(since)
    hour = ((LoginRow.number - first) // _NUMBERS_PER_HOUR).label("hour")
    query = (
        select(hour, LoginRow.zone, LoginRow.reason, func.count())
        .where(LoginRow.number >= first, LoginRow.number < first_number(until))
        .group_by(hour, LoginRow.zone, LoginRow.reason)
        .order_by(hour, LoginRow.zone, LoginRow.reason)
    )
    if units is not None:
        query = query.where(LoginRow.subject.in_(subjects.below(units)))
    return [LoginCount(*row) for row in session.execute(query)]


def silent_devices(session: Session, since: float) -> Sequence[DeviceRow]:
    """Return enabled network devices by name that had no login, and no open session that was heard of, since then."""
    asked = select(LoginRow.device).where(LoginRow.number >= first_number(since)).distinct()
    # The few devices without a login are looked up by the index of open sessions.
    heard = select(SessionRow.number).where(
        SessionRow.device == DeviceRow.number, SessionRow.stopped_at.is_(None), SessionRow.updated_at >= since
    )
    query = select(DeviceRow).where(DeviceRow.enabled, DeviceRow.number.not_in(asked), ~heard.exists())
    return session.scalars(query.order_by(DeviceRow.name)).all()


def count_enabled_devices(session: Session) -> int:
    """Return how many network devices may ask."""
    return session.scalar(select(func.count()).select_from(DeviceRow).where(DeviceRow.enabled)) or 0


def count_unknown_sources(session: Session) -> int:
    """Return how many addresses asked that are no network devices of ours."""
    return session.scalar(select(func.count()).select_from(UnknownSourceRow)) or 0


def waiting_orders(session: Session, before: float, units: Collection[str] | None = None) -> int:
    """Return how many orders given before a time (epoch) have no answer, though what they are about is not over.

    `units`: about people and endpoints of these units only.
    """
    query = (
        select(func.count())
        .select_from(OrderRow)
        .outerjoin(SessionRow, SessionRow.number == OrderRow.session)
        .where(
            OrderRow.done_at.is_(None),
            OrderRow.ordered_at < before,
            or_(OrderRow.session.is_(None), SessionRow.stopped_at.is_(None)),
        )
    )
    if units is not None:
        query = query.where(SessionRow.subject.in_(subjects.below(units)))
    return session.scalar(query) or 0


def ending_exceptions(session: Session, *, since: float, until: float) -> Sequence[RuleRow]:
    """Return enabled exceptions that end from `since` until before `until` (epoch), the soonest first."""
    query = select(RuleRow).where(RuleRow.enabled, RuleRow.valid_until >= since, RuleRow.valid_until < until)
    return session.scalars(query.order_by(RuleRow.valid_until)).all()
