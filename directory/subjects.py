"""Subject ids: whom or what each stands for, a person or an endpoint, and which belong to a unit."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from sqlalchemy import ColumnElement, CompoundSelect, func, select
from sqlalchemy.orm import Session

from directory.person import State
from directory.registry import EndpointRow, PersonRow

_CHUNK = 500  # a statement has a bounded number of parameters


class Subject(NamedTuple):
    """A person or an endpoint, by what pages show of either."""

    subject: str
    name: str
    unit: str  # code of the unit that answers for it
    state: State
    owner: str | None  # subject of the person who answers for an endpoint; None: it is a person
    valid_until: float | None  # seconds since the epoch

    @property
    def is_person(self) -> bool:
        """Whether it is a person."""
        return self.owner is None


def below(units: Collection[str]) -> CompoundSelect[str]:
    """Return the query for the subject ids of all people and endpoints of these units, to be used inside another one.

    The units are told one by one; whoever means a subtree asks `directory.units.subtree` before.
    """
    codes = sorted(units)
    return (
        select(PersonRow.subject)
        .where(PersonRow.unit.in_(codes))
        .union_all(select(EndpointRow.subject).where(EndpointRow.unit.in_(codes)))
    )


def count(session: Session, units: Collection[str]) -> int:
    """Return how many people and endpoints these units have, in whatever state."""
    return session.scalar(select(func.count()).select_from(below(units).subquery())) or 0


def known(session: Session, subjects: Iterable[str | None]) -> dict[str, Subject]:
    """Return what these ids stand for; those of nobody, and None, are left out."""
    wanted = sorted({subject for subject in subjects if subject})
    found: dict[str, Subject] = {}
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        for person in session.scalars(select(PersonRow).where(PersonRow.subject.in_(chunk))):
            found[person.subject] = _person(person)
        for endpoint in session.scalars(select(EndpointRow).where(EndpointRow.subject.in_(chunk))):
            found[endpoint.subject] = _endpoint(endpoint)
    return found


def find(session: Session, subject: str | None) -> Subject | None:
    """Return what one id stands for."""
    return known(session, [subject]).get(subject or "")


def count_people(session: Session, state: State, units: Collection[str] | None = None) -> int:
    """Return how many people are in a state; `units`: of these alone."""
    query = select(func.count()).select_from(PersonRow).where(PersonRow.state == state.value)
    return session.scalar(query if units is None else query.where(PersonRow.unit.in_(sorted(units)))) or 0


def count_endpoints(session: Session, state: State, units: Collection[str] | None = None) -> int:
    """Return how many endpoints are in a state; `units`: of these alone."""
    query = select(func.count()).select_from(EndpointRow).where(EndpointRow.state == state.value)
    return session.scalar(query if units is None else query.where(EndpointRow.unit.in_(sorted(units)))) or 0


def ending(
    session: Session, *, since: float, until: float, units: Collection[str] | None = None, limit: int = 200
) -> list[Subject]:
    """Return who or what is active and ends from `since` until before `until` (epoch), the soonest first.

    `units`: of these alone; None: of all.
    """
    persons = select(PersonRow).where(*_ending(PersonRow, since, until, units)).order_by(PersonRow.valid_until)
    things = select(EndpointRow).where(*_ending(EndpointRow, since, until, units)).order_by(EndpointRow.valid_until)
    found = [_person(row) for row in session.scalars(persons.limit(limit))]
    found += [_endpoint(row) for row in session.scalars(things.limit(limit))]
    return sorted(found, key=lambda one: one.valid_until or 0.0)[:limit]


def _ending(
    row: type[PersonRow | EndpointRow], since: float, until: float, units: Collection[str] | None
) -> list[ColumnElement[bool]]:
    conditions = [row.state == State.ACTIVE.value, row.valid_until >= since, row.valid_until < until]
    return conditions if units is None else [*conditions, row.unit.in_(sorted(units))]


def _person(row: PersonRow) -> Subject:
    return Subject(row.subject, row.name, row.unit, State(row.state), None, row.valid_until)


def _endpoint(row: EndpointRow) -> Subject:
    return Subject(row.subject, row.name, row.unit, State(row.state), row.owner, row.valid_until)
