"""How many: logins by hour, zone and reason of refusal, and the network devices that nobody hears of.

A city has some 200,000 logins a day. Counting is left to the database, in one walk over a range of numbers, which is
a range of time (access.logins); what comes back are a few hundred rows.
"""

from collections.abc import Collection, Sequence
from threading import Lock
from typing import NamedTuple

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from access.logins import NUMBERS_PER_MS, first_number, of_units
from access.tables import DeviceRow, LoginRow, OrderRow, RuleRow, SessionRow, UnknownSourceRow
from directory import subjects

HOUR = 3600
SETTLED = 600.0  # seconds after which no login of a time is written down any more, as far as anybody expects
_CHUNK = 500
_MOST_SCOPES = 64  # of units, whose hours are remembered
_NUMBERS_PER_HOUR = HOUR * 1000 * NUMBERS_PER_MS


Units = frozenset[str] | None  # codes of units; None: all


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
        query = query.where(of_units(session, units))
    return [LoginCount(*row) for row in session.execute(query)]


class DayMemory:
    """What was counted of hours that are over, and of which network devices was heard: neither is counted twice.

    One for a process; threads may share it. The first question walks over a day, later ones over minutes.
    """

    def __init__(self) -> None:
        self._hours: dict[Units, dict[int, list[LoginCount]]] = {}  # by the first number of the hour
        self._heard: dict[int, int] = {}  # device → number of its last login
        self._heard_until = 0
        self._turn = Lock()

    def logins(
        self, session: Session, *, since: float, until: float, now: float, units: Units = None
    ) -> list[LoginCount]:
        """Return what `logins_by_hour` does; all times are in seconds since the epoch, `since` begins an hour.

        Whoever moves to another unit leaves the hours that were counted already where they were.
        """
        with self._turn:
            return self._logins(session, since=since, until=until, now=now, units=units)

    def _logins(self, session: Session, *, since: float, until: float, now: float, units: Units) -> list[LoginCount]:
        begins = [since + HOUR * at for at in range(max(int((until - since) // HOUR), 0))]
        known = self._hours.pop(units, {})
        missing = next((at for at, begin in enumerate(begins) if first_number(begin) not in known), len(begins))
        counted: list[list[LoginCount]] = [known[first_number(begin)] for begin in begins[:missing]]
        counted += [[] for _ in begins[missing:]]
        if missing < len(begins):
            for row in logins_by_hour(session, since=begins[missing], until=until, units=units):
                counted[missing + row.hour].append(row)
        settled = [begin for begin in begins if begin + HOUR + SETTLED <= now]
        # The scope that was asked for last stands last, so the first is the idlest.
        self._hours[units] = {first_number(begin): rows for begin, rows in zip(settled, counted, strict=False)}
        while len(self._hours) > _MOST_SCOPES:
            del self._hours[next(iter(self._hours))]
        return [row._replace(hour=at) for at, rows in enumerate(counted) for row in rows]

    def silent_devices(self, session: Session, *, since: float, now: float) -> Sequence[DeviceRow]:
        """Return enabled network devices by name without a login, or news of an open session, since then (epoch)."""
        heard_of = self._heard_of(session, since, now)
        enabled = session.scalars(select(DeviceRow.number).where(DeviceRow.enabled)).all()
        quiet = [number for number in enabled if heard_of.get(number, 0) < first_number(since)]
        silent: list[DeviceRow] = []
        for at in range(0, len(quiet), _CHUNK):
            heard = select(SessionRow.number).where(
                SessionRow.device == DeviceRow.number, SessionRow.stopped_at.is_(None), SessionRow.updated_at >= since
            )
            chosen = DeviceRow.number.in_(quiet[at : at + _CHUNK])
            silent += session.scalars(select(DeviceRow).where(chosen, ~heard.exists()))
        return sorted(silent, key=lambda row: row.name)

    def _heard_of(self, session: Session, since: float, now: float) -> dict[int, int]:
        with self._turn:
            start = max(first_number(since), self._heard_until)
            query = select(LoginRow.device, func.max(LoginRow.number)).where(LoginRow.number >= start)
            self._heard.update(dict(iter(session.execute(query.group_by(LoginRow.device)))))
            self._heard_until = first_number(now - SETTLED)
            return dict(self._heard)


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
