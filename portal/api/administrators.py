"""Administrators, and inviting one by a one-time link."""

from datetime import datetime

from fastapi import APIRouter, Depends

from portal.api import reached
from portal.api.bearer import Caller, bears
from portal.api.fields import Code, Shown, Subject, Told, instant, moment
from portal.api.problems import READS, WRITES, Fault, Refused
from portal.console import administrators
from portal.console.roles import Right, Role, may_invite
from portal.tables import AdministratorRow

router = APIRouter(tags=["administrators"])


class Administrator(Shown):
    """An administrator."""

    number: int
    login: str
    name: str
    person: str | None
    role: Role
    unit: str | None
    enabled: bool
    came_at: datetime | None
    created_at: datetime


class Administrators(Shown):
    """All administrators, by role and login."""

    items: list[Administrator]


class Invitation(Told):
    """Whom to invite to which role; a unit goes with the role of a unit, and with no other."""

    person: Subject
    role: Role
    unit: Code | None = None


class Invited(Shown):
    """A one-time link, told this once."""

    link: str
    valid_until: datetime


def _shown(row: AdministratorRow) -> Administrator:
    return Administrator(
        number=row.number, login=row.login, name=row.name, person=row.person, role=Role(row.role), unit=row.unit,
        enabled=row.enabled, came_at=moment(row.came_at), created_at=instant(row.created_at),
    )  # fmt: skip


@router.get("/administrators", responses=READS)
def list_administrators(caller: Caller = Depends(bears(Right.ADMINISTRATORS_SEE))) -> Administrators:
    """List administrators."""
    with caller.knowledge.store.read() as session:
        return Administrators(items=[_shown(row) for row in administrators.listed(session)])


@router.post("/administrators/invitations", responses=WRITES, status_code=201)
def invite_administrator(body: Invitation, caller: Caller = Depends(bears(Right.ADMINISTRATORS_SEE))) -> Invited:
    """Invite a person to a role, as far as the own role may."""
    with caller.write() as unit:
        session = unit.session
        if not may_invite(caller.role, body.role, present=administrators.present_roles(session)):
            raise Refused(Fault.SCOPE_MISSING, 403)
        person = reached.named_person(caller, session, body.person, "person")
        if body.unit is not None:
            reached.named_unit(caller, session, body.unit)
        console = caller.knowledge.portal.console_url
        link = administrators.link(unit, caller.actor, console, role=body.role, person=person.subject, scope=body.unit)
        until = instant(unit.now + administrators.INVITATION_SECONDS)
    return Invited(link=link, valid_until=until)
