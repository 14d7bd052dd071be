"""What the doors of the network answered, live: each session that was to end, and what its device said."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Depends
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.responses import Response

from access.enforcement import orders_from
from access.tables import OrderRow, SessionRow
from directory import endpoints
from directory.registry import PublicationRow
from portal.console.desk import Desk, asks
from portal.console.order_answers import answered
from portal.console.person import device_names, person_at
from portal.console.roles import Right

router = APIRouter()
RECENT = 1000  # orders that are looked through where nobody says from which on
MOST = 2000


@router.get("/people/doors")
def given(
    desk: Desk = Depends(asks(Right.PEOPLE_CHANGE)), first: int | None = None, done: int | None = None
) -> Response:
    """Show the answers to what this administrator ordered for many at once."""
    with desk.knowledge.store.read() as session:
        found = orders_from(session, _first(session, first), ordered_by=desk.actor, limit=MOST)
        return _answers(desk, session, found, "console/people_doors.html", first=first, done=done)


@router.get("/people/{subject}/doors")
def of_person(subject: str, desk: Desk = Depends(asks(Right.PEOPLE_SEE)), first: int | None = None) -> Response:
    """Show the answers about one person, and the endpoints that waited for the person."""
    with desk.knowledge.store.read() as session:
        row = person_at(desk, session, subject)
        owned = endpoints.listed(session, owner=subject)
        names = {subject: row.name, **{each.subject: each.name for each in owned}}
        found = [] if first == 0 else orders_from(session, _first(session, first), subjects=list(names), limit=MOST)
        published = session.scalar(select(PublicationRow.number).where(PublicationRow.subject == subject).limit(1))
        return _answers(
            desk, session, found, "console/person_doors.html", row=row, names=names, first=first, owned=owned,
            published=published is None,
        )  # fmt: skip


def _first(session: Session, told: int | None) -> int:
    if told:
        return told
    return (session.scalar(select(func.max(OrderRow.number))) or 0) - RECENT


def _answers(
    desk: Desk, session: Session, found: Sequence[tuple[OrderRow, SessionRow]], template: str, **values: Any
) -> Response:
    waiting = any(order.done_at is None for order, _ in found)
    devices = device_names(session, {row.device for _, row in found})
    if desk.is_partial:
        template = "console/doors_rows.html"
    query = desk.request.url.query
    return desk.page(
        template, found=found, waiting=waiting, devices=devices, answered=answered,
        address=desk.request.url.path + (f"?{query}" if query else ""), **{"names": {}, "owned": [], **values},
    )  # fmt: skip
