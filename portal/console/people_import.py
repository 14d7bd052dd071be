"""A list of people into the registry: the file, which column is what, what would happen, and then all of it."""

from collections.abc import Mapping
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends
from starlette.responses import Response

from directory import imports, spelling
from directory.import_columns import HEADINGS, Field, guess_mapping
from directory.import_files import read_file
from directory.import_verdicts import Judged, Verdict
from directory.refusal import RegistryRefused
from portal import people_lists
from portal.console import proof
from portal.console.desk import Desk, asks
from portal.console.differences import FIELDS, Difference, speaker
from portal.console.import_lists import Listed, Lists
from portal.console.people import unit_names
from portal.console.refusals import ConsoleRefused, Why, beside_field
from portal.console.roles import Right
from portal.console.terms import TERMS
from portal.language import Text
from portal.requests import go

router = APIRouter()
SHOWN = 200  # rows of one verdict on a page


class Line(NamedTuple):
    """A row of the list as the page shows it."""

    row: Judged
    why: Text | None
    column: Text | None
    differences: list[Difference]


def lists_of(desk: Desk) -> Lists:
    """Return the lists that this console keeps."""
    lists: Lists = desk.request.app.state.lists
    return lists


def _kept(desk: Desk, key: str) -> Listed:
    """Return a list of this session. Raises ConsoleRefused where it is gone."""
    kept = lists_of(desk).find(desk.session.hash, key, desk.knowledge.clock())
    if kept is None:
        raise ConsoleRefused(Why.LIST_GONE, status=404)
    return kept


@router.get("/people/import")
def upload_page(desk: Desk = Depends(asks(Right.PEOPLE_CHANGE))) -> Response:
    """Ask for the file."""
    return _upload(desk, {})


def _upload(desk: Desk, errors: dict[str, Text]) -> Response:
    return desk.page("console/import.html", status=400 if errors else 200, errors=errors)


@router.get("/people/import/template")
def template(desk: Desk = Depends(asks(Right.PEOPLE_CHANGE))) -> Response:
    """Give an empty list with our own headings, as a spreadsheet opens it."""
    at = 0 if desk.language == "zh-CN" else 1
    line = ",".join(HEADINGS[each][at] for each in Field)
    return Response(
        f"\ufeff{line}\r\n", media_type="text/csv; charset=utf-8",
        headers={"content-disposition": 'attachment; filename="people.csv"'},
    )  # fmt: skip


@router.post("/people/import")
def upload(desk: Desk = Depends(asks(Right.PEOPLE_CHANGE))) -> Response:
    """Read the file, guess its columns, and say what would happen."""
    try:
        file = desk.posted.file("file")
        sheet = read_file(file.filename or "", file.file.read())
    except (RegistryRefused, ConsoleRefused) as refused:
        (error,) = beside_field(refused).values()
        row = refused.field.removeprefix("row ") if refused.field.startswith("row ") else None
        return _upload(desk, {"file": error if row is None else _in_row(row, error)})
    kept = lists_of(desk).keep(
        desk.session.hash, file.filename or "", sheet, guess_mapping(sheet.headings), desk.knowledge.clock()
    )
    _plan(desk, kept)
    return go(f"/people/import/{kept.key}")


def _in_row(row: str, error: Text) -> Text:
    return Text(f"第 {row} 行：{error.chinese}", f"Row {row}: {error.english}")


def _plan(desk: Desk, kept: Listed) -> None:
    """Work out what would happen; nothing is written."""
    with desk.knowledge.store.read() as session:
        kept.plan, kept.refused, kept.work = None, None, None
        try:
            kept.plan = people_lists.planned(desk, session, kept.sheet, kept.mapping)
        except RegistryRefused as refused:
            kept.refused = refused


@router.get("/people/import/{key}")
def dry_run(key: str, desk: Desk = Depends(asks(Right.PEOPLE_CHANGE)), verdict: str = "") -> Response:
    """Show the columns and what would happen to each row."""
    return _page(desk, _kept(desk, key), {}, verdict)


