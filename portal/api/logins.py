"""Logins: who, where, when, and why not."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from access import logins
from access.reasons import Reason
from access.tables import LoginRow
from portal.api import reached
from portal.api.bearer import Caller, bears
from portal.api.fields import (
    Address,
    Hardware,
    Limit,
    Login,
    LoginNumber,
    Moment,
    Number,
    Shown,
    Subject,
    instant,
    seconds,
)
from portal.api.problems import READS, Fault, Refused
from portal.console.roles import Right

router = APIRouter(tags=["logins"])
_REASONS = {reason.code: reason.value for reason in Reason}


class LoginShown(Shown):
    """One login and how it was decided. Its number is a text: it has more bits than a double."""

    number: str
    at: datetime
    login: str
    subject: str | None
    hardware: str | None
    address: str | None
    device: int
    port: str | None
    ssid: str | None
    method: str
    granted: bool
    zone: str | None
    rule: int | None
    reason: str | None
    chinese: str | None
    english: str | None


class Step(Shown):
    """One rule that was looked at: the first condition that did not hold, and what would have passed."""

    rule: int
    failed: str | None
    wanted: str | None


class LoginInFull(LoginShown):
    """A login with the trace of its decision and what to do about a refusal."""

    remedy_chinese: str | None
    remedy_english: str | None
    trace: list[Step]


class Logins(Shown):
    """Logins, the latest first; `next` is the `before` of the next page."""

    items: list[LoginShown]
    next: str | None = None


def _values(row: LoginRow) -> dict[str, object]:
    told = _REASONS.get(row.reason or "")
    return {
        "number": str(row.number), "at": instant(row.at), "login": row.login, "subject": row.subject,
        "hardware": row.hardware, "address": row.address, "device": row.device, "port": row.port, "ssid": row.ssid,
        "method": row.method, "granted": row.reason is None, "zone": row.zone, "rule": row.rule, "reason": row.reason,
        "chinese": told.chinese if told else None, "english": told.english if told else None,
        "remedy_chinese": told.remedy_chinese if told else None,
        "remedy_english": told.remedy_english if told else None,
    }  # fmt: skip


@router.get("/logins", responses=READS)
def list_logins(
    caller: Caller = Depends(bears(Right.LOGINS_SEE)),
    subject: Annotated[Subject | None, Query()] = None,
    login: Annotated[Login | None, Query()] = None,
    hardware: Annotated[Hardware | None, Query()] = None,
    address: Annotated[Address | None, Query()] = None,
    device: Annotated[Number | None, Query()] = None,
    reason: Annotated[str | None, Query(pattern=r"^TN-[0-9]{3}$", examples=["TN-102"])] = None,
    granted: Annotated[bool | None, Query()] = None,
    since: Annotated[Moment | None, Query()] = None,
    until: Annotated[Moment | None, Query()] = None,
    before: Annotated[LoginNumber | None, Query(description="The last number of the page before")] = None,
    limit: Annotated[Limit, Query()] = 50,
) -> Logins:
    """Find logins; that somebody looked at a person's is recorded."""
    with caller.knowledge.store.read() as session:
        if subject is not None and not reached.sees_subject(caller, session, subject):
            raise Refused(Fault.NOT_THERE, 404)
        rows = logins.history(
            session, subject=subject, units=caller.scope, login=login, hardware=hardware, address=address,
            device=device, reason=reason, granted=granted, since=seconds(since), until=seconds(until),
            before=int(before) if before else None, limit=limit,
        )  # fmt: skip
    asked = subject or login or hardware or address
    if asked is not None and before is None:
        caller.viewed("logins", asked)
    items = [LoginShown.model_validate(_values(row)) for row in rows]
    return Logins(items=items, next=items[-1].number if len(items) == limit else None)


@router.get("/logins/{number}", responses=READS)
def get_login(
    number: Annotated[LoginNumber, Path(description="The number of a login")],
    caller: Caller = Depends(bears(Right.LOGINS_SEE)),
) -> LoginInFull:
    """Get one login, with the rules that were looked at in order."""
    with caller.knowledge.store.read() as session:
        row = logins.find(session, int(number))
        if row is None or not reached.sees_subject(caller, session, row.subject):
            raise Refused(Fault.NOT_THERE, 404)
        steps = logins.trace_of(session, row)
    if row.subject is not None:
        caller.viewed("login", number)
    return LoginInFull.model_validate({**_values(row), "trace": [step._asdict() for step in steps]})
