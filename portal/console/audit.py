"""Audit: who did what to whom, what is different since, and whether the record is whole."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import Response

from directory import subjects
from directory.registry import PersonRow, UnitRow
from portal.console.act_words import NOUNS, act_name
from portal.console.desk import Desk, asks
from portal.console.differences import differences
from portal.console.integrity import IntegrityCheck
from portal.console.refusals import ConsoleRefused, Why
from portal.console.roles import Right
from portal.language import Text
from portal.requests import go
from portal.times import TimeMalformed, typed
from store import acts
from store.acts import Wanted
from store.record import ActRow

router = APIRouter()
PAGE = 50
FIELDS = ("actor", "act", "subject", "since", "until")


class Asked(NamedTuple):
    """What a search asks: as typed, as the record is asked, and what is wrong with it."""

    typed: dict[str, str]
    wanted: Wanted
    errors: dict[str, Text]
    person: str | None  # subject, where a person was asked for


def asked(desk: Desk, told: dict[str, str]) -> Asked:
    """Return what the fields of a search mean. A login stands for the person and for the administrator."""
    kept = {name: told.get(name, "")[:200].replace("\0", "").strip() for name in FIELDS}
    errors: dict[str, Text] = {}
    times: dict[str, float | None] = {}
    for name in ("since", "until"):
        try:
            times[name] = typed(kept[name], desk.knowledge.time_zone)
        except TimeMalformed:
            times[name], errors[name] = None, Why.FIELD_MALFORMED.value.text
    actor, subject, person = kept["actor"], kept["subject"], None
    whom: frozenset[str] = frozenset()
    if actor and ":" not in actor and actor not in ("console", "radius"):
        actor = f"admin:{actor}"
    if subject:
        with desk.knowledge.store.read() as session:
            chosen = select(PersonRow.subject).where((PersonRow.login == subject) | (PersonRow.subject == subject))
            person = session.scalar(chosen)
        whom = frozenset({subject} | ({person} if person else set()))
    return Asked(kept, Wanted(actor, kept["act"], whom, times["since"], times["until"]), errors, person)


@router.get("/audit")
def listed(desk: Desk = Depends(asks(Right.AUDIT_SEE)), before: int = 0) -> Response:
    """Search the record; the latest acts first."""
    question = asked(desk, dict(desk.request.query_params))
    page = before if 0 < before < 1 << 53 else None
    with desk.knowledge.store.read() as session:
        rows = acts.search(session, question.wanted, before=page, limit=PAGE) if not question.errors else []
        names, difference = _names(session, rows), _difference(desk, session)
        head = acts.head(session)
    if question.person is not None and page is None:
        desk.viewed("audit", question.person)
    following = {**{name: value for name, value in question.typed.items() if value}, "before": ""}
    return desk.page(
        "console/audit.html", status=400 if question.errors else 200, rows=rows, names=names, head=head,
        typed=question.typed, errors=question.errors, NOUNS=NOUNS, act_name=act_name, difference=difference,
        older=f"/audit?{urlencode(following)}{rows[-1].number}" if len(rows) == PAGE else None, page=page,
        query=urlencode({name: value for name, value in question.typed.items() if value}),
    )  # fmt: skip


def _difference(desk: Desk, session: Session) -> Any:
    zone, names = desk.knowledge.time_zone, dict(iter(session.execute(select(UnitRow.code, UnitRow.name))))
    return lambda row: differences(row.act, row.before, row.after, zone, names)


def _names(session: Session, rows: Sequence[ActRow]) -> dict[str, str]:
    """Return the names of the people and endpoints whom acts are about."""
    return {subject: one.name for subject, one in subjects.known(session, [row.subject for row in rows]).items()}


# --- integrity ----------------------------------------------------------------------------------------------------


def _check(desk: Desk) -> IntegrityCheck:
    check: IntegrityCheck = desk.request.app.state.integrity
    return check


@router.get("/audit/integrity")
def integrity(desk: Desk = Depends(asks(Right.AUDIT_SEE)), noted: str = "") -> Response:
    """Show the head of the record, what the last check found, and whether an earlier head is still in it."""
    check, errors = _check(desk), {}
    place: int | None = None
    with desk.knowledge.store.read() as session:
        head = acts.head(session)
        if noted:
            try:
                place = acts.place_of(session, bytes.fromhex(noted.strip()[:64]))
            except ValueError:
                errors["noted"] = Why.FIELD_MALFORMED.value.text
    template = "console/audit_integrity_state.html" if desk.is_partial else "console/audit_integrity.html"
    return desk.page(
        template, status=400 if errors else 200, head=head, check=check, noted=noted.strip()[:64], place=place,
        errors=errors,
    )  # fmt: skip


@router.post("/audit/integrity")
def verify(desk: Desk = Depends(asks(Right.AUDIT_SEE))) -> Response:
    """Check the whole record, in the background."""
    _check(desk).start(desk.actor)
    return go("/audit/integrity")


@router.get("/audit/{number}")
def shown(number: int, desk: Desk = Depends(asks(Right.AUDIT_SEE))) -> Response:
    """Show one act whole, with its place in the chain."""
    with desk.knowledge.store.read() as session:
        row = acts.find(session, number) if 0 < number < 1 << 53 else None
        names, difference = _names(session, [row] if row else []), _difference(desk, session)
        previous = acts.find(session, number - 1) if row is not None else None
    if row is None:
        raise ConsoleRefused(Why.NOT_FOUND, status=404)
    return desk.page(
        "console/audit_act.html", row=row, names=names, previous=previous, act_name=act_name,
        difference=difference,
    )  # fmt: skip


def as_row(row: ActRow) -> dict[str, Any]:
    """Return an act as exports and the API tell it; with number, time and the hash anybody can check the chain."""
    return {
        "number": row.number, "at": row.at, "actor": row.actor, "act": row.act, "subject": row.subject,
        "before": row.before, "after": row.after, "hash": row.hash.hex(),
    }  # fmt: skip
