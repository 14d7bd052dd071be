"""Online: who is there now, where, since when, and one session with all that is known of it."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session
from starlette.responses import Response

from access import online as sessions
from access import orders, zones
from access.online import Online
from directory import units
from portal.console.desk import LIVE, Desk, asks
from portal.console.order_answers import answered
from portal.console.refusals import ConsoleRefused, Why
from portal.console.roles import Right
from portal.console.sought import devices_named

router = APIRouter()
PAGE = 100
LONGEST = 100  # characters of what is searched


class Filters(NamedTuple):
    """What the list is narrowed to, as it stands in the address of the page."""

    q: str = ""
    unit: str = ""
    zone: str = ""
    device: str = ""

    def query(self, **more: object) -> str:
        """Return the query of an address with these filters, without the empty ones."""
        told = {**self._asdict(), **more}
        return urlencode({name: value for name, value in told.items() if value not in ("", None)})


def conditions(session: Session, desk: Desk, filters: Filters) -> dict[str, Any]:
    """Return the filters as `access.online` takes them, within what this administrator may see."""
    scope = desk.scope
    if filters.unit:
        scope = desk.subtree(session, filters.unit)
    return {
        "text": filters.q,
        "units": scope,
        "zone": filters.zone or None,
        "devices": devices_named(session, filters.device),
    }


def found_session(session: Session, desk: Desk, number: int) -> Online:
    """Return a session that this administrator may see. Raises ConsoleRefused as if there were none."""
    found = next(iter(sessions.of_numbers(session, [number])), None)
    if found is None or not desk.sees(found.who.unit if found.who is not None else None):
        raise ConsoleRefused(Why.NOT_FOUND, status=404)
    return found


def zone_names(session: Session) -> dict[str, str]:
    """Return the names of zones by code."""
    return {code: zone.name for code, zone in zones.load_zones(session).items()}


def unit_choices(session: Session, desk: Desk) -> list[tuple[str, str]]:
    """Return code and name of the units that this administrator may see, indented as in the tree."""
    return [
        (branch.row.code, "\u3000" * branch.depth + branch.row.name)
        for branch in units.tree(session)
        if desk.sees(branch.row.code)
    ]


@router.get("/online")
def listed(
    desk: Desk = Depends(asks(Right.ONLINE_SEE)),
    q: str = "",
    unit: str = "",
    zone: str = "",
    device: str = "",
    before: int | None = None,
) -> Response:
    """List open sessions; the rows alone where htmx asks, as somebody types or every few seconds."""
    filters = Filters(*(each.strip()[:LONGEST] for each in (q, unit, zone, device)))
    with desk.knowledge.store.read() as session:
        told = conditions(session, desk, filters)
        rows = sessions.found(session, **told, before=before, limit=PAGE)
        shown: dict[str, Any] = {
            "rows": rows,
            "total": sessions.count(session, **told),
            "more": len(rows) == PAGE,
            "zones": zone_names(session),
            "filters": filters,
            "before": before,
            "now": desk.knowledge.clock(),
            "live": LIVE,
        }
        if desk.is_partial:
            return desk.page("console/online_rows.html", **shown)
        return desk.page("console/online.html", **shown, units=unit_choices(session, desk))


@router.get("/online/{number:int}")
def one(number: int, desk: Desk = Depends(asks(Right.ONLINE_SEE))) -> Response:
    """Show one session: whose, where, its orders, and the login it came from."""
    with desk.knowledge.store.read() as session:
        found = found_session(session, desk, number)
        given = orders.about_session(session, number)
        names = zone_names(session)
    if found.who is not None:
        desk.viewed("session", str(number))
    return desk.page(
        "console/online_session.html", one=found, given=_answers(given), zones=names, now=desk.knowledge.clock()
    )


def _answers(given: Sequence[orders.Ordered]) -> list[tuple[orders.Ordered, Any]]:
    return [(one, answered(one.order.kind, one.order.outcome, one.order.detail)) for one in given]