@router.post("/people/import/{key}/columns")
def columns(key: str, desk: Desk = Depends(asks(Right.PEOPLE_CHANGE))) -> Response:
    """Take another choice of columns, or the registry as it is now, and work it out again."""
    kept = _kept(desk, key)
    if not kept.is_under_way and not kept.is_done:
        told = {each: desk.posted.text(f"column-{each.value}") for each in Field}
        kept.mapping = {each: int(at) for each, at in told.items() if at.isascii() and at.isdigit() and len(at) < 4}
        _plan(desk, kept)
    return go(f"/people/import/{key}")


@router.post("/people/import/{key}/carry-out")
def carry_out(key: str, desk: Desk = Depends(asks(Right.PEOPLE_CHANGE))) -> Response:
    """Begin to write all of it, behind the page."""
    kept = _kept(desk, key)
    try:
        assurance = desk.posted.number("assurance") if desk.posted.text("assurance") else None
        if assurance is not None:
            spelling.number(assurance, "assurance", 1, 3)
        plan = people_lists.ready(desk, kept.plan)
        proof.prove_unless_recent(desk)
    except (RegistryRefused, ConsoleRefused) as refused:
        return _page(desk, kept, beside_field(refused), "")
    knowledge, actor = desk.knowledge, desk.actor

    def told(done: int, total: int) -> None:
        kept.done, kept.total = done, total

    def work() -> None:
        with knowledge.store.read() as session:
            prepared = imports.prepare(session, knowledge.sealer, plan, now=knowledge.clock(), assurance=assurance)
        with knowledge.store.write() as unit:
            imports.carry_out(unit, knowledge.sealer, actor, prepared, told)

    lists_of(desk).begin(kept, work)
    return go(f"/people/import/{key}/progress")


@router.get("/people/import/{key}/progress")
def progress(key: str, desk: Desk = Depends(asks(Right.PEOPLE_CHANGE))) -> Response:
    """Show how far it is."""
    kept = _kept(desk, key)
    why = None
    if kept.refused is not None:
        (why,) = beside_field(kept.refused).values()
    template = "console/import_state.html" if desk.is_partial else "console/import_progress.html"
    return desk.page(template, kept=kept, why=why, counts=kept.plan.counts if kept.plan else {}, Verdict=Verdict)


def _page(desk: Desk, kept: Listed, errors: dict[str, Text], verdict: str) -> Response:
    if kept.is_under_way or kept.is_done:
        return go(f"/people/import/{kept.key}/progress")
    plan = kept.plan
    wanted = Verdict(verdict) if verdict in set(Verdict) else None
    if not verdict and plan is not None and plan.refused:
        wanted = Verdict.REFUSED
    rows = [row for row in plan.rows if wanted is None or row.verdict is wanted] if plan is not None else []
    with desk.knowledge.store.read() as session:
        names = unit_names(session)
    said = _lines(rows[:SHOWN], desk.knowledge.time_zone, names)
    mapping = beside_field(kept.refused) if kept.refused is not None else {}
    return desk.page(
        "console/import_plan.html", status=400 if errors else 200, kept=kept, plan=plan, lines=said, errors=errors,
        mapping_errors=list(mapping.values()), wanted=wanted, more=len(rows) - len(said), shown=SHOWN,
        counts=plan.counts if plan is not None else {}, Verdict=Verdict,
        fields=[(each, FIELDS[each]) for each in Field],
        assurances=TERMS["assurance"], asks_password=not proof.is_recent(desk), verdicts=TERMS["verdict"],
    )  # fmt: skip


def _lines(rows: list[Judged], zone: ZoneInfo, names: Mapping[str, str]) -> list[Line]:
    said = speaker("person", zone, names)

    def shown(value: Any, field: Field) -> Text | None:
        return said(field.value, value)

    lines = []
    for row in rows:
        why = None if row.flaw is None else Text(row.flaw.value.chinese, row.flaw.value.english)
        found = [Difference(FIELDS[each], shown(was, each), shown(becomes, each))
                 for each, was, becomes in row.differences]  # fmt: skip
        lines.append(Line(row, why, FIELDS.get(row.column), found))
    return lines
