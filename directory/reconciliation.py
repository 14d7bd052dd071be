"""Registry and directory compared as a whole: what differs is shown, and where told made right again.

The registry rules. Two things are not the registry's to undo: a suspension made in the directory by a unit's
administrator is taken over, and drafts entered there wait for a person to look at them. People whom the registry
does not know are suspended and not deleted: if the registry is the one that is wrong (restored from an old copy),
their passwords are still there.
"""

from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory import entries, units
from directory.backends.connection import DirectoryPool, DirectoryRefused
from directory.outbox import Kind
from directory.person import State
from directory.publication import (
    Found,
    Picture,
    PublicationRefused,
    Publisher,
    Task,
    adopt_suspension,
    chunks,
    locked_there,
    picture,
    wanted_entry,
)
from directory.registry import EndpointRow, PersonRow, PublicationRow
from store.engine import Store

_TELL_EVERY = 5000
_NO_ACCESS = frozenset({State.SUSPENDED.value, State.LEFT.value, State.PRESERVED.value})

log = structlog.get_logger()


class Fault(StrEnum):
    """How an entry differs from the registry."""

    MISSING = "missing"  # only the registry has it
    EXTRA = "extra"  # only the directory has it
    DRAFT = "draft"  # only the directory has it, entered there and without access
    DIFFERENT = "different"  # other values
    MISPLACED = "misplaced"  # another unit
    LOCKED = "locked"  # suspended in the directory, active in the registry
    TWICE = "twice"  # the same id in two entries


class Difference(NamedTuple):
    """One subject that is not the same on both sides."""

    kind: Kind
    subject: str  # unit code or subject id; empty for an entry that has none
    fault: Fault
    dn: str = ""  # where it is; empty where it is missing
    attributes: tuple[str, ...] = ()  # names only: values are personal
    mended: bool = False


class Drift(NamedTuple):
    """What a comparison found."""

    compared: int  # subjects of the registry
    pending: int  # subjects whose change is still in the outbox, and which are therefore not judged
    differences: tuple[Difference, ...]

    @property
    def clean(self) -> bool:
        """Whether nothing is left that differs."""
        return all(each.mended for each in self.differences)


_Key = tuple[Kind, str]


