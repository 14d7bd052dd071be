"""What people type into forms, brought to the spelling of the records: days, people, units, hardware addresses."""

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory import people, spelling, units
from directory.refusal import Flaw, RegistryRefused
from directory.registry import PersonRow, UnitRow
from portal.console.desk import Desk
from portal.console.refusals import ConsoleRefused, Why

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_IN_BRACKETS = re.compile(r".*[(（]([^()（）]+)[)）]")  # what a suggestion puts behind a name
_SEPARATORS = re.compile(r"[-:. ]")


def day_of(at: float | None, zone: ZoneInfo, *, last: bool = False) -> str:
    """Return the day of a time, as a form shows it; `last`: the last day before a validity ends."""
    if at is None:
        return ""
    return datetime.fromtimestamp(at - 1 if last else at, zone).date().isoformat()


def begin_of(text: str, zone: ZoneInfo, field: str) -> float | None:
    """Return the first moment of a day, None for no day. Raises ConsoleRefused."""
    day = _day(text, field)
    return None if day is None else datetime.combine(day, time.min, zone).timestamp()


def end_of(text: str, zone: ZoneInfo, field: str) -> float | None:
    """Return the first moment after a day, None for no day. Raises ConsoleRefused."""
    day = _day(text, field)
    return None if day is None else datetime.combine(day + timedelta(days=1), time.min, zone).timestamp()


def _day(text: str, field: str) -> date | None:
    if not text:
        return None
    try:
        if not _DAY.fullmatch(text):
            raise ConsoleRefused(Why.FIELD_MALFORMED, field)
        day = date.fromisoformat(text)
    except ValueError:
        raise ConsoleRefused(Why.FIELD_MALFORMED, field) from None
    if not 1970 < day.year < 9999:
        raise ConsoleRefused(Why.FIELD_MALFORMED, field)
    return day


def hardware_of(text: str) -> str:
    """Return a hardware address in the registry's spelling, however its octets are parted. Raises RegistryRefused."""
    digits = _SEPARATORS.sub("", text).lower()
    if re.fullmatch(r"[0-9a-f]{12}", digits):
        text = ":".join(digits[at : at + 2] for at in range(0, 12, 2))
    return spelling.hardware(text)


def suggestion(name: str, known_by: str) -> str:
    """Return how a suggestion reads, and a field that was filled: the name, and what it is known by."""
    return f"{name} ({known_by})"


def person_of(session: Session, text: str, field: str) -> PersonRow:
    """Return the person of a suggestion, a login or a subject id. Raises RegistryRefused beside the field."""
    known_by = _known_by(text)
    try:
        try:
            return people.by_login(session, known_by)
        except RegistryRefused:
            return people.find(session, known_by)
    except RegistryRefused:
        raise RegistryRefused(Flaw.PERSON_UNKNOWN, field) from None


def unit_of(session: Session, text: str, field: str) -> UnitRow:
    """Return the unit of a suggestion, a code, or a name that only one unit has. Raises RegistryRefused."""
    try:
        return units.find(session, _known_by(text))
    except RegistryRefused:
        wanted = text.strip()
        chosen = select(UnitRow).where(UnitRow.name == wanted).limit(2)
        named = session.scalars(chosen).all() if wanted.isprintable() else []
        if len(named) != 1:
            raise RegistryRefused(Flaw.UNIT_UNKNOWN, field) from None
        return named[0]


def own_person_of(desk: Desk, text: str, field: str, session: Session) -> PersonRow:
    """Return the person, as if there were nobody but whom the administrator sees. Raises RegistryRefused."""
    row = person_of(session, text, field)
    if not desk.sees(row.unit):
        raise RegistryRefused(Flaw.PERSON_UNKNOWN, field)
    return row


def own_unit_of(desk: Desk, text: str, field: str, session: Session) -> UnitRow:
    """Return the unit, as if there were none but those that the administrator sees. Raises RegistryRefused."""
    row = unit_of(session, text, field)
    if not desk.sees(row.code):
        raise RegistryRefused(Flaw.UNIT_UNKNOWN, field)
    return row


def _known_by(text: str) -> str:
    found = _IN_BRACKETS.fullmatch(text.strip())
    return (found[1] if found else text).strip()
