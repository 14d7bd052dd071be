"""Export of the record: a typed reason, an act of its own, and a download that is never whole in memory."""

from collections.abc import Iterator
from datetime import UTC, datetime

from fastapi import APIRouter, Depends
from starlette.responses import Response, StreamingResponse

from directory.refusal import Flaw
from portal.console.act_words import NOUNS
from portal.console.audit import Asked, as_row, asked
from portal.console.desk import Desk, asks
from portal.console.refusals import ConsoleRefused, Why
from portal.console.roles import Right
from portal.exports import csv_lines, json_lines
from portal.language import Text
from portal.reach import Reach
from store import acts
from store.acts import Wanted

router = APIRouter()
COLUMNS = ("number", "at", "actor", "act", "subject", "before", "after", "hash")
FORMATS = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}


@router.get("/audit/export")
def export_page(desk: Desk = Depends(asks(Right.AUDIT_EXPORT, proven=True))) -> Response:
    """Ask for the reason; what a search narrowed stays narrowed."""
    return _form(desk, asked(desk, dict(desk.request.query_params)))


def _form(desk: Desk, question: Asked, *, reason: str = "", errors: dict[str, Text] | None = None) -> Response:
    found = {**question.errors, **(errors or {})}
    with desk.knowledge.store.read() as session:
        head = acts.head(session)
    return desk.page(
        "console/audit_export.html", status=400 if found else 200, typed=question.typed, errors=found, reason=reason,
        head=head, NOUNS=NOUNS,
    )  # fmt: skip


@router.post("/audit/export")
def export(desk: Desk = Depends(asks(Right.AUDIT_EXPORT, proven=True))) -> Response:
    """Send the acts as a file."""
    posted = desk.posted
    question = asked(desk, {name: posted.text(name) for name in ("actor", "act", "subject", "since", "until")})
    reason, wanted = posted.text("reason"), posted.text("format")
    flaw = Flaw.REASON_MISSING.value
    errors = {} if is_reason(reason) else {"reason": Text(flaw.chinese, flaw.english)}
    if errors or question.errors:
        return _form(desk, question, reason=reason, errors=errors)
    return exported(desk, question.wanted, wanted, reason)


def is_reason(text: str) -> bool:
    """Say whether a reason was typed: 2 to 200 characters."""
    return 2 <= len(text) <= 200 and text.isprintable()


def exported(reach: Reach, wanted: Wanted, form: str, reason: str) -> Response:
    """Return the file, of all acts up to now, and record who took it and why. Raises ConsoleRefused."""
    if form not in FORMATS:
        raise ConsoleRefused(Why.FIELD_MALFORMED, "format")
    store = reach.knowledge.store
    with store.read() as session:
        last = acts.head(session).acts
    narrowed = {
        name: sorted(value) if isinstance(value, frozenset) else value for name, value in wanted._asdict().items()
    }
    told = {
        "reason": reason,
        "format": form,
        "acts": last,
        **{name: value for name, value in narrowed.items() if value},
    }
    with reach.write() as unit:
        unit.act(reach.actor, "audit.export", "record", None, told)
    rows = (as_row(row) for row in acts.stream(store, wanted, last))
    lines: Iterator[bytes] = json_lines(rows)
    if form == "csv":
        lines = csv_lines(COLUMNS, (_cells(row) for row in rows))
    name = f"truename-acts-{datetime.fromtimestamp(reach.knowledge.clock(), UTC):%Y%m%dT%H%M%SZ}.{form}"
    disposition = {"content-disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(lines, media_type=FORMATS[form], headers=disposition)


def _cells(row: dict[str, object]) -> list[object]:
    at = row["at"]
    when = datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds") if isinstance(at, float) else at
    return [when if column == "at" else row[column] for column in COLUMNS]
