"""A person's password, lock and second factor. Passwords are in the directory alone; a new one is shown once."""

from fastapi import APIRouter, Depends
from starlette.responses import Response

from directory import otp
from directory.backends.link import DirectoryRefused
from directory.backends.wire import DirectoryUnavailable
from directory.passwords import generate_one_time_password, hash_new
from directory.person import State
from directory.refusal import Flaw, RegistryRefused
from directory.registry import PersonRow
from directory.verifiers import clear_lock, set_password
from portal import web_sessions
from portal.console.desk import Desk, asks
from portal.console.person import known_by_directory, person_to_change
from portal.console.refusals import ConsoleRefused, Why
from portal.console.roles import Right
from portal.requests import go
from portal.web_sessions import Door

router = APIRouter()


def _subject(desk: Desk, subject: str) -> PersonRow:
    """Return the person. Raises ConsoleRefused; RegistryRefused for one who has no account to log in with."""
    with desk.knowledge.store.read() as session:
        row = person_to_change(desk, session, subject)
    if row.state not in (State.ACTIVE, State.SUSPENDED):
        raise RegistryRefused(Flaw.STATE_FORBIDS, "state")
    return row


@router.get("/people/{subject}/password")
def password_page(subject: str, desk: Desk = Depends(asks(Right.PEOPLE_CHANGE, proven=True))) -> Response:
    """Say what a reset does, and what else may be the matter."""
    return _page(desk, _subject(desk, subject))


def _page(desk: Desk, row: PersonRow, error: Why | None = None) -> Response:
    with desk.knowledge.store.read() as session:
        has_factor = otp.has_factor(session, row.subject)
    return desk.page(
        "console/person_password.html", status=503 if error else 200, row=row, error=error, has_factor=has_factor,
        known=known_by_directory(desk, row.subject), now=desk.knowledge.clock(),
    )  # fmt: skip


@router.post("/people/{subject}/password")
def reset(subject: str, desk: Desk = Depends(asks(Right.PEOPLE_CHANGE, proven=True))) -> Response:
    """Make a one-time password and show it in this answer alone: a reload makes another one."""
    row = _subject(desk, subject)
    words = generate_one_time_password()
    knowledge = desk.knowledge
    try:
        set_password(knowledge.pool, knowledge.directory.suffix, subject, hash_new(words), must_change=True)
    except RegistryRefused:
        return _page(desk, row, Why.NOT_PUBLISHED)
    except (DirectoryRefused, DirectoryUnavailable):
        return _page(desk, row, Why.DIRECTORY_AWAY)
    with knowledge.store.write() as unit:
        web_sessions.end_all(unit, Door.ACCOUNT, subject)  # whoever knew the old one is out
        unit.act(desk.actor, "person.password", subject, None, {"must_change": True})
    return desk.page("console/person_password_shown.html", row=row, words=words)


@router.post("/people/{subject}/unlock")
def unlock(subject: str, desk: Desk = Depends(asks(Right.PEOPLE_CHANGE))) -> Response:
    """Lift the directory's lock after wrong passwords."""
    row = _subject(desk, subject)
    try:
        was_locked = clear_lock(desk.knowledge.pool, desk.knowledge.directory.suffix, subject)
    except RegistryRefused:
        return _page(desk, row, Why.NOT_PUBLISHED)
    except (DirectoryRefused, DirectoryUnavailable):
        return _page(desk, row, Why.DIRECTORY_AWAY)
    if was_locked:
        with desk.knowledge.store.write() as unit:
            unit.act(desk.actor, "person.unlock", subject, None, None)
    return go(f"/people/{subject}")


@router.get("/people/{subject}/factor")
def factor_page(subject: str, desk: Desk = Depends(asks(Right.PEOPLE_CHANGE, proven=True))) -> Response:
    """Say what goes with the second factor."""
    row = _subject(desk, subject)
    with desk.knowledge.store.read() as session:
        if not otp.has_factor(session, subject):
            raise ConsoleRefused(Why.NOT_FOUND, status=404)
        left = otp.remaining(session, subject)
    return desk.page("console/person_factor.html", row=row, left=left)


@router.post("/people/{subject}/factor")
def reset_factor(subject: str, desk: Desk = Depends(asks(Right.PEOPLE_CHANGE, proven=True))) -> Response:
    """Take the second factor away: the person enrols a new one at the next login to my account."""
    _subject(desk, subject)
    with desk.knowledge.store.write() as unit:
        otp.remove(unit, desk.actor, subject)
        web_sessions.end_all(unit, Door.ACCOUNT, subject)
    return go(f"/people/{subject}")
