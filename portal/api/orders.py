"""Orders to end or move a session, and what the device answered (RFC 5176)."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from sqlalchemy.orm import Session

from access.enforcement import Kind, Outcome
from access.tables import OrderRow, SessionRow
from portal.api import reached
from portal.api.bearer import Caller, bears
from portal.api.fields import Number, Shown, instant, moment
from portal.api.problems import READS, Fault, Refused
from portal.console.roles import Right

router = APIRouter(tags=["orders"])


class Order(Shown):
    """An order; `outcome` is null until the device answered, or could not."""

    number: int
    kind: Kind
    session: int | None
    zone: str | None
    ordered_by: str
    ordered_at: datetime
    done_at: datetime | None
    outcome: Outcome | None
    detail: str | None


def shown(session: Session, number: int) -> Order:
    """Return an order as the API tells it."""
    row = session.get_one(OrderRow, number)
    return Order(
        number=row.number, kind=Kind(row.kind), session=row.session, zone=row.zone, ordered_by=row.ordered_by,
        ordered_at=instant(row.ordered_at), done_at=moment(row.done_at),
        outcome=None if row.outcome is None else Outcome(row.outcome), detail=row.detail,
    )  # fmt: skip


@router.get("/orders/{number}", responses=READS)
def get_order(
    number: Annotated[Number, Path(description="The number of an order")],
    caller: Caller = Depends(bears(Right.ONLINE_SEE)),
) -> Order:
    """Get one order."""
    with caller.knowledge.store.read() as session:
        row = session.get(OrderRow, number)
        about = session.get(SessionRow, row.session) if row is not None and row.session is not None else None
        subject = about.subject if about is not None else None
        if row is None or not reached.sees_subject(caller, session, subject):
            raise Refused(Fault.NOT_THERE, 404)
        return shown(session, number)