def reconcile(
    store: Store,
    pool: DirectoryPool,
    suffix: str,
    *,
    repair: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> Drift:
    """Compare all entries with all rows; with `repair`, make the directory so. `progress` is told in sentences.

    Raises DirectoryUnavailable, and then nothing is known of what was not yet compared.
    """
    # The directory first: what is changed and published while we compare then shows as a difference that is gone
    # when it is looked at again, instead of one that is overlooked.
    there, nameless = _directory(pool, suffix, progress)
    with store.read() as session:
        pending = set(session.scalars(select(PublicationRow.subject)))
        compared, suspects = _first_look(session, there, suffix, progress)
    suspects = [task for task in suspects if task.subject not in pending]
    second = _SecondLook(store, pool, suffix, repair=repair)
    found = [*nameless, *(each for chunk in chunks(suspects) for each in second.look(chunk))]
    for each in found:
        log.warning("directory differs", kind=each.kind.value, subject=each.subject, fault=each.fault.value)
    return Drift(compared, len(pending), tuple(found))


def _directory(
    pool: DirectoryPool, suffix: str, progress: Callable[[str], None]
) -> tuple[dict[_Key, list[Found]], list[Difference]]:
    """Return all units, people and endpoints of the directory by id, and the people without one."""
    condition = "(|(objectClass=inetOrgPerson)(objectClass=rnDevice)(objectClass=rnOrgUnit))"
    attributes = {*entries.UNIT_OWNED, *entries.PERSON_OWNED, *entries.ENDPOINT_OWNED, "objectClass"}
    there: dict[_Key, list[Found]] = {}
    nameless = []
    for read, (dn, values) in enumerate(pool.search(suffix, condition, sorted(attributes)), 1):
        if read % _TELL_EVERY == 0:
            progress(f"{read} entries read from the directory")
        classes = {each.lower() for each in values.get("objectClass", ())}
        kind = _kind(classes)
        ids = values.get("rnOrgCode" if kind is Kind.UNIT else "rnSubjectId", [b""])
        subject = ids[0].decode("ascii", "replace")
        if subject and subject.isprintable():
            there.setdefault((kind, subject), []).append(Found(dn, values))
        elif b"rnadminaccount" not in classes:  # an administrator of the directory need not be in the registry
            nameless.append(Difference(kind, "", Fault.EXTRA, dn))
    return there, nameless


def _kind(classes: set[bytes]) -> Kind:
    if b"rnorgunit" in classes:
        return Kind.UNIT
    return Kind.ENDPOINT if b"rndevice" in classes else Kind.PERSON


def _first_look(
    session: Session, there: dict[_Key, list[Found]], suffix: str, progress: Callable[[str], None]
) -> tuple[int, list[Task]]:
    """Compare everything once; return how many rows there were and what has to be looked at again."""
    seen = picture(session, [])
    compared = 0
    suspects = []
    for task in _rows(session, seen):
        compared += 1
        if compared % _TELL_EVERY == 0:
            progress(f"{compared} rows of the registry compared")
        if _compare(task, seen, there.pop((task.kind, task.subject), []), suffix) is not None:
            suspects.append(task)
    # What is left is in the directory alone; the deepest first, so that an emptied unit can go.
    alone = sorted(there.items(), key=lambda each: -len(entries.dn_parts(each[1][0].dn)))
    return compared, suspects + [Task(kind, subject, ()) for (kind, subject), _ in alone]


def _rows(session: Session, seen: Picture) -> Iterator[Task]:
    """Yield every subject of the registry; its row is in `seen` for as long as the caller looks at it."""
    for branch in units.tree(session):
        yield Task(Kind.UNIT, branch.row.code, ())
    for person in session.scalars(select(PersonRow).execution_options(yield_per=1000)):
        seen.people = {person.subject: person}
        yield Task(Kind.PERSON, person.subject, ())
    for endpoint in session.scalars(select(EndpointRow).execution_options(yield_per=1000)):
        seen.endpoints = {endpoint.subject: endpoint}
        yield Task(Kind.ENDPOINT, endpoint.subject, ())


def _compare(task: Task, seen: Picture, found: Sequence[Found], suffix: str) -> Difference | None:
    wanted = wanted_entry(task, seen, suffix)
    if len(found) > 1:
        return Difference(task.kind, task.subject, Fault.TWICE, found[0].dn)
    if not found:
        return None if wanted is None else Difference(task.kind, task.subject, Fault.MISSING)
    (there,) = found
    if wanted is None:
        draft = list(there.attributes.get("rnStatus", ())) == [State.DRAFT.value.encode()]
        return Difference(task.kind, task.subject, Fault.DRAFT if draft else Fault.EXTRA, there.dn)
    changed = tuple(sorted(entries.difference(wanted, there.attributes)))
    if task.subject in seen.people and locked_there(seen.people[task.subject], there):
        return Difference(task.kind, task.subject, Fault.LOCKED, there.dn, changed)
    if not entries.same_dn(there.dn, wanted.dn):
        return Difference(task.kind, task.subject, Fault.MISPLACED, there.dn, changed)
    return Difference(task.kind, task.subject, Fault.DIFFERENT, there.dn, changed) if changed else None


class _SecondLook:
    """Looks at suspects again, with rows and entries of now, and mends them one by one where told."""

    def __init__(self, store: Store, pool: DirectoryPool, suffix: str, *, repair: bool) -> None:
        self._store = store
        self._pool = pool
        self._publisher = Publisher(store, pool, suffix)
        self._repair = repair

    def look(self, tasks: Sequence[Task]) -> Iterator[Difference]:
        """Yield what still differs among these, or did until it was mended."""
        with self._store.read() as session:
            seen = picture(session, tasks)
        people = self._publisher.lookup(tasks)
        for task in tasks:
            unit = task.kind is Kind.UNIT
            found = self._publisher.lookup_unit(task.subject) if unit else people.get(task.subject, [])
            difference = _compare(task, seen, found, self._publisher.suffix)
            if difference is not None and self._repair:
                difference = difference._replace(mended=self._mend(difference, task, seen, found))
            if difference is not None:
                yield difference

    def _mend(self, difference: Difference, task: Task, seen: Picture, found: Sequence[Found]) -> bool:
        """Make one subject right; return whether it is."""
        try:
            match difference.fault:
                case Fault.TWICE | Fault.DRAFT:
                    return False
                case Fault.EXTRA if task.kind is Kind.PERSON:
                    self._shut_out(task, found[0])
                    return False
                case Fault.EXTRA:
                    self._pool.delete(difference.dn)
                case _:
                    if self._publisher.make(task, seen, found):
                        with self._store.write() as unit:
                            adopt_suspension(unit, task.subject)
        except (DirectoryRefused, PublicationRefused) as error:
            log.warning("difference not mended", kind=task.kind.value, subject=task.subject, reason=str(error))
            return False
        return True

    def _shut_out(self, task: Task, there: Found) -> None:
        state = {each.decode("utf-8", "replace") for each in there.attributes.get("rnStatus", ())}
        if not state <= _NO_ACCESS:
            self._pool.modify(there.dn, {"rnStatus": [State.SUSPENDED.value.encode()]})
            log.warning("unknown person suspended in the directory", subject=task.subject)
