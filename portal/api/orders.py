"""Orders to end or move a session, probes of devices, and what the device answered (RFC 5176)."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from pydantic import Field
from sqlalchemy.orm import Session

from access.enforcement import Kind, Outcome
from access.tables import OrderRow, SessionRow
from portal.api import reached
from portal.api.bearer import Caller, bears
from portal.api.fields import Number, Shown, instant, moment
from portal.api.problems import READS, Fault, Refused
from portal.console.probe_answers import Verdict, verdict
from portal.console.roles import Right

router = APIRouter(tags=["orders"])


class Order(Shown):
    """An order; `outcome` is null until the device answered, or could not.

    A probe is about a device and no session. It asks for the end of a session that cannot exist, so that both `ack` and
    `nak` prove that orders reach the device; `verdict` says what came of it.
    """

    number: int
    kind: Kind
    session: int | None
    device: int | None
    zone: str | None
    ordered_by: str
    ordered_at: datetime
    done_at: datetime | None
    outcome: Outcome | None
    detail: str | None
    verdict: Verdict | None = Field(description="Of a probe: what its outcome proves; null for other orders")


def shown(session: Session, number: int) -> Order:
    """Return an order as the API tells it."""
    row = session.get_one(OrderRow, number)
    about = session.get(SessionRow, row.session) if row.session is not None else None
    device = about.device if about is not None else row.device
    return Order(
        number=row.number, kind=Kind(row.kind), session=row.session, device=device, zone=row.zone,
        ordered_by=row.ordered_by,
        ordered_at=instant(row.ordered_at), done_at=moment(row.done_at),
        outcome=None if row.outcome is None else Outcome(row.outcome), detail=row.detail,
        verdict=verdict(row.outcome, row.detail) if row.kind == Kind.PROBE else None,
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
