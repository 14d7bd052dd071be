"""Lists of people out of the registry, in the form in which an import takes them back: numbers are masked."""

import re
from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta, tzinfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.identity_numbers import Kind
from directory.import_columns import CATEGORIES, HEADINGS, Field
from directory.registry import DocumentRow, PersonRow

# A spreadsheet takes what begins so for a formula, also after a tab or a line end (CWE-1236).
_ACTIVE = re.compile(r"[\t\r\n ]*[=+@-]|[\t\r\n]")
# Not a `Field`: an import does not bring people into a state.
_STATE = ("状态", "state")
_STATES = {"draft": "待核验", "active": "有效", "suspended": "停用", "left": "已离职", "preserved": "仅存档"}


def defused(text: str) -> str:
    """Return a cell that no spreadsheet works out: an apostrophe before what could be a formula."""
    return f"'{text}" if _ACTIVE.match(text) else text


def export_rows(
    session: Session, scope: Collection[str] | None, *, zone: tzinfo, english: bool = False
) -> Iterator[tuple[str, ...]]:
    """Yield the headings and then a row for each person of these units (None: of all), by login.

    Every cell is defused. Times are in `zone`: a day alone as the end of a validity is the whole day. The caller puts
    the export on record.
    """
    at = 1 if english else 0
    yield (*(HEADINGS[each][at] for each in Field), _STATE[at])
    masks: dict[str, tuple[str, str]] = {}
    documents = select(DocumentRow.subject, DocumentRow.kind, DocumentRow.masked).order_by(DocumentRow.kind.desc())
    for subject, kind, mask in session.execute(documents):  # of several the first kind by name stays
        masks[subject] = (Kind(kind).english if english else Kind(kind).chinese, mask)
    query = select(PersonRow).order_by(PersonRow.login).execution_options(yield_per=1000)
    for person in session.scalars(query):
        if scope is None or person.unit in scope:
            cells = _cells(person, zone, english=english) | dict(
                zip((Field.DOCUMENT_KIND, Field.DOCUMENT), masks.get(person.subject, ("", "")), strict=True)
            )
            state = person.state if english else _STATES[person.state]
            yield (*(defused(cells[each]) for each in Field), state)


def _cells(person: PersonRow, zone: tzinfo, *, english: bool) -> dict[Field, str]:
    return {
        Field.LOGIN: person.login,
        Field.NAME: person.name,
        Field.UNIT: person.unit,
        Field.CATEGORY: person.category if english else CATEGORIES[person.category][0],
        Field.TITLE: person.title or "",
        Field.TELEPHONE: person.telephone or "",
        Field.MAIL: person.mail or "",
        Field.VALID_FROM: _day(person.valid_from, zone),
        Field.VALID_UNTIL: _day(person.valid_until, zone, end=True),
        Field.ZONES: person.zones,
        Field.SESSION_LIMIT: "" if person.session_limit is None else str(person.session_limit),
    }


def _day(moment: float | None, zone: tzinfo, *, end: bool = False) -> str:
    if moment is None:
        return ""
    try:
        at = datetime.fromtimestamp(moment, UTC).astimezone(zone)
    except OverflowError:  # the last hours of the year 9999, east of Greenwich: no calendar has that day
        return ""
    if at.hour or at.minute or at.second:
        return at.strftime("%Y-%m-%d %H:%M:%S")
    return (at - timedelta(days=1) if end else at).strftime("%Y-%m-%d")
