"""Orders to devices: given by whom, about whom, and what the device answered, as it comes in."""

from typing import Any

from fastapi import APIRouter, Depends
from starlette.responses import Response

from access import orders
from access.orders import Ordered
from portal.console.desk import LIVE, Desk, asks
from portal.console.online import zone_names
from portal.console.order_answers import answered
from portal.console.refusals import ConsoleRefused, Why
from portal.console.roles import Right

router = APIRouter()
PAGE = 500


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
    open_ones = sum(one.order.done_at is None for one in found)
    return _page(
        desk, "orders", rows=[_shown(one) for one in found], zones=names, open_ones=open_ones,
        one_act=chosen is not None, waiting=bool(waiting),
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
    return _page(desk, "order", one=order, answer=answer, zones=names, open_ones=int(found.order.done_at is None))


def _numbers(text: str) -> list[int]:
    told = text.split(",")
    if len(told) > PAGE or not all(each.isascii() and each.isdigit() and len(each) < 19 for each in told):
        raise ConsoleRefused(Why.NOT_FOUND, status=404)
    return [int(each) for each in told]


def _page(desk: Desk, name: str, **values: Any) -> Response:
    """Show a page that asks again each second while an answer is open: its part by htmx, else the whole."""
    here = desk.request.url.path + (f"?{desk.request.url.query}" if desk.request.url.query else "")
    template = f"console/{name}_state.html" if desk.is_partial else f"console/{name}.html"
    return desk.page(template, here=here, live=LIVE, now=desk.knowledge.clock(), **values)


def _shown(one: Ordered) -> tuple[Ordered, Any]:
    return one, answered(one.order.kind, one.order.outcome, one.order.detail)
