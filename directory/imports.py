"""Lists of people into the registry: first a plan, which writes nothing, then all of it or nothing.

A row is about the person with its login, or, where it has none, about the person whose document it names; nobody else
is guessed. The same list again changes nothing. Empty cells change nothing either: a list that knows less than the
registry takes nothing away.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any

from sqlalchemy.orm import Session

from directory import documents, people, spelling
from directory.identity_numbers import Number
from directory.import_columns import Field, Terms, check_mapping
from directory.import_files import Sheet
from directory.import_verdicts import CHANGEABLE, Judge, Judged, Verdict, unit_words
from directory.people import NewPerson, PersonFields
from directory.refusal import Flaw, RegistryRefused
from store import record
from store.engine import Unit
from store.sealing import Sealer

_AT_ONCE = 500  # people who are added with one statement
_FRESH = 60.0  # seconds for which verdicts do not come to depend on the time

Progress = Callable[[int, int], object]  # is told how many rows are done, and of how many


@dataclass(frozen=True, slots=True)
class Plan:
    """A list, what its columns are, and what would become of each row. The repr shows no cell."""

    sheet: Sheet = field(repr=False)
    mapping: Mapping[Field, int]
    scope: frozenset[str] | None  # codes of the units within which people may be added and changed; None: all
    zone: tzinfo  # of dates
    zones: Mapping[str, str] | None = field(repr=False)  # what the list may say of zones, and the code of each
    rows: tuple[Judged, ...] = field(repr=False)
    made_at: float  # seconds since the epoch
    position: int  # in the record of acts: while it stays, the registry is as it was

    @property
    def counts(self) -> Counter[Verdict]:
        """Return how many rows have which verdict."""
        return Counter(row.verdict for row in self.rows)

    @property
    def refused(self) -> bool:
        """Say whether any row is refused, and so the whole list."""
        return any(row.verdict is Verdict.REFUSED for row in self.rows)

    @property
    def fingerprint(self) -> str:
        """Return what two plans have in common only if their verdicts are the same (64 hexadecimal digits)."""
        return hashlib.sha256(repr(self.rows).encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Prepared:
    """A plan that holds, and the rows that it adds, ready to be written. The repr shows no cell."""

    plan: Plan
    assurance: int | None
    changes: tuple[Judged, ...] = field(repr=False)
    people: Sequence[Mapping[str, Any]] = field(repr=False)
    documents: Sequence[Mapping[str, Any]] = field(repr=False)
    handed_over: Mapping[str, Number] = field(repr=False)  # by subject id: numbers of people who left


def plan(
    session: Session,
    sealer: Sealer,
    sheet: Sheet,
    mapping: Mapping[Field, int],
    scope: Collection[str] | None,
    *,
    now: float,
    zone: tzinfo,
    zones: Mapping[str, str] | None = None,
) -> Plan:
    """Return what would become of a list; nothing is written.

    `scope` are the codes of the units within which the actor may act, None for all; `now` is in seconds since the
    epoch, `zone` that of the dates in the list; `zones` has the code of every zone that the actor may grant, by what
    the list may call it, None for any code. Raises RegistryRefused for a mapping that does not fit; what is wrong
    with a row is in its verdict.
    """
    check_mapping(mapping, sheet.headings)
    within = None if scope is None else frozenset(scope)
    terms = Terms(unit_words(session, within), zones, zone, now)
    rows = Judge(session, sealer, sheet, mapping, within, terms).verdicts()
    return Plan(sheet, dict(mapping), within, zone, zones, tuple(rows), now, record.position(session))


def prepare(session: Session, sealer: Sealer, plan_: Plan, *, now: float, assurance: int | None = None) -> Prepared:
    """Return a plan with all that can be worked out before it is carried out: nobody else can write meanwhile.

    New people are drafts; with an `assurance` (1 to 3) they are released too, because the list comes from where their
    names were verified. Raises RegistryRefused if a row is refused, or if any verdict is another one by now.
    """
    if plan_.refused:
        raise RegistryRefused(Flaw.PLAN_REFUSED, "rows")
    fresh = plan_
    if not _holds(session, plan_, now):
        fresh = plan(
            session, sealer, plan_.sheet, plan_.mapping, plan_.scope, now=now, zone=plan_.zone, zones=plan_.zones
        )
        if fresh.rows != plan_.rows:
            raise RegistryRefused(Flaw.PLAN_OUTDATED, "rows")
    joiners = [row for row in fresh.rows if row.verdict is Verdict.ADD]
    rows = people.new_rows([_joiner(row.values) for row in joiners], assurance=assurance)
    told = [(row["subject"], one) for row, one in zip(rows, joiners, strict=True)]
    numbers = {subject: one.document for subject, one in told if one.document is not None and not one.takes_over}
    handed_over = {subject: one.document for subject, one in told if one.document is not None and one.takes_over}
    changes = tuple(row for row in fresh.rows if row.verdict is Verdict.CHANGE)
    return Prepared(fresh, assurance, changes, rows, documents.new_rows(sealer, numbers, now), handed_over)


def _holds(session: Session, plan_: Plan, now: float) -> bool:
    return record.position(session) == plan_.position and abs(now - plan_.made_at) <= _FRESH


def carry_out(
    unit: Unit,
    sealer: Sealer,
    actor: str,
    prepared: Prepared,
    progress: Progress = lambda _done, _total: None,
) -> Counter[Verdict]:
    """Do what the plan says, all of it in this unit of work; return how many rows had which verdict.

    Where somebody was quicker, it is prepared again, now that nobody else writes. Raises RegistryRefused as `prepare`.
    """
    if not _holds(unit.session, prepared.plan, unit.now):
        prepared = prepare(unit.session, sealer, prepared.plan, now=unit.now, assurance=prepared.assurance)
    changes, joiners, counts = prepared.changes, prepared.people, prepared.plan.counts
    total = len(joiners) + len(changes)
    for start in range(0, len(changes), _AT_ONCE):
        progress(start, total)
        _change(unit, sealer, actor, changes[start : start + _AT_ONCE])
    for start in range(0, len(joiners), _AT_ONCE):
        progress(len(changes) + start, total)
        people.add_rows(unit, actor, joiners[start : start + _AT_ONCE])
    for start in range(0, len(prepared.documents), _AT_ONCE):
        documents.add_rows(unit, actor, prepared.documents[start : start + _AT_ONCE])
    for subject, number in prepared.handed_over.items():
        documents.record(unit, sealer, actor, subject, *number)
    if total:
        acted = {verdict.value: counts[verdict] for verdict in Verdict if verdict is not Verdict.REFUSED}
        unit.act(actor, "people.import", prepared.plan.fingerprint[:16], None, acted)
    progress(total, total)
    return counts


def _joiner(values: Mapping[Field, Any]) -> NewPerson:
    told = {each.value: values[each] for each in (Field.LOGIN, Field.UNIT, *CHANGEABLE) if each in values}
    return NewPerson(**told, zones=spelling.zone_set(values.get(Field.ZONES, "")))


def _change(unit: Unit, sealer: Sealer, actor: str, rows: Sequence[Judged]) -> None:
    told = {str(row.subject): _changed(row) for row in rows}
    people.change_many(unit, actor, {subject: fields for subject, fields in told.items() if fields})
    for subject, row in zip(told, rows, strict=True):
        if row.changed(Field.UNIT):
            people.move(unit, actor, subject, row.values[Field.UNIT], keep_rights=Field.ZONES in row.values)
        if row.changed(Field.ZONES) and Field.ZONES in row.values:
            people.set_rights(unit, actor, subject, spelling.zone_set(row.values[Field.ZONES]))
        if row.changed(Field.DOCUMENT) and row.document is not None:
            documents.record(unit, sealer, actor, subject, *row.document)


def _changed(row: Judged) -> PersonFields:
    fields: Any = {each.field.value: each.after for each in row.differences if each.field in CHANGEABLE}
    told: PersonFields = fields
    return told
