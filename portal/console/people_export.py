"""People as a list for a spreadsheet, of one unit or all: document numbers masked, and the taking on record."""

import csv
import io
from collections.abc import Iterable, Iterator

from fastapi import APIRouter, Depends
from starlette.responses import Response, StreamingResponse

from directory import units
from directory.exports import export_rows
from directory.refusal import RegistryRefused
from portal.console.desk import Desk, asks
from portal.console.refusals import ConsoleRefused, Why
from portal.console.roles import Right
from portal.console.typed import own_unit_of
from portal.language import Language

router = APIRouter()


@router.get("/people/export")
def export(desk: Desk = Depends(asks(Right.PEOPLE_CHANGE)), unit: str = "") -> Response:
    """Give everybody of a unit and of those below it as CSV in UTF-8, marked so that spreadsheets read Chinese."""
    english = desk.language is Language.ENGLISH
    with desk.knowledge.store.read() as session:
        scope = desk.scope
        if unit:
            try:
                scope = frozenset(units.subtree(session, own_unit_of(desk, unit, "unit", session).code))
            except RegistryRefused:
                raise ConsoleRefused(Why.NOT_FOUND, status=404) from None
        rows = list(export_rows(session, scope, zone=desk.knowledge.time_zone, english=english))
    with desk.knowledge.store.write() as work:
        work.act(desk.actor, "people.export", unit[:100] or "all", None, {"people": len(rows) - 1})
    return StreamingResponse(
        _csv(rows), media_type="text/csv; charset=utf-8",
        headers={"content-disposition": 'attachment; filename="people.csv"'},
    )  # fmt: skip


def _csv(rows: Iterable[Iterable[str]]) -> Iterator[bytes]:
    yield b"\xef\xbb\xbf"
    for row in rows:
        line = io.StringIO()
        csv.writer(line).writerow(row)
        yield line.getvalue().encode()
