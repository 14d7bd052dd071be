"""What came of network devices lately: logins, refusals, open sessions, the last order. Read for pages; no acts."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from access.device_drops import unheard_devices
from access.logins import first_number
from access.tables import DeviceRow, LoginRow, OrderRow, SessionRow

_LATEST_ORDERS = 2000  # among which the last one of a device is looked for


class Activity(NamedTuple):
    """What one device did since a time; times in seconds since the epoch."""

    last_at: float | None = None  # the last login or accounting record that we heard of
    logins: int = 0
    refused: int = 0
    sessions: int = 0  # open now


class Refused(NamedTuple):
    """A reason for which logins at a device were refused."""

    reason: str  # code
    times: int
    last_at: float


class Heard(NamedTuple):
    """The first sign of life of a device since a time: a login, or an accounting record of a session."""

    login: LoginRow | None
    session: SessionRow | None


def activity(session: Session, numbers: Collection[int], since: float) -> dict[int, Activity]:
    """Return what these devices did since then; those that did nothing are absent."""
    if not numbers:
        return {}
    row = LoginRow
    refused = func.sum(case((row.reason.is_not(None), 1), else_=0))
    query = (
        select(row.device, func.max(row.at), func.count(), refused)
        .where(row.number >= first_number(since), row.device.in_(numbers))
        .group_by(row.device)
    )
    found = {number: Activity(last, count, bad) for number, last, count, bad in session.execute(query)}
    open_ones = (
        select(SessionRow.device, func.count(), func.max(SessionRow.updated_at))
        .where(SessionRow.stopped_at.is_(None), SessionRow.device.in_(numbers))
        .group_by(SessionRow.device)
    )
    for number, count, last in session.execute(open_ones):
        before = found.get(number, Activity())
        found[number] = before._replace(sessions=count, last_at=max(before.last_at or 0.0, last))
    return found


def refusals(session: Session, number: int, since: float) -> Sequence[Refused]:
    """Return why logins at a device were refused since then, the most frequent reason first."""
    row = LoginRow
    query = (
        select(row.reason, func.count(), func.max(row.at))
        .where(row.number >= first_number(since), row.device == number, row.reason.is_not(None))
        .group_by(row.reason)
        .order_by(func.count().desc(), row.reason)
    )
    return [Refused(reason or "", count, last) for reason, count, last in session.execute(query)]


def heard(session: Session, number: int, since: float) -> Heard:
    """Return the first login of a device since then, and an open session that was heard of since then."""
    row = LoginRow
    login = select(row).where(row.number >= first_number(since), row.at >= since, row.device == number)
    told = select(SessionRow).where(
        SessionRow.stopped_at.is_(None), SessionRow.device == number, SessionRow.updated_at >= since
    )
    return Heard(
        session.scalars(login.order_by(row.number).limit(1)).first(),
        session.scalars(told.order_by(SessionRow.updated_at).limit(1)).first(),
    )


def last_order(session: Session, number: int) -> OrderRow | None:
    """Return the latest order to a device that has an outcome, looked for among the latest of all."""
    newest = session.scalar(select(func.max(OrderRow.number))) or 0
    query = (
        select(OrderRow)
        .outerjoin(SessionRow, SessionRow.number == OrderRow.session)
        .where(
            OrderRow.number > newest - _LATEST_ORDERS,
            OrderRow.outcome.is_not(None),
            or_(OrderRow.device == number, SessionRow.device == number),
        )
        .order_by(OrderRow.number.desc())
        .limit(1)
    )
    return session.scalars(query).first()


def listed(
    session: Session,
    *,
    text: str = "",
    enabled: bool | None = None,
    exposed: bool = False,
    unheard_since: float | None = None,
    after: str = "",
    limit: int,
) -> Sequence[DeviceRow]:
    """Return devices by name, whose name, address, group or site contains `text`; `after` is a page's last name.

    `exposed`: those that forged requests may reach (access.devices.protection). `unheard_since`: enabled ones that got
    no answer since then (access.device_drops).
    """
    row = DeviceRow
    query = select(row).order_by(row.name).limit(limit)
    if text:
        columns = (row.name, row.prefix, row.group, row.site)
        query = query.where(or_(*(column.contains(text, autoescape=True) for column in columns)))
    if enabled is not None:
        query = query.where(row.enabled.is_(enabled))
    if exposed:
        seen = row.observed.not_in(("", "signed"))
        query = query.where(or_(row.require_message_authenticator == "no",
                                (row.require_message_authenticator == "auto") & seen))  # fmt: skip
    if unheard_since is not None:
        query = query.where(row.enabled.is_(True), row.number.in_(unheard_devices(unheard_since)))
    if after:
        query = query.where(row.name > after)
    return session.scalars(query).all()
