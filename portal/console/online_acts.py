"""Ending sessions and moving them: always a page that names whom it concerns first, then the orders."""

from collections.abc import Collection, Sequence

from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session
from starlette.responses import Response

from access import enforcement, zones
from access import online as sessions
from access.enforcement import OrderRefused
from access.online import Online
from portal.console.desk import Desk, asks
from portal.console.online import Filters, conditions, found_session, zone_names
from portal.console.refusals import ConsoleRefused, Why
from portal.console.roles import Right, Role
from portal.language import Text
from portal.requests import go

router = APIRouter()
MOST = 500  # sessions that one act ends
_NOBODY = Text("没有选中任何会话，请先勾选。", "No session is ticked; tick some first.")


def may_move(desk: Desk) -> bool:
    """Return whether this administrator moves sessions: a zone is a right, and those are not a unit's to give."""
    return desk.may(Right.ONLINE_ORDER) and desk.role is not Role.UNIT


@router.get("/online/{number:int}/end")
def asked_to_end(number: int, desk: Desk = Depends(asks(Right.ONLINE_ORDER))) -> Response:
    """Say what the end of one session means."""
    with desk.knowledge.store.read() as session:
        return _preview(session, desk, [found_session(session, desk, number)])


@router.post("/online/preview")
def preview(desk: Desk = Depends(asks(Right.ONLINE_ORDER))) -> Response:
    """Say which sessions would end: those that are ticked, or all that the filters find."""
    with desk.knowledge.store.read() as session:
        if desk.posted.ticked("all"):
            filters = Filters(*(desk.posted.text(name) for name in Filters._fields))
            chosen = sessions.found(session, **conditions(session, desk, filters), limit=MOST + 1)
        else:
            chosen = _seen(session, desk, _numbers(desk))
        return _preview(session, desk, chosen)


def _preview(session: Session, desk: Desk, chosen: Sequence[Online]) -> Response:
    errors = {} if chosen else {"session": _NOBODY}
    return desk.page(
        "console/online_end.html",
        rows=chosen[:MOST],
        ended=[one for one in chosen if one.session.stopped_at is not None],
        cut=len(chosen) > MOST,
        most=MOST,
        zones=zone_names(session),
        now=desk.knowledge.clock(),
        errors=errors,
        status=200 if chosen else 400,
    )


@router.post("/online/end")
def end(desk: Desk = Depends(asks(Right.ONLINE_ORDER))) -> Response:
    """Order the end of the sessions that the preview named; what ended meanwhile is left out."""
    numbers = _numbers(desk)[:MOST]
    with desk.knowledge.store.write() as unit:
        still = [one.session for one in _seen(unit.session, desk, numbers) if one.session.stopped_at is None]
        given = [enforcement.order_disconnect(unit, row.number, desk.actor) for row in still]
    if not given:
        raise ConsoleRefused(Why.ORDER_REFUSED)
    return go(_orders_page(given))


@router.get("/online/{number:int}/move")
def asked_to_move(number: int, desk: Desk = Depends(asks(Right.ONLINE_ORDER))) -> Response:
    """Choose another zone for one session."""
    return _move_page(desk, number, "", {})


@router.post("/online/{number:int}/move")
def move(number: int, desk: Desk = Depends(asks(Right.ONLINE_ORDER))) -> Response:
    """Order that one session be moved."""
    _refuse_units(desk)
    code = desk.posted.text("zone")
    with desk.knowledge.store.read() as session:
        known = code in zones.load_zones(session)
    if not known:
        return _move_page(desk, number, code, {"zone": Why.FIELD_MISSING.value.text})
    try:
        with desk.knowledge.store.write() as unit:
            found_session(unit.session, desk, number)
            given = enforcement.order_coa(unit, number, code, desk.actor)
    except OrderRefused:
        raise ConsoleRefused(Why.ORDER_REFUSED) from None
    return go(f"/orders/{given}")


def _move_page(desk: Desk, number: int, code: str, errors: dict[str, Text]) -> Response:
    _refuse_units(desk)
    with desk.knowledge.store.read() as session:
        one = found_session(session, desk, number)
        names = zone_names(session)
    others = [(each, name) for each, name in names.items() if each != one.session.zone]
    return desk.page(
        "console/online_move.html", one=one, zones=names, others=others, chosen=code, errors=errors,
        status=400 if errors else 200,
    )  # fmt: skip


def _refuse_units(desk: Desk) -> None:
    if not may_move(desk):
        raise ConsoleRefused(Why.NOT_ALLOWED, status=403)


def _numbers(desk: Desk) -> list[int]:
    told = desk.posted.several("session")
    if not all(each.isascii() and each.isdigit() and len(each) < 19 for each in told):
        raise ConsoleRefused(Why.FIELD_MALFORMED, "session")
    return list(dict.fromkeys(map(int, told)))


def _seen(session: Session, desk: Desk, numbers: Collection[int]) -> list[Online]:
    """Return these sessions. Raises ConsoleRefused where one of them is not this administrator's to see."""
    found = sessions.of_numbers(session, numbers)
    for one in found:
        desk.must_see(one.who.unit if one.who is not None else None)
    return found


def _orders_page(given: Sequence[int]) -> str:
    return f"/orders/{given[0]}" if len(given) == 1 else f"/orders?numbers={','.join(map(str, sorted(given)))}"
