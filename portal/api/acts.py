"""The record of administrative acts: searched, exported, and its head."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import Field
from starlette.responses import Response

from portal.api.bearer import Caller, bears
from portal.api.fields import Limit, Line, Moment, Number, Shown, Told, instant, seconds
from portal.api.problems import READS, WRITES
from portal.console.audit_export import FORMATS, exported
from portal.console.roles import Right
from store import acts
from store.acts import Wanted
from store.record import ActRow

router = APIRouter(tags=["acts"])


class Act(Shown):
    """One act. `before` and `after` are the canonical JSON texts that the hash covers."""

    number: int
    at: datetime
    actor: str
    act: str
    subject: str
    before: str | None
    after: str | None
    hash: str = Field(description="SHA-256 over the hash of the act before and this one, in hexadecimal")


class Acts(Shown):
    """Acts, the latest first; `next` is the `before` of the next page."""

    items: list[Act]
    next: int | None = None


class Head(Shown):
    """The end of the record: keep it elsewhere, and acts that are cut off show."""

    acts: int
    hash: str


class Export(Told):
    """Which acts to export, as what, and why; the export is itself an act."""

    reason: Annotated[Line, Field(min_length=2, examples=["年度检查"])]
    format: Literal["csv", "jsonl"] = "jsonl"
    actor: Line = ""
    act: Line = ""
    subject: Line = ""
    since: Moment | None = None
    until: Moment | None = None


def _wanted(actor: str, act: str, subject: str, since: datetime | None, until: datetime | None) -> Wanted:
    subjects = frozenset({subject}) if subject else frozenset()
    return Wanted(actor, act, subjects, seconds(since), seconds(until))


def _shown(row: ActRow) -> Act:
    return Act(
        number=row.number, at=instant(row.at), actor=row.actor, act=row.act, subject=row.subject, before=row.before,
        after=row.after, hash=row.hash.hex(),
    )  # fmt: skip


@router.get("/acts", responses=READS)
def list_acts(
    caller: Caller = Depends(bears(Right.AUDIT_SEE)),
    actor: Annotated[Line, Query(examples=["admin:zhangwei"])] = "",
    act: Annotated[Line, Query(description="One act, or a noun: all that was done to it", examples=["person"])] = "",
    subject: Annotated[Line, Query()] = "",
    since: Annotated[Moment | None, Query()] = None,
    until: Annotated[Moment | None, Query()] = None,
    before: Annotated[Number | None, Query(description="The last number of the page before")] = None,
    limit: Annotated[Limit, Query()] = 50,
) -> Acts:
    """Find acts."""
    with caller.knowledge.store.read() as session:
        rows = acts.search(session, _wanted(actor, act, subject, since, until), before=before, limit=limit)
    if subject.startswith("p-") and before is None:
        caller.viewed("audit", subject)
    return Acts(items=[_shown(row) for row in rows], next=rows[-1].number if len(rows) == limit else None)


@router.get("/acts/head", responses=READS)
def get_head(caller: Caller = Depends(bears(Right.AUDIT_SEE))) -> Head:
    """Get the end of the record."""
    with caller.knowledge.store.read() as session:
        head = acts.head(session)
    return Head(acts=head.acts, hash=head.hash.hex())


_FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file, as it is read",
        "content": {
            kind.partition(";")[0]: {"schema": {"type": "string", "format": "binary"}} for kind in FORMATS.values()
        },
    }
}


@router.post("/acts/export", responses=WRITES | _FILE, response_class=Response)
def export_acts(body: Export, caller: Caller = Depends(bears(Right.AUDIT_EXPORT))) -> Response:
    """Export acts as a stream."""
    wanted = _wanted(body.actor, body.act, body.subject, body.since, body.until)
    return exported(caller, wanted, body.format, body.reason)
