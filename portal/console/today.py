"""Today: the administrator's own work first, then how the network fares."""

from fastapi import APIRouter, Depends
from starlette.responses import Response

from access.sessions import count_online
from portal.console.desk import Desk, asks
from portal.console.roles import Right

router = APIRouter()


@router.get("/")
def today(desk: Desk = Depends(asks(Right.TODAY))) -> Response:
    """Show the first page."""
    with desk.knowledge.store.read() as session:
        online = count_online(session)
    return desk.page("console/today.html", online=online)
