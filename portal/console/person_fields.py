"""The fields of a person's record in a form, to and from what the registry keeps."""

from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from access.tables import ZoneRow
from directory.people import PersonFields
from directory.registry import PersonRow
from portal.console.desk import Desk, Posted
from portal.console.refusals import ConsoleRefused, Why
from portal.console.typed import begin_of, day_of, end_of

NAMES = ("name", "category", "mail", "title", "telephone", "valid_from", "valid_until", "session_limit")


def shown(row: PersonRow, zone: ZoneInfo) -> dict[str, str]:
    """Return what a form shows of a record."""
    told = {name: getattr(row, name) for name in NAMES}
    told["valid_from"] = day_of(row.valid_from, zone)
    told["valid_until"] = day_of(row.valid_until, zone, last=True)
    return {name: "" if value is None else str(value) for name, value in told.items()}


def typed(posted: Posted, *more: str) -> dict[str, str]:
    """Return the fields as they were typed, to be shown again. Raises ConsoleRefused for one out of all bounds."""
    return {name: posted.text(name) for name in (*NAMES, *more)}


def read(desk: Desk, before: PersonRow | None = None) -> PersonFields:
    """Return the fields as `people.change` takes them. Raises ConsoleRefused beside a field.

    A validity whose day was not touched keeps its time of day.
    """
    posted, zone = desk.posted, desk.knowledge.time_zone
    begin = begin_of(posted.text("valid_from"), zone, "valid_from")
    end = end_of(posted.text("valid_until"), zone, "valid_until")
    if before is not None:
        if day_of(before.valid_from, zone) == posted.text("valid_from"):
            begin = before.valid_from
        if day_of(before.valid_until, zone, last=True) == posted.text("valid_until"):
            end = before.valid_until
    return {
        "name": posted.wanted("name"),
        "category": posted.wanted("category"),
        "mail": posted.text("mail") or None,
        "title": posted.text("title") or None,
        "telephone": posted.text("telephone") or None,
        "valid_from": begin,
        "valid_until": end,
        "session_limit": posted.number("session_limit") if posted.text("session_limit") else None,
    }


def zones_in(session: Session, posted: Posted) -> frozenset[str]:
    """Return the ticked zones. Raises ConsoleRefused for one that is not there."""
    wanted = frozenset(posted.several("zones"))
    if not wanted <= set(session.scalars(select(ZoneRow.code))):
        raise ConsoleRefused(Why.ZONE_UNKNOWN, "zones")
    return wanted


def zone_choices(session: Session) -> list[tuple[str, str]]:
    """Return code and name of every zone."""
    return [(code, name) for code, name in session.execute(select(ZoneRow.code, ZoneRow.name).order_by(ZoneRow.code))]
