"""Who is online, as people look at it: open sessions found by name, address or place, with their names.

Two questions at most, however many sessions are open: the numbers of a page, then all that is shown of these.
"""

import re
from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from access.tables import DeviceRow, LoginRow, SessionRow
from directory import pinyin, subjects
from directory.registry import EndpointRow, PersonRow, UnitRow
from directory.subjects import Subject

_HEX = re.compile(r"[0-9a-f]{4,12}")
# Open sessions are few among all that ever were, and ix_session_open holds nothing else. SQLite would rather walk the
# whole table by number, or all that a person ever had: neither looks like an index to it this way.
_LATEST = (SessionRow.number + 0).desc()
_WHOSE = func.coalesce(SessionRow.subject, "")
_CHUNK = 500


class Online(NamedTuple):
    """An open session, with the names of today."""

    session: SessionRow
    who: Subject | None  # None: the device did not give our Class back, or the subject is gone
    unit_name: str | None
    owner_name: str | None  # who answers for an endpoint
    device_name: str | None
    method: str | None  # of the login from which it came, as the record has it
    ssid: str | None


class _Row(NamedTuple):
    session: SessionRow
    device: str | None
    method: str | None
    ssid: str | None


def found(
    session: Session,
    *,
    text: str = "",
    units: Collection[str] | None = None,
    zone: str | None = None,
    devices: Collection[int] | None = None,
    before: int | None = None,
    limit: int = 100,
) -> list[Online]:
    """Return open sessions that fit all that is told, the latest first; `before` is the last number of a page.

    `text` is a part of a real name (also its pinyin), of a login, a hardware address or an address. `units`: only
    sessions of people and endpoints of these units; nobody else's, and none whose subject is not known. `devices`:
    at any of these network devices, by number.
    """
    query = select(SessionRow.number)
    query = query.where(*_conditions(text=text, units=units, zone=zone, devices=devices))
    if before is not None:
        query = query.where(SessionRow.number < before)
    return of_numbers(session, session.scalars(query.order_by(_LATEST).limit(limit)).all())


def count(
    session: Session,
    *,
    text: str = "",
    units: Collection[str] | None = None,
    zone: str | None = None,
    devices: Collection[int] | None = None,
) -> int:
    """Return how many sessions `found` would find."""
    query = select(func.count(SessionRow.number))
    return session.scalar(query.where(*_conditions(text=text, units=units, zone=zone, devices=devices))) or 0


def of_numbers(session: Session, numbers: Collection[int]) -> list[Online]:
    """Return these sessions, open or over, with their names, the latest first; numbers of nothing are left out."""
    rows: list[_Row] = []
    wanted = sorted(set(numbers), reverse=True)
    for start in range(0, len(wanted), _CHUNK):
        query = (
            select(SessionRow, DeviceRow.name, LoginRow.method, LoginRow.ssid)
            .outerjoin(DeviceRow, DeviceRow.number == SessionRow.device)
            .outerjoin(LoginRow, LoginRow.number == SessionRow.login_number)
            .where(SessionRow.number.in_(wanted[start : start + _CHUNK]))
            .order_by(SessionRow.number.desc())
        )
        rows += [_Row(*row) for row in session.execute(query)]
    who = subjects.known(session, [row.session.subject for row in rows])
    owners = subjects.known(session, [one.owner for one in who.values()])
    codes = {one.unit for one in who.values()}
    names = {row.code: row.name for row in session.scalars(select(UnitRow).where(UnitRow.code.in_(codes)))}
    return [_online(row, who.get(row.session.subject or ""), owners, names) for row in rows]


def _online(row: _Row, who: Subject | None, owners: dict[str, Subject], names: dict[str, str]) -> Online:
    owner = owners.get(who.owner or "") if who is not None else None
    return Online(
        session=row.session,
        who=who,
        unit_name=None if who is None else names.get(who.unit),
        owner_name=None if owner is None else owner.name,
        device_name=row.device,
        method=row.method,
        ssid=row.ssid,
    )


def _conditions(
    *, text: str, units: Collection[str] | None, zone: str | None, devices: Collection[int] | None
) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [SessionRow.stopped_at.is_(None)]
    if units is not None:
        conditions.append(_WHOSE.in_(subjects.below(units)))
    if zone is not None:
        conditions.append(SessionRow.zone == zone)
    if devices is not None:
        conditions.append(SessionRow.device.in_(sorted(devices)))
    if text.strip():
        conditions.append(or_(*_spelled(text.strip())))
    return conditions


def _spelled(text: str) -> list[ColumnElement[bool]]:
    """Return where a text that somebody typed may stand."""
    forms = pinyin.sought(text)
    named = select(PersonRow.subject).where(or_(*(PersonRow.spelled.contains(each, autoescape=True) for each in forms)))
    things = select(EndpointRow.subject).where(EndpointRow.name.contains(text, autoescape=True))
    folded = text.casefold()
    conditions: list[ColumnElement[bool]] = [
        SessionRow.subject.in_(named),
        SessionRow.subject.in_(things),
        SessionRow.login.contains(folded, autoescape=True),
        SessionRow.address.startswith(folded, autoescape=True),
        SessionRow.address6.startswith(folded, autoescape=True),
    ]
    digits = re.sub(r"[-:. ]", "", folded)
    if _HEX.fullmatch(digits):
        octets = [digits[at : at + 2] for at in range(0, len(digits), 2)]
        conditions.append(SessionRow.hardware.contains(":".join(octets), autoescape=True))
    return conditions
