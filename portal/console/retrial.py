"""A login of the record, put before today's rules: the evidence as far as the record and the registry tell of it.

The proof itself cannot be tried again, because no password is kept: what was proven then counts as proven now.
"""

from typing import NamedTuple

from sqlalchemy.orm import Session

from access import bindings, own_devices
from access.decision import Decision, Refusal, decide
from access.evidence import NOWHERE, STRENGTH, Evidence, Medium, Method, Place, Strength, place_of
from access.reasons import Reason
from access.session_limit import limited
from access.tables import DeviceRow, LoginRow
from directory import endpoints, people
from directory.mirror import Ambiguous, Mirror
from directory.person import Endpoint, Person
from directory.refusal import RegistryRefused
from directory.registry import EndpointRow, PersonRow
from portal.knowledge import Knowledge


class Retrial(NamedTuple):
    """What the login would prove today, and what would be decided; no decision where the record tells too little."""

    evidence: Evidence | None
    decision: Decision | None


def again(session: Session, knowledge: Knowledge, row: LoginRow, now: float) -> Retrial:
    """Decide about a login of the record anew; `now` is in seconds since the epoch."""
    evidence = evidence_of(session, knowledge.mirror, row, now)
    if evidence is None:
        return Retrial(None, None)
    if row.hardware is not None and own_devices.is_lost(session, row.hardware):
        return Retrial(evidence, Refusal(Reason.DEVICE_LOST))
    return Retrial(evidence, limited(session, evidence, decide(evidence, knowledge.rulebook, now)))


def evidence_of(session: Session, mirror: Mirror, row: LoginRow, now: float) -> Evidence | None:
    """Return what a login of the record proved, about people and devices as they are now.

    None where the method is none of ours any more, or a name was claimed that nobody has. The record does not keep
    the medium: a login with an SSID was wireless, any other is taken for wired.
    """
    try:
        method = Method(row.method)
    except ValueError:
        return None
    subject = subject_of(session, mirror, row)
    if subject is None and method is not Method.MAC:
        return None
    return Evidence(
        subject=subject,
        method=method,
        strength=_strength(session, row, method, now),
        place=_place(session, row.device),
        hardware=row.hardware,
        medium=Medium.WIRED if row.ssid is None else Medium.WIRELESS,
        ssid=row.ssid,
        port=row.port,
        address=row.address,
    )


def subject_of(session: Session, mirror: Mirror, row: LoginRow) -> Person | Endpoint | None:
    """Return who logged in, or who has the claimed name or hardware address by now."""
    try:
        person = session.get(PersonRow, row.subject) if row.subject else people.by_login(session, row.login)
    except RegistryRefused:
        person = None
    if person is not None:
        try:
            # The directory knows more: locks, and passwords that must be changed.
            return mirror.by_subject(person.subject) or people.as_person(person)
        except Ambiguous:
            return people.as_person(person)
    thing = session.get(EndpointRow, row.subject) if row.subject else None
    if thing is None and row.hardware is not None and row.method == Method.MAC:
        thing = endpoints.by_hardware(session, row.hardware)
    return None if thing is None else endpoints.as_endpoint(thing)


def _strength(session: Session, row: LoginRow, method: Method, now: float) -> Strength:
    if method is Method.PORTAL and row.hardware is not None:
        binding = bindings.find(session, row.hardware, now)
        if binding is not None and binding.subject == row.subject:
            return Strength(binding.strength)
    return STRENGTH[method]


def _place(session: Session, number: int) -> Place:
    row = session.get(DeviceRow, number)
    return NOWHERE if row is None else place_of(row)
