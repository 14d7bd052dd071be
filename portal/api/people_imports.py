"""Lists of people: what would become of each row, and then all of it or nothing. The list itself is kept nowhere."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Depends, Form, UploadFile
from pydantic import Field

from directory import imports
from directory.identity_numbers import concealed
from directory.import_columns import Field as Column
from directory.import_columns import guess_mapping
from directory.import_files import Sheet, read_file
from directory.import_verdicts import Difference, Judged, Verdict
from directory.refusal import Flaw, RegistryRefused
from portal import people_lists
from portal.api.bearer import Caller, bears
from portal.api.fields import Shown, Told, instant
from portal.api.problems import UPLOADS, Fault, Refused
from portal.console.roles import Right

router = APIRouter(tags=["people"])
_TIMES = (Column.VALID_FROM, Column.VALID_UNTIL)


class ListSent(Told):
    """A list of people: CSV (UTF-8, UTF-16 or GB18030) or XLSX, at most 16 MiB with all that is around it."""

    file: UploadFile
    columns: str = Field(
        default="",
        max_length=2000,
        pattern=r"^[a-z_,]*$",
        description="What each column is, with commas between, nothing for one that is not read; absent: as the "
        "headings say",
        examples=["login,name,unit,,document"],
    )


class ListConfirmed(ListSent):
    """The same list, with the fingerprint of what would become of it.

    With `assurance` new people are released too: the list comes from where their real names were verified.
    """

    fingerprint: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", examples=["5e" * 32])]
    assurance: Annotated[int | None, Field(ge=1, le=3)] = None


class Counts(Shown):
    """How many rows have which verdict."""

    add: int
    change: int
    unchanged: int
    refused: int


class FieldDifference(Shown):
    """One field before and after; times as RFC 3339 says, a document as its mask."""

    field: Column
    before: str | int | None
    after: str | int | None


class JudgedRow(Shown):
    """A row, by its number in the file. A refused one says why (`code` and both sentences) and in which column."""

    number: int
    verdict: Verdict
    login: str
    name: str
    subject: str | None = Field(description="null: no such person yet")
    differences: list[FieldDifference]
    takes_over: bool = Field(description="The document comes from the account of somebody who left")
    column: str | None
    code: str | None
    chinese: str | None
    english: str | None


class ImportPlan(Shown):
    """What would become of the list. With a refused row none of it can be carried out."""

    headings: list[str]
    columns: list[Column | None] = Field(description="What each heading is taken for; null: not read")
    counts: Counts
    rows: list[JudgedRow]
    fingerprint: str


class _Planned(NamedTuple):
    plan: imports.Plan
    fingerprint: str


def _columns(told: str, sheet: Sheet) -> Mapping[Column, int]:
    """Return which column is what. Raises Refused."""
    if not told:
        return guess_mapping(sheet.headings)
    words = [(word, at) for at, word in enumerate(told.split(",")) if word]
    if not {word for word, _ in words} <= set(Column) or len({word for word, _ in words}) < len(words):
        raise Refused(Fault.UNACCEPTABLE, 422, field="columns")
    return {Column(word): at for word, at in words}


def _planned(caller: Caller, body: ListSent) -> _Planned:
    """Return what would become of a list as it is sent now. Raises RegistryRefused, Refused.

    The fingerprint is of the file and its columns too: two numbers of documents may have one mask.
    """
    octets = body.file.file.read()
    sheet = read_file(body.file.filename or "", octets)
    mapping = _columns(body.columns, sheet)
    with caller.knowledge.store.read() as session:
        plan = people_lists.planned(caller, session, sheet, mapping)
    told = f"{plan.fingerprint} {sorted(mapping.items())} {hashlib.sha256(octets).hexdigest()}"
    return _Planned(plan, hashlib.sha256(told.encode()).hexdigest())


def _counts(counts: Counter[Verdict]) -> Counts:
    return Counts.model_validate({verdict.value: counts[verdict] for verdict in Verdict})


def _value(field: Column, value: str | float | None) -> str | int | None:
    if value is None or isinstance(value, str):
        return value
    return instant(value).isoformat() if field in _TIMES else int(value)


def _difference(one: Difference) -> FieldDifference:
    return FieldDifference(field=one.field, before=_value(one.field, one.before), after=_value(one.field, one.after))


def _row(row: Judged) -> JudgedRow:
    flaw = None if row.flaw is None else row.flaw.value
    return JudgedRow(
        number=row.number, verdict=row.verdict, login=row.login, name=row.name, subject=row.subject,
        differences=[_difference(one) for one in row.differences], takes_over=row.takes_over,
        column=row.column or None, code=flaw.code if flaw else None, chinese=flaw.chinese if flaw else None,
        english=flaw.english if flaw else None,
    )  # fmt: skip


@router.post("/people/imports", responses=UPLOADS)
def plan_import(
    body: Annotated[ListSent, Form(media_type="multipart/form-data")],
    caller: Caller = Depends(bears(Right.PEOPLE_CHANGE)),
) -> ImportPlan:
    """Say what would become of each row of a list; nothing is written."""
    planned = _planned(caller, body)
    plan = planned.plan
    taken = {at: field for field, at in plan.mapping.items()}
    headings = plan.sheet.headings
    return ImportPlan(
        headings=[concealed(heading) for heading in headings],
        columns=[taken.get(at) for at in range(len(headings))], counts=_counts(plan.counts),
        rows=[_row(row) for row in plan.rows], fingerprint=planned.fingerprint,
    )  # fmt: skip


@router.post("/people/imports/carry-out", responses=UPLOADS)
def carry_out_import(
    body: Annotated[ListConfirmed, Form(media_type="multipart/form-data")],
    caller: Caller = Depends(bears(Right.PEOPLE_CHANGE)),
) -> Counts:
    """Do all of what was planned, or nothing where it would come out otherwise by now."""
    planned = _planned(caller, body)
    plan = people_lists.ready(caller, planned.plan)
    if planned.fingerprint != body.fingerprint:
        raise RegistryRefused(Flaw.PLAN_OUTDATED, "fingerprint")
    knowledge = caller.knowledge
    with knowledge.store.read() as session:
        prepared = imports.prepare(session, knowledge.sealer, plan, now=knowledge.clock(), assurance=body.assurance)
    with caller.write() as unit:
        return _counts(imports.carry_out(unit, knowledge.sealer, caller.actor, prepared))
