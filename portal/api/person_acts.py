"""What is done to one person: moved, released, suspended, ended; rights, password, lock, sessions."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import Field

from directory import otp, people
from directory.passwords import generate_one_time_password, hash_new
from directory.person import State
from directory.refusal import Flaw, RegistryRefused
from directory.registry import PersonRow
from directory.verifiers import clear_lock, set_password
from portal import leaving, web_sessions
from portal.api import reached
from portal.api.bearer import Caller, bears
from portal.api.fields import Code, Shown, Told
from portal.api.people import Person, PersonId, shown
from portal.api.problems import DIRECTORY, WRITES, Fault, Refused
from portal.console.roles import Right
from portal.web_sessions import Door
from store.engine import Unit

router = APIRouter(tags=["people"])


class Move(Told):
    """Where to; personal rights end with the old post unless they go along."""

    unit: Code
    keep_rights: bool = False


class Release(Told):
    """How well the real name was verified: 1 the unit vouches, 2 document seen, 3 document checked with its issuer."""

    assurance: Annotated[int, Field(ge=1, le=3, examples=[2])]


class Rights(Told):
    """Exactly these personal rights: codes of zones."""

    zones: list[Code] = Field(max_length=50, examples=[["dedicated"]])


class Ended(Shown):
    """A person, and the orders to end what was open; each can be asked for at /orders."""

    person: Person
    orders: list[int]


class OneTimePassword(Shown):
    """A password that serves to choose an own one. It is told this once."""

    subject: str
    password: str


class Unlocked(Shown):
    """Whether there was a lock."""

    subject: str
    was_locked: bool


def _done(caller: Caller, subject: str, act: Callable[[Unit, PersonRow], object]) -> Person:
    with caller.write() as unit:
        row = reached.person_to_change(caller, unit.session, subject)
        act(unit, row)
        return shown(people.find(unit.session, subject))


def _ended(caller: Caller, subject: str, act: Callable[[Unit, str, str], list[int]]) -> Ended:
    with caller.write() as unit:
        reached.person_to_change(caller, unit.session, subject, takes_away=True)
        orders = act(unit, caller.actor, subject)
        return Ended(person=shown(people.find(unit.session, subject)), orders=orders)


@router.post("/people/{subject}/move", responses=WRITES)
def move_person(subject: PersonId, body: Move, caller: Caller = Depends(bears(Right.PEOPLE_CHANGE))) -> Person:
    """Let another unit answer for a person."""

    def act(unit: Unit, _row: PersonRow) -> None:
        reached.named_unit(caller, unit.session, body.unit)
        people.move(unit, caller.actor, subject, body.unit, keep_rights=body.keep_rights)

    return _done(caller, subject, act)


@router.post("/people/{subject}/release", responses=WRITES)
def release_person(subject: PersonId, body: Release, caller: Caller = Depends(bears(Right.PEOPLE_CHANGE))) -> Person:
    """Begin an account: the real name was verified."""
    return _done(caller, subject, lambda unit, _: people.release(unit, caller.actor, subject, assurance=body.assurance))


@router.put("/people/{subject}/rights", responses=WRITES)
def set_rights(subject: PersonId, body: Rights, caller: Caller = Depends(bears(Right.PEOPLE_CHANGE))) -> Person:
    """Give exactly these personal rights."""

    def act(unit: Unit, _row: PersonRow) -> None:
        people.set_rights(unit, caller.actor, subject, reached.named_zones(unit.session, body.zones))

    return _done(caller, subject, act)


@router.post("/people/{subject}/suspend", responses=WRITES)
def suspend_person(subject: PersonId, caller: Caller = Depends(bears(Right.PEOPLE_CHANGE))) -> Ended:
    """Keep a person off the network until `resume`; what is open ends now."""
    return _ended(caller, subject, leaving.suspend)


@router.post("/people/{subject}/resume", responses=WRITES)
def resume_person(subject: PersonId, caller: Caller = Depends(bears(Right.PEOPLE_CHANGE))) -> Person:
    """Lift a suspension."""
    return _done(caller, subject, lambda unit, _: people.resume(unit, caller.actor, subject))


@router.post("/people/{subject}/end", responses=WRITES)
def end_person(subject: PersonId, caller: Caller = Depends(bears(Right.PEOPLE_CHANGE))) -> Ended:
    """End an account for good, at every door."""
    return _ended(caller, subject, leaving.leave)


@router.post("/people/{subject}/preserve", responses=WRITES)
def preserve_person(subject: PersonId, caller: Caller = Depends(bears(Right.PEOPLE_CHANGE))) -> Person:
    """Take a leaver out of the published tree; the record stays."""
    return _done(caller, subject, lambda unit, _: people.preserve(unit, caller.actor, subject))


@router.post("/people/{subject}/disconnect", responses=WRITES)
def disconnect_person(subject: PersonId, caller: Caller = Depends(bears(Right.ONLINE_ORDER))) -> Ended:
    """End what a person has open; whoever may come in again does so by a new login."""
    with caller.write() as unit:
        reached.person(caller, unit.session, subject)
        orders = leaving.end_sessions(unit, caller.actor, subject)
        return Ended(person=shown(people.find(unit.session, subject)), orders=orders)


def _with_account(caller: Caller, subject: str) -> PersonRow:
    with caller.knowledge.store.read() as session:
        row = reached.person_to_change(caller, session, subject)
    if row.state not in (State.ACTIVE, State.SUSPENDED):
        raise RegistryRefused(Flaw.STATE_FORBIDS, "state")
    return row


@router.post("/people/{subject}/password", responses=DIRECTORY)
def reset_password(subject: PersonId, caller: Caller = Depends(bears(Right.PEOPLE_CHANGE))) -> OneTimePassword:
    """Make a one-time password, which serves to choose an own one."""
    _with_account(caller, subject)
    knowledge, words = caller.knowledge, generate_one_time_password()
    try:
        set_password(knowledge.pool, knowledge.directory.suffix, subject, hash_new(words), must_change=True)
    except RegistryRefused:
        raise Refused(Fault.NOT_PUBLISHED, 503, {"retry-after": "3"}) from None
    with caller.write() as unit:
        web_sessions.end_all(unit, Door.ACCOUNT, subject)
        unit.act(caller.actor, "person.password", subject, None, {"must_change": True})
    return OneTimePassword(subject=subject, password=words)


@router.post("/people/{subject}/unlock", responses=DIRECTORY)
def unlock_person(subject: PersonId, caller: Caller = Depends(bears(Right.PEOPLE_CHANGE))) -> Unlocked:
    """Lift the directory's lock after wrong passwords."""
    _with_account(caller, subject)
    try:
        was_locked = clear_lock(caller.knowledge.pool, caller.knowledge.directory.suffix, subject)
    except RegistryRefused:
        raise Refused(Fault.NOT_PUBLISHED, 503, {"retry-after": "3"}) from None
    if was_locked:
        with caller.write() as unit:
            unit.act(caller.actor, "person.unlock", subject, None, None)
    return Unlocked(subject=subject, was_locked=was_locked)


@router.delete("/people/{subject}/factor", responses=WRITES)
def remove_factor(subject: PersonId, caller: Caller = Depends(bears(Right.PEOPLE_CHANGE))) -> Person:
    """Take the second factor away: the person enrols a new one at the next login to my account."""
    _with_account(caller, subject)

    def act(unit: Unit, _row: PersonRow) -> None:
        otp.remove(unit, caller.actor, subject)
        web_sessions.end_all(unit, Door.ACCOUNT, subject)

    return _done(caller, subject, act)
