"""Does the device take orders? Gives a probe, and shows what its answer proves, or what to check where none comes.

The right is that to change devices: a probe is about the device's record (address, port, secret) and about nobody, so
whoever looks after devices gives it. Who may end sessions (a unit's administrator) does not see devices at all.
"""

from fastapi import APIRouter, Depends
from starlette.responses import Response

from access import enforcement, orders
from access.device_table import order_address
from access.enforcement import Kind, OrderRefused
from portal.console.desk import Desk, asks
from portal.console.device import device_of
from portal.console.device_commands import own_address_towards
from portal.console.device_terms import unprobeable
from portal.console.orders import live_page
from portal.console.probe_answers import Verdict, proven, verdict
from portal.console.refusals import ConsoleRefused, Why
from portal.console.roles import Right
from portal.requests import go

router = APIRouter()
_HIGHEST = 2**31 - 1


@router.post("/devices/{number:int}/probe")
def probe(number: int, desk: Desk = Depends(asks(Right.DEVICES_CHANGE))) -> Response:
    """Give a probe; one that waits already is shown instead."""
    device_of(desk, number)
    try:
        with desk.knowledge.store.write() as unit:
            given = enforcement.order_probe(unit, number, desk.actor)
    except OrderRefused:  # taken out this moment
        raise ConsoleRefused(Why.NOT_FOUND, status=404) from None
    return go(f"/devices/{number}/probe/{given}")


@router.get("/devices/{number:int}/probe/{order:int}")
def show(number: int, order: int, desk: Desk = Depends(asks(Right.DEVICES_SEE))) -> Response:
    """Show what a probe found out, as it comes in."""
    row = device_of(desk, number)
    with desk.knowledge.store.read() as session:
        found = orders.find(session, order) if order <= _HIGHEST else None
    if found is None or found.order.kind != Kind.PROBE or found.order.device != number:
        raise ConsoleRefused(Why.NOT_FOUND, status=404)
    told = found.order
    address = order_address(row.prefix, row.dynauth_address)
    return live_page(
        desk, "device_probe", [found], row=row, order=told, answer=proven(told.outcome, told.detail),
        verdict=verdict(told.outcome, told.detail), Verdict=Verdict, unprobeable=unprobeable(row), address=address,
        own=own_address_towards(address) if address else None,
    )  # fmt: skip
