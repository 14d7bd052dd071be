"""What a path or a body names, found within the caller's reach; outside of it there is nothing."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from access.zones import load_zones
from directory import endpoints, people, subjects, units
from directory.refusal import Flaw, RegistryRefused
from directory.registry import EndpointRow, PersonRow, UnitRow
from portal import leaving
from portal.api.problems import AboutBody, Fault, Refused
from portal.console.refusals import ConsoleRefused
from portal.console.roles import Role
from portal.reach import Reach


def person(reach: Reach, session: Session, subject: str) -> PersonRow:
    """Return the person of a path. Raises RegistryRefused, ConsoleRefused."""
    row = people.find(session, subject)
    reach.must_see(row.unit)
    return row


def person_to_change(reach: Reach, session: Session, subject: str, *, takes_away: bool = False) -> PersonRow:
    """Return a person whom this administrator may change: nobody changes the own account.

    `takes_away`: an act after which an administrator could not come in, which no unit's administrator decides.
    """
    row = person(reach, session, subject)
    reach.must_be_other(subject)
    if takes_away and reach.role is Role.UNIT and leaving.administrator_of(session, subject) is not None:
        raise Refused(Fault.SCOPE_MISSING, 403)
    return row


def endpoint(reach: Reach, session: Session, subject: str) -> EndpointRow:
    """Return the endpoint of a path."""
    row = endpoints.find(session, subject)
    reach.must_see(row.unit)
    return row


def named_unit(reach: Reach, session: Session, code: str, field: str = "unit") -> UnitRow:
    """Return a unit that a body names. Raises AboutBody."""
    try:
        row = units.find(session, code)
        reach.must_see(row.code)
    except (RegistryRefused, ConsoleRefused):
        raise AboutBody(RegistryRefused(Flaw.UNIT_UNKNOWN, field), field) from None
    return row


def named_person(reach: Reach, session: Session, subject: str, field: str) -> PersonRow:
    """Return a person whom a body names. Raises AboutBody."""
    try:
        return person(reach, session, subject)
    except (RegistryRefused, ConsoleRefused):
        raise AboutBody(RegistryRefused(Flaw.PERSON_UNKNOWN, field), field) from None


def named_zones(session: Session, codes: Iterable[str], field: str = "zones") -> frozenset[str]:
    """Return codes of zones that a body names. Raises Refused for one that is not there."""
    wanted = frozenset(codes)
    if wanted - load_zones(session).keys():
        raise Refused(Fault.NOT_THERE, 422, field=field)
    return wanted


def sees_subject(reach: Reach, session: Session, subject: str | None) -> bool:
    """Return whether a session's or login's subject is within reach; one of nobody known is the city's alone."""
    if reach.scope is None:
        return True
    found = subjects.find(session, subject)
    return found is not None and reach.sees(found.unit)
