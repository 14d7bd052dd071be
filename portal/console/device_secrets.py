"""The shared secret of a network device: a second one beside it, then that one alone, or the first one kept."""

from fastapi import APIRouter, Depends
from starlette.responses import Response

from access import devices
from access.malformed import DeviceMalformed
from portal.console.desk import Desk, asks
from portal.console.device import device_of
from portal.console.devices import secret_page
from portal.console.refusals import ConsoleRefused, Why
from portal.console.roles import Right
from portal.requests import go

router = APIRouter()


@router.get("/devices/{number:int}/secret")
def rotation(number: int, desk: Desk = Depends(asks(Right.DEVICES_CHANGE, proven=True))) -> Response:
    """Show how far the rotation is, and its next step."""
    return desk.page("console/device_rotation.html", row=device_of(desk, number))


@router.post("/devices/{number:int}/secret")
def rotate(number: int, desk: Desk = Depends(asks(Right.DEVICES_CHANGE, proven=True))) -> Response:
    """Begin, finish or give up a rotation; a new secret is shown this once."""
    device_of(desk, number)
    step = desk.posted.wanted("step")
    try:
        with desk.knowledge.store.write() as unit:
            if step == "begin":
                secret = devices.rotate_secret(unit, desk.actor, desk.knowledge.sealer, number)
            elif step == "finish":
                devices.finish_rotation(unit, desk.actor, desk.knowledge.sealer, number)
            elif step == "cancel":
                devices.cancel_rotation(unit, desk.actor, number)
            else:
                raise ConsoleRefused(Why.FIELD_MALFORMED, "step")
    except DeviceMalformed:  # another page, or another administrator, was quicker
        return go(f"/devices/{number}/secret")
    return secret_page(desk, number, secret, is_new=False) if step == "begin" else go(f"/devices/{number}")
