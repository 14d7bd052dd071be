"""People: found, added, read and changed. What is done to one of them is in person_acts."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from pydantic import Field

from directory import people, spelling
from directory.people import NewPerson
from directory.person import State
from directory.registry import PersonRow
from portal.api import reached
from portal.api.bearer import Caller, bears
from portal.api.fields import Code, Limit, Line, Login, Moment, Shown, Subject, Told, instant, moment, told_fields
from portal.api.problems import READS, WRITES
from portal.console.roles import Right

router = APIRouter(tags=["people"])
PersonId = Annotated[Subject, Path(description="The subject id of a person")]


class Category(StrEnum):
    """What a person is to the city; as directory.spelling.CATEGORIES."""

    STAFF = "staff"
    CONTRACT = "contract"
    VENDOR = "vendor"
    VISITOR = "visitor"
    SECONDED = "seconded"
    RETIRED = "retired"


class Person(Shown):
    """A person of the registry. There is no password here: only the directory has verifiers."""

    subject: str
    login: str
    name: str
    unit: str
    state: State
    category: str
    mail: str | None
    title: str | None
    telephone: str | None
    valid_from: datetime | None
    valid_until: datetime | None
    zones: list[str]
    session_limit: int | None
    assurance: int
    created_at: datetime
    changed_at: datetime


class People(Shown):
    """People: whom `text` fits best first, then by login; `next` is the `after` of the next page."""

    items: list[Person]
    next: str | None = None


class PersonChange(Told):
    """What is to be different; what is absent stays, null takes a value away."""

    name: Line = Field(default="", examples=["张伟"])
    category: Category = Category.STAFF
    mail: Line | None = Field(default=None, examples=["zhangwei@city.example"])
    title: Line | None = Field(default=None, examples=["科长"])
    telephone: Line | None = Field(default=None, examples=["0571-88001234"])
    valid_from: Moment | None = None
    valid_until: Moment | None = None
    session_limit: Annotated[int, Field(ge=1, le=1000)] | None = None


class PersonToAdd(PersonChange):
    """A person to be added, as a draft: nobody logs in before the release. The login never changes afterwards."""

    login: Login
    name: Line = Field(examples=["张伟"])
    unit: Code
    zones: list[Code] = Field(default=[], max_length=50)


def shown(row: PersonRow) -> Person:
    """Return a person as the API tells it."""
    return Person(
        subject=row.subject, login=row.login, name=row.name, unit=row.unit, state=State(row.state),
        category=row.category, mail=row.mail, title=row.title, telephone=row.telephone,
        valid_from=moment(row.valid_from), valid_until=moment(row.valid_until),
        zones=sorted(spelling.zone_set(row.zones)), session_limit=row.session_limit, assurance=row.assurance,
        created_at=instant(row.created_at), changed_at=instant(row.changed_at),
    )  # fmt: skip


@router.get("/people", responses=READS)
def list_people(
    caller: Caller = Depends(bears(Right.PEOPLE_SEE)),
    text: Annotated[Line, Query(description="Part of login or name, pinyin or initials", examples=["zw"])] = "",
    unit: Annotated[Code | None, Query(description="This unit and all below it")] = None,
    state: Annotated[State | None, Query()] = None,
    after: Annotated[Login | None, Query(description="The last login of the page before")] = None,
    limit: Annotated[Limit, Query()] = 50,
) -> People:
    """Find people."""
    if unit is not None:
        caller.must_see(unit)
    scope = unit or (None if caller.scope is None else caller.administrator.unit)
    with caller.knowledge.store.read() as session:
        rows = people.search(session, text=text, unit=scope, state=state, after=after, limit=limit)
    return People(items=[shown(row) for row in rows], next=rows[-1].login if len(rows) == limit else None)


@router.post("/people", responses=WRITES, status_code=201)
def add_person(body: PersonToAdd, caller: Caller = Depends(bears(Right.PEOPLE_CHANGE))) -> Person:
    """Add a person as a draft."""
    with caller.write() as unit:
        reached.named_unit(caller, unit.session, body.unit)
        zones = reached.named_zones(unit.session, body.zones)
        told = {**told_fields(body), "zones": zones}
        subject = people.add(unit, caller.actor, NewPerson(**told))
        return shown(people.find(unit.session, subject))


@router.get("/people/{subject}", responses=READS)
def get_person(subject: PersonId, caller: Caller = Depends(bears(Right.PEOPLE_SEE))) -> Person:
    """Get one person; that somebody looked is recorded."""
    with caller.knowledge.store.read() as session:
        found = shown(reached.person(caller, session, subject))
    caller.viewed("person", subject)
    return found


@router.patch("/people/{subject}", responses=WRITES)
def change_person(
    subject: PersonId, body: PersonChange, caller: Caller = Depends(bears(Right.PEOPLE_CHANGE))
) -> Person:
    """Change name, category, contact, validity or the limit of sessions."""
    with caller.write() as unit:
        reached.person_to_change(caller, unit.session, subject)
        people.change(unit, caller.actor, subject, **told_fields(body))
        return shown(people.find(unit.session, subject))
