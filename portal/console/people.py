"""People: found as one types, and everything that an administrator does for one of them."""

from fastapi import APIRouter, Depends
from starlette.responses import Response

from directory import people, units
from portal.console.desk import Desk, asks
from portal.console.roles import Right

router = APIRouter()
PAGE = 50


@router.get("/people")
def listed(desk: Desk = Depends(asks(Right.PEOPLE_SEE)), q: str = "") -> Response:
    """List people whose name, login, unit or pinyin fits; the part alone where htmx asks as one types."""
    with desk.knowledge.store.read() as session:
        names = {row.code: row.name for row in units.listed(session)}
        scope = None if desk.scope is None else desk.administrator.unit
        found = people.search(session, text=q[:100], unit=scope, limit=PAGE)
    template = "console/people_rows.html" if desk.is_partial else "console/people.html"
    return desk.page(template, found=found, unit_names=names, q=q[:100], more=len(found) == PAGE)
