"""Who is online, who was, and who had an address at a time."""

from collections.abc import Sequence
from ipaddress import ip_network
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from access.device_table import plain_address
from access.enforcement import close_ended
from access.lifetime import Ending
from access.settings import AccessSettings
from access.tables import SessionAddressRow, SessionRow
from store.engine import Unit

_SWEPT_AT_ONCE = 20_000  # sessions closed by one unit of work; others wait for its commit
_CHUNK = 500


class Holding(NamedTuple):
    """That a session had an address. Times are in seconds since the epoch."""

    session: SessionRow
    address: str  # as the session told it: the one that was asked for, or an IPv6 prefix around it
    since: float
    until: float | None  # replaced by another one, or the session's end; None: the session has it still


def _conditions(
    *, subject: str | None, login: str | None, hardware: str | None, address: str | None, device: int | None
) -> list[ColumnElement[bool]]:
    pairs: tuple[tuple[Any, object], ...] = (
        (SessionRow.subject, subject),
        (SessionRow.login, login),
        (SessionRow.hardware, hardware),
        (SessionRow.device, device),
    )
    conditions: list[ColumnElement[bool]] = [column == value for column, value in pairs if value is not None]
    if address is not None:
        conditions.append(or_(SessionRow.address == address, SessionRow.address6 == address))
    return conditions


def online(
    session: Session,
    *,
    subject: str | None = None,
    login: str | None = None,
    hardware: str | None = None,
    address: str | None = None,
    device: int | None = None,
    zone: str | None = None,
    before: int | None = None,
    limit: int = 200,
) -> Sequence[SessionRow]:
    """Return open sessions that fit all that is told, the latest first; `before` is the last number of a page."""
    told = _conditions(subject=subject, login=login, hardware=hardware, address=address, device=device)
    query = select(SessionRow).where(SessionRow.stopped_at.is_(None), *told)
    if zone is not None:
        query = query.where(SessionRow.zone == zone)
    if before is not None:
        query = query.where(SessionRow.number < before)
    return session.scalars(query.order_by(SessionRow.number.desc()).limit(limit)).all()


def count_online(session: Session) -> int:
    """Return how many sessions are open."""
    query = select(func.count()).select_from(SessionRow).where(SessionRow.stopped_at.is_(None))
    return session.scalar(query) or 0


def history(
    session: Session,
    *,
    subject: str | None = None,
    login: str | None = None,
    hardware: str | None = None,
    address: str | None = None,
    device: int | None = None,
    since: float | None = None,
    until: float | None = None,
    limit: int = 200,
) -> Sequence[SessionRow]:
    """Return sessions, open or over, that were open at some time from `since` until before `until` (epoch)."""
    told = _conditions(subject=subject, login=login, hardware=hardware, address=address, device=device)
    query = select(SessionRow).where(*told)
    if since is not None:
        query = query.where(or_(SessionRow.stopped_at.is_(None), SessionRow.stopped_at >= since))
    if until is not None:
        query = query.where(SessionRow.started_at < until)
    return session.scalars(query.order_by(SessionRow.started_at.desc()).limit(limit)).all()


def find(session: Session, number: int) -> SessionRow | None:
    """Return one session."""
    return session.get(SessionRow, number)


def who_had(session: Session, address: str, at: float) -> Sequence[Holding]:
    """Return which sessions had an address at a time (seconds since the epoch), the latest first.

    An IPv6 address is also found by the prefix that the session had. More than one session means that the network
    gave the address twice, or that a session's end was only presumed. Raises ValueError for what is no address.
    """
    spellings = _spellings(address)
    had, later = SessionAddressRow, aliased(SessionAddressRow)
    # An IPv6 address does not end an IPv4 one: both are kept here, and only the same family takes over.
    family = later.address.contains(":") if ":" in spellings[0] else ~later.address.contains(":")
    same_session: ColumnElement[bool] = and_(later.key == had.key, later.generation == had.generation)
    after = and_(same_session, family, later.number > had.number, later.address.not_in(spellings))
    replaced = select(later.number).where(after, later.since <= at)
    replaced_at = select(func.min(later.since)).where(after).scalar_subquery()
    query = (
        select(SessionRow, had.address, had.since, replaced_at)
        .join(had, and_(had.key == SessionRow.key, had.generation == SessionRow.generation))
        .where(
            had.address.in_(spellings),
            had.since <= at,
            or_(SessionRow.stopped_at.is_(None), SessionRow.stopped_at >= at),
            ~replaced.exists(),
        )
        .order_by(had.since.desc(), had.number.desc())
    )
    found: dict[int, Holding] = {}
    for row, told, since, other in session.execute(query):
        ends = [each for each in (row.stopped_at, other) if each is not None]
        # Told twice, say as a prefix and as an address of it: it was had from the first time on.
        first = found.get(row.number)
        found[row.number] = Holding(row, told if first is None else first.address, since, min(ends, default=None))
    return list(found.values())


def _spellings(text: str) -> list[str]:
    """Return the ways in which a session may have told this address: itself, and every IPv6 prefix around it."""
    address = plain_address(text)
    if address.version == 4:
        return [str(address)]
    prefixes = (ip_network((address, length), strict=False) for length in range(128, 15, -1))
    return [str(address), *map(str, prefixes)]


def sweep(unit: Unit, settings: AccessSettings) -> int:
    """Close sessions whose interim records stopped; return how many.

    Such a session ended when it was last heard of, as far as anybody knows; an interim that comes after all opens
    it again (access.lifetime). Orders about sessions that are over are closed as well.
    """
    silence = settings.lost_after * func.coalesce(SessionRow.interim, settings.interim)
    silent = (
        select(SessionRow.number)
        .where(SessionRow.stopped_at.is_(None), SessionRow.updated_at < unit.now - silence)
        .order_by(SessionRow.key)
        .limit(_SWEPT_AT_ONCE)
        .with_for_update(skip_locked=True)  # a row that is being written is not silent
    )
    numbers = unit.session.scalars(silent).all()
    ended = update(SessionRow).values(
        stopped_at=case(
            (SessionRow.updated_at > SessionRow.started_at, SessionRow.updated_at), else_=SessionRow.started_at
        ),
        cause=Ending.LOST.value,
    )
    for start in range(0, len(numbers), _CHUNK):
        chosen = SessionRow.number.in_(numbers[start : start + _CHUNK])
        unit.session.execute(ended.where(chosen), execution_options={"synchronize_session": False})
    close_ended(unit)
    return len(numbers)
