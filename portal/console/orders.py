"""Orders to devices: given by whom, about whom, and what the device answered, as it comes in."""

import json
import zlib
from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Depends
from starlette.responses import Response

from access import orders
from access.enforcement import Kind
from access.orders import Ordered
from access.tables import OrderRow
from portal.console.desk import LIVE, Desk, asks
from portal.console.online import zone_names
from portal.console.order_answers import Answer, answered
from portal.console.probe_answers import proven
from portal.console.refusals import ConsoleRefused, Why
from portal.console.roles import Right

router = APIRouter()
PAGE = 500
SLOW = 30.0  # seconds after which the page says where to look
SEEN = "x-seen"  # what the page shows already


@router.get("/orders")
def listed(desk: Desk = Depends(asks(Right.ONLINE_SEE)), numbers: str = "", waiting: str = "") -> Response:
    """List orders: those that one act gave (`numbers`, a comma between), those that wait, or the latest of all."""
    chosen = _numbers(numbers) if numbers else None
    with desk.knowledge.store.read() as session:
        found = orders.found(
            session,
            units=desk.scope,
            numbers=chosen,
            waiting=bool(waiting),
            limit=PAGE,
        )
        names = zone_names(session)
    shown = [_shown(one) for one in found]
    return live_page(
        desk, "orders", found, rows=shown, zones=names, one_act=chosen is not None, waiting=bool(waiting)
    )  # fmt: skip


@router.get("/orders/{number:int}")
def one(number: int, desk: Desk = Depends(asks(Right.ONLINE_SEE))) -> Response:
    """Show one order and what became of it."""
    with desk.knowledge.store.read() as session:
        found = orders.find(session, number)
        about = found.about.who if found is not None and found.about is not None else None
        if found is None or not desk.sees(about.unit if about is not None else None):
            raise ConsoleRefused(Why.NOT_FOUND, status=404)
        names = zone_names(session)
    order, answer = _shown(found)
    return live_page(desk, "order", [found], one=order, answer=answer, zones=names)


def _numbers(text: str) -> list[int]:
    told = text.split(",")
    if len(told) > PAGE or not all(each.isascii() and each.isdigit() and len(each) < 19 for each in told):
        raise ConsoleRefused(Why.NOT_FOUND, status=404)
    return [int(each) for each in told]


def live_page(desk: Desk, name: str, found: Sequence[Ordered], **values: Any) -> Response:
    """Show a page that asks again each second while an answer is open: its part by htmx, else the whole.

    `name` is that of two templates, console/NAME.html and the part console/NAME_state.html, with the id "state".
    Where nothing is new since, the part is left as it is: a screen reader would read it out each second.
    """
    now = desk.knowledge.clock()
    slow = any(one.order.done_at is None and now - one.order.ordered_at > SLOW for one in found)
    state = f"{zlib.crc32(repr([(one.order.number, one.order.outcome) for one in found]).encode()):x}-{slow:d}"
    if desk.is_partial and desk.request.headers.get(SEEN) == state:
        return Response(status_code=204)
    here = desk.request.url.path + (f"?{desk.request.url.query}" if desk.request.url.query else "")
    again = json.dumps({LIVE: "1", SEEN: state})
    template = f"console/{name}_state.html" if desk.is_partial else f"console/{name}.html"
    open_ones = sum(one.order.done_at is None for one in found)
    return desk.page(template, here=here, again=again, slow=slow, open_ones=open_ones, **values)


def answer_to(order: OrderRow) -> Answer:
    """Return what became of an order of any kind, in words."""
    if order.kind == Kind.PROBE:
        return proven(order.outcome, order.detail)
    return answered(order.kind, order.outcome, order.detail)


def _shown(one: Ordered) -> tuple[Ordered, Answer]:
    return one, answer_to(one.order)
