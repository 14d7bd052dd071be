"""The outbox made true in the directory: what the registry says is put, moved or taken away there.

An entry is read, compared by content and changed where it differs, so that doing it again is harmless: after any
crash the same rows are still in the outbox and lead to the same tree. Rows are removed only once their change is
there.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple

import structlog
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from directory import entries, outbox, people, units
from directory.backends.connection import (
    Attributes,
    DirectoryPool,
    DirectoryRefused,
    escape_filter,
)
from directory.entries import Entry
from directory.outbox import Kind
from directory.person import State
from directory.refusal import RegistryRefused
from directory.registry import EndpointRow, PersonRow, PublicationRow, UnitRow
from store.clock import Clock, SystemClock
from store.engine import Store, Unit

# The actor of an act of which the registry only learns: a unit's administrator locked an account in the directory.
DIRECTORY_ACTOR = "directory"
_CHUNK = 100  # subjects looked up by one search, and removed from the outbox by one unit of work
_LONGEST_PAUSE = 12  # a refused row is tried again after 2, 4, 8 ... 4096 seconds

# Whoever is in another state must not come in, or comes in again: that goes before the thousands of a list.
_MAY_WAIT = frozenset({None, State.DRAFT.value, State.ACTIVE.value})

# What a result code means for a publication (RFC 4511 appendix A.2).
_MEANINGS = {
    19: "the directory already has this login, id or hardware address elsewhere (19)",
    20: "the directory already has this value (20)",
    21: "the directory does not accept a value (21)",
    32: "the unit above is not in the directory (32)",
    50: "the directory does not let the product write here (50)",
    65: "the entry does not fit the directory's schema (65)",
    66: "there are still entries below it in the directory (66)",
    68: "an entry of this name, not made by the registry, is in the way (68)",
    69: "the entry in the directory is of another class (69)",
    80: "the directory could not store the entry (80)",
}

log = structlog.get_logger()


class Published(NamedTuple):
    """What one run did."""

    done: int  # subjects that are now as the registry says
    failed: int  # subjects that the directory refused; they stay in the outbox


class Found(NamedTuple):
    """An entry of the directory."""

    dn: str
    attributes: Attributes


class Waiting(NamedTuple):
    """What is still in the outbox."""

    subjects: int
    oldest: float | None  # when its oldest row was queued, seconds since the epoch; None: nothing waits


class PublicationRefused(Exception):  # noqa: N818 - a refusal with our words, which go into the outbox
    """The entry cannot be published now, whatever the directory would say."""


@dataclass(frozen=True, slots=True)
class Task:
    """One subject of the outbox and its rows as they were seen before the registry was read."""

    kind: Kind
    subject: str
    numbers: tuple[int, ...]
    resumed: bool = False  # a suspension was lifted here


@dataclass(slots=True)
class Picture:
    """One state of the registry, as far as a few subjects need it."""

    parents: Mapping[str, str | None]
    units: Mapping[str, UnitRow]
    people: Mapping[str, PersonRow] = field(default_factory=dict)
    endpoints: Mapping[str, EndpointRow] = field(default_factory=dict)


def chunks(tasks: Iterable[Task]) -> Iterator[list[Task]]:
    """Yield the tasks a hundred at a time, never units together with others: a unit moves what is below it."""
    for _, alike in groupby(tasks, key=lambda task: task.kind):
        several = list(alike)
        for start in range(0, len(several), _CHUNK):
            yield several[start : start + _CHUNK]


def picture(session: Session, tasks: Sequence[Task]) -> Picture:
    """Return all units (there are few) and the rows of these tasks (at most 500)."""
    rows = {row.code: row for row in units.listed(session)}
    ids = [task.subject for task in tasks]
    found = Picture({row.code: row.parent for row in rows.values()}, rows)
    if any(task.kind is Kind.PERSON for task in tasks):
        persons = session.scalars(select(PersonRow).where(PersonRow.subject.in_(ids)))
        found.people = {row.subject: row for row in persons}
    if any(task.kind is Kind.ENDPOINT for task in tasks):
        devices = session.scalars(select(EndpointRow).where(EndpointRow.subject.in_(ids)))
        found.endpoints = {row.subject: row for row in devices}
    return found


def wanted_entry(task: Task, seen: Picture, suffix: str, state: str | None = None) -> Entry | None:
    """Return how a subject should look, None where the registry does not have it (any more)."""
    if task.kind is Kind.UNIT:
        if task.subject not in seen.units:
            return None
        superior = entries.unit_dn(seen.parents, task.subject, suffix).partition(",")[2]
        return entries.unit_entry(seen.units[task.subject], superior)
    if task.kind is Kind.ENDPOINT:
        endpoint = seen.endpoints.get(task.subject)
        return None if endpoint is None else entries.endpoint_entry(endpoint, suffix)
    person = seen.people.get(task.subject)
    if person is None:
        return None
    return entries.person_entry(person, entries.person_superior(person, seen.parents, suffix), state)


def outbox_state(session: Session) -> Waiting:
    """Return how much waits to be published, and since when; refused subjects wait too."""
    count = func.count(PublicationRow.subject.distinct())
    subjects, oldest = session.execute(select(count, func.min(PublicationRow.queued_at))).one()
    return Waiting(subjects, oldest)


class Publisher:
    """Publishes what is in the outbox. One at a time is meant; a second one does no lasting harm (see _settle)."""

    def __init__(self, store: Store, pool: DirectoryPool, suffix: str, *, clock: Clock | None = None) -> None:
        self._store = store
        self._clock = clock or SystemClock()
        self._pool = pool
        self.suffix = suffix
        self._placed: dict[str, str] = {}  # unit code -> DN at which this run has seen or put it

    def run_once(self, *, everything: bool = False, most: int | None = None) -> Published:
        """Publish what is due: rows never tried, and refused ones whose pause is over (`everything`: all).

        Units come first, then people, those who may not come in before all others, then endpoints; at most so many
        subjects, so that nobody waits behind a long list. Raises DirectoryUnavailable; what was done until then is
        settled.
        """
        self._placed = {}
        tasks = self._due(everything=everything)[:most]
        refused: dict[Task, str] = {}
        done = 0
        for chunk in chunks(tasks):
            done += self._publish(chunk, refused)
        # What stood in the way may have gone meanwhile: a unit that was emptied, a name that moved.
        again = list(refused) if done else []
        last = {} if again else refused
        for chunk in chunks(again):
            done += self._publish(chunk, last)
        self._note(last)
        if done or last:
            log.info("registry published", done=done, refused=len(last))
        return Published(done, len(last))

    def _due(self, *, everything: bool) -> list[Task]:
        with self._store.read() as session:
            query = select(
                PublicationRow.number,
                PublicationRow.kind,
                PublicationRow.subject,
                PublicationRow.queued_at,
                PublicationRow.tries,
                PersonRow.state,
            )
            query = query.outerjoin(PersonRow, PersonRow.subject == PublicationRow.subject)
            rows = session.execute(query.order_by(PublicationRow.number)).all()
        now = self._clock.now()
        numbers: dict[tuple[Kind, str], list[int]] = {}
        due, resumed, urgent = set(), set(), set()
        for number, kind_text, subject, queued_at, tries, state in rows:
            kind = Kind(kind_text)
            key = (Kind.PERSON if kind is Kind.RESUMED else kind, subject)
            numbers.setdefault(key, []).append(number)
            if kind is Kind.RESUMED:
                resumed.add(key)
            if kind is Kind.RESUMED or state not in _MAY_WAIT:
                urgent.add(key)
            if everything or tries == 0 or now >= queued_at + 2 ** min(tries, _LONGEST_PAUSE):
                due.add(key)
        order = (Kind.UNIT, Kind.PERSON, Kind.ENDPOINT)
        tasks = [
            Task(kind, subject, tuple(several), (kind, subject) in resumed)
            for (kind, subject), several in numbers.items()
            if (kind, subject) in due
        ]
        return sorted(tasks, key=lambda task: (order.index(task.kind), (task.kind, task.subject) not in urgent))

    def _publish(self, tasks: Sequence[Task], refused: dict[Task, str]) -> int:
        """Publish a chunk and settle it; return how many subjects are done. Adds the others to `refused`."""
        with self._store.read() as session:
            seen = picture(session, tasks)
        done: list[Task] = []
        locked: list[str] = []
        try:
            found = self.lookup(tasks)
            for task in tasks:
                try:
                    if self.make(task, seen, found.get(task.subject, [])):
                        locked.append(task.subject)
                except DirectoryRefused as error:
                    refused[task] = _MEANINGS.get(error.code, f"the directory refused it ({error.code})")
                except PublicationRefused as error:
                    refused[task] = str(error)
                else:
                    done.append(task)
        finally:
            self._settle(done, locked)
        return len(done)

    def lookup(self, tasks: Sequence[Task]) -> dict[str, list[Found]]:
        """Return the entries that the directory has for people and endpoints, wherever they are."""
        wanted = [task.subject for task in tasks if task.kind is not Kind.UNIT]
        if not wanted:
            return {}
        condition = "".join(f"(rnSubjectId={escape_filter(subject)})" for subject in wanted)
        attributes = {*entries.PERSON_OWNED, *entries.ENDPOINT_OWNED, "objectClass"}
        found: dict[str, list[Found]] = {}
        for dn, values in self._pool.search(self.suffix, f"(|{condition})", sorted(attributes)):
            found.setdefault(values["rnSubjectId"][0].decode(), []).append(Found(dn, values))
        return found

    def lookup_unit(self, code: str) -> list[Found]:
        """Return the entries that the directory has for a unit, wherever they are."""
        condition = f"(&(objectClass=rnOrgUnit)(rnOrgCode={escape_filter(code)}))"
        attributes = [*entries.UNIT_OWNED, "objectClass"]
        return [Found(*each) for each in self._pool.search(self.suffix, condition, attributes)]

    def make(self, task: Task, seen: Picture, found: Sequence[Found]) -> bool:
        """Make one subject so; return whether the directory keeps a person suspended whom the registry does not.

        `found` is what `lookup` says; units are looked up here, because making one moves others. Raises
        DirectoryRefused, PublicationRefused, DirectoryUnavailable.
        """
        if task.kind is Kind.UNIT:
            self._make_unit(task.subject, seen)
            return False
        there = _only(found)
        row = seen.people.get(task.subject)
        locked = row is not None and locked_there(row, there) and not task.resumed
        entry = wanted_entry(task, seen, self.suffix, State.SUSPENDED.value if locked else None)
        if entry is None:  # a row that came with a restored database, say; the reconciliation shows the entry
            return False
        settled = there is not None and entries.same_dn(there.dn, entry.dn)
        if row is not None and not settled and row.state != State.PRESERVED:
            self._place(row.unit, seen)
        self._put(entry, there)
        return locked

    def _make_unit(self, code: str, seen: Picture) -> None:
        if code in seen.units:
            self._placed.pop(code, None)
            self._place(code, seen)
        elif (there := _only(self.lookup_unit(code))) is not None:
            self._pool.delete(there.dn)

    def _place(self, code: str, seen: Picture) -> None:
        """Make a unit and all above it so, the top first; those that this run has seen in place are left alone."""
        for each in reversed(units.ancestors(seen.parents, code)):
            entry = wanted_entry(Task(Kind.UNIT, each, ()), seen, self.suffix)
            if entry is not None and self._placed.get(each) != entry.dn:
                self._put(entry, _only(self.lookup_unit(each)))
                self._placed[each] = entry.dn

    def _put(self, entry: Entry, there: Found | None) -> None:
        """Add, change or move an entry. Contents come before the place: a suspension is never behind a move."""
        if there is None:
            classes = tuple(each.encode() for each in entry.classes)
            self._pool.add(entry.dn, {"objectClass": classes, **entry.attributes})
            return
        changes = entries.difference(entry, there.attributes)
        if changes:
            self._pool.modify(there.dn, changes)
        if not entries.same_dn(there.dn, entry.dn):
            self._pool.rename(there.dn, entry.rdn, entry.superior)

    def _settle(self, done: Sequence[Task], locked: Iterable[str]) -> None:
        """Remove the rows of what is done.

        Rows that are gone already were removed by a second publisher, which may have read an older or a newer
        registry than we did; their subjects go into the outbox once more, so that whoever comes last reads the
        newest.
        """
        if not done:
            return
        with self._store.write() as unit:
            numbers = [number for task in done for number in task.numbers]
            gone = _remove(unit, numbers)
            for task in done:
                if not gone.issuperset(task.numbers):
                    outbox.queue(unit, task.kind, task.subject)
            for subject in locked:
                adopt_suspension(unit, subject)

    def _note(self, refused: Mapping[Task, str]) -> None:
        """Write into the outbox what the directory said, in our words."""
        if not refused:
            return
        with self._store.write() as unit:
            for task, words in refused.items():
                unit.session.execute(
                    update(PublicationRow)
                    .where(PublicationRow.number.in_(task.numbers))
                    .values(tries=PublicationRow.tries + 1, error=words)
                )
                log.warning("publication refused", kind=task.kind.value, subject=task.subject, reason=words)


def _only(found: Sequence[Found]) -> Found | None:
    if len(found) > 1:
        raise PublicationRefused("the directory has this id more than once")
    return found[0] if found else None


def locked_there(row: PersonRow, there: Found | None) -> bool:
    """Say whether a unit's administrator locked, in the directory itself, a person who is active here."""
    if there is None or row.state != State.ACTIVE:
        return False
    return list(there.attributes.get("rnStatus", ())) == [State.SUSPENDED.value.encode()]


def adopt_suspension(unit: Unit, subject: str) -> None:
    """Let the registry follow a suspension that was made in the directory."""
    try:
        people.suspend(unit, DIRECTORY_ACTOR, subject)
    except RegistryRefused:
        return  # it was changed here meanwhile, and that change is in the outbox
    log.warning("suspension found in the directory", subject=subject)


def _remove(unit: Unit, numbers: Sequence[int]) -> set[int]:
    gone: set[int] = set()
    for start in range(0, len(numbers), 500):  # a statement has a bounded number of parameters
        several = numbers[start : start + 500]
        removal = delete(PublicationRow).where(PublicationRow.number.in_(several))
        gone.update(unit.session.scalars(removal.returning(PublicationRow.number)))
    return gone
