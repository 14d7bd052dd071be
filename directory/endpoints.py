"""Endpoints: devices without a person at them, and the person who answers for each until a date.

Every act runs inside the caller's unit of work.
"""

import base64
import secrets
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from directory import outbox, spelling, units
from directory.outbox import Kind
from directory.person import Endpoint, State
from directory.refusal import Flaw, RegistryRefused
from directory.registry import EndpointRow, PersonRow
from store.engine import Unit


def find(session: Session, subject: str) -> EndpointRow:
    """Return the endpoint; raises RegistryRefused where there is none."""
    row = session.get(EndpointRow, subject) if subject.isascii() and subject.isprintable() else None
    if row is None:
        raise RegistryRefused(Flaw.ENDPOINT_UNKNOWN, "endpoint")
    return row


def by_hardware(session: Session, hardware: str) -> EndpointRow | None:
    """Return the endpoint with this hardware address (aa:bb:cc:dd:ee:ff)."""
    return session.scalars(select(EndpointRow).where(EndpointRow.hardware == hardware)).one_or_none()


def as_endpoint(row: EndpointRow) -> Endpoint:
    """Return an endpoint as the registry knows it."""
    return Endpoint(
        subject=row.subject,
        entry="",
        dn="",
        hardware=row.hardware,
        unit=row.unit,
        state=State(row.state),
        kind=row.kind,
        owner=row.owner,
        valid_until=row.valid_until,
        zones=spelling.zone_set(row.zones),
    )


def listed(session: Session, *, unit: str | None = None, owner: str | None = None) -> Sequence[EndpointRow]:
    """Return endpoints by name: all, those of a unit's subtree, or those that one person answers for."""
    return session.scalars(_chosen(session, unit, owner)).all()


def search(
    session: Session,
    *,
    text: str = "",
    unit: str | None = None,
    state: State | None = None,
    ends_before: float | None = None,
    limit: int = 100,
) -> Sequence[EndpointRow]:
    """Return endpoints whose name or hardware address contains `text`, within a unit's subtree, in one state.

    `ends_before` (seconds since the epoch): those in use whose time is over by then, the first to end first.
    """
    query = _chosen(session, unit, None).limit(limit)
    if state is not None:
        query = query.where(EndpointRow.state == state.value)
    if ends_before is not None:
        query = query.where(EndpointRow.state != State.LEFT.value, EndpointRow.valid_until < ends_before)
        query = query.order_by(None).order_by(EndpointRow.valid_until, EndpointRow.subject)
    wanted = text.strip()
    if not wanted.isprintable():
        return []  # no name contains it
    if wanted:
        named = EndpointRow.name.contains(wanted, autoescape=True)
        query = query.where(or_(named, EndpointRow.hardware.contains(wanted.lower(), autoescape=True)))
    return session.scalars(query).all()


def _chosen(session: Session, unit: str | None, owner: str | None) -> Select[EndpointRow]:
    query = select(EndpointRow).order_by(EndpointRow.name, EndpointRow.subject)
    if unit is not None:
        query = query.where(EndpointRow.unit.in_(units.subtree(session, unit)))
    if owner is not None:
        query = query.where(EndpointRow.owner == owner)
    return query


def add(
    unit: Unit,
    actor: str,
    *,
    hardware: str,
    name: str,
    kind: str,
    owner: str,
    home: str | None = None,
    valid_until: float | None = None,
    zones: Iterable[str] = (),
    octets: bytes | None = None,
) -> str:
    """Register an endpoint and return its subject id.

    `home` is the code of its unit, the owner's where it is None; `valid_until` is in seconds since the epoch;
    `octets` are 10 random ones, drawn here where absent. A retired endpoint may be registered again and keeps its
    id: it is the same device.
    """
    responsible = _active(unit.session, owner)
    _, until = spelling.validity(unit.now, valid_until)
    fields = {
        "name": spelling.name(name),
        "kind": spelling.short_code(kind, "kind"),
        "owner": responsible.subject,
        "unit": responsible.unit if home is None else units.find(unit.session, home).code,
        "state": State.ACTIVE.value,
        "valid_until": until,
        "zones": spelling.zones(zones),
    }
    address = spelling.hardware(hardware)
    row = by_hardware(unit.session, address)
    before = None
    if row is None:
        row = EndpointRow(subject=new_subject("e", octets), hardware=address, created_at=unit.now)
        unit.session.add(row)
    elif row.state == State.LEFT:
        before = _shown(row)
    else:
        raise RegistryRefused(Flaw.HARDWARE_TAKEN, "hardware")
    for field, value in fields.items():
        setattr(row, field, value)
    _record(unit, actor, "endpoint.add", row, before)
    return row.subject


def retire(unit: Unit, actor: str, subject: str) -> None:
    """Take an endpoint off the network for good; its record stays."""
    row = _in_use(unit.session, subject)
    before = _shown(row)
    row.state = State.LEFT.value
    _record(unit, actor, "endpoint.retire", row, before)


def change(unit: Unit, actor: str, subject: str, *, name: str, kind: str, home: str, zones: Iterable[str]) -> None:
    """Change what an endpoint is called, its kind, its unit, and its rights."""
    row = _in_use(unit.session, subject)
    before = _shown(row)
    row.name, row.kind = spelling.name(name), spelling.short_code(kind, "kind")
    row.unit = units.find(unit.session, home).code
    row.zones = spelling.zones(zones)
    _record(unit, actor, "endpoint.change", row, before)


def extend(unit: Unit, actor: str, subject: str, valid_until: float | None) -> None:
    """Let an endpoint on until another time (seconds since the epoch; None: without end)."""
    row = _in_use(unit.session, subject)
    before = _shown(row)
    _, row.valid_until = spelling.validity(unit.now, valid_until)
    _record(unit, actor, "endpoint.extend", row, before)


def hand_over(unit: Unit, actor: str, subject: str, owner: str) -> None:
    """Let another active person answer for an endpoint; one that waits for an owner is let on again."""
    row = _in_use(unit.session, subject)
    before = _shown(row)
    row.owner = _active(unit.session, owner).subject
    row.state = State.ACTIVE.value
    _record(unit, actor, "endpoint.hand_over", row, before)


def suspend_of(unit: Unit, actor: str, owner: str) -> list[str]:
    """Suspend what a leaver answered for until somebody takes it over; return the subjects.

    No packet passes for a device for which nobody answers.
    """
    suspended = []
    for row in listed(unit.session, owner=owner):
        if row.state == State.ACTIVE:
            before = _shown(row)
            row.state = State.SUSPENDED.value
            _record(unit, actor, "endpoint.suspend", row, before)
            suspended.append(row.subject)
    return suspended


def new_subject(prefix: str, octets: bytes | None) -> str:
    """Return an opaque subject id that is never used again: 80 random bits, base32 (RFC 4648 §6), lower case."""
    drawn = secrets.token_bytes(10) if octets is None else octets
    if len(drawn) != 10:
        raise ValueError("a subject id is made of 10 octets")
    return f"{prefix}-{base64.b32encode(drawn).decode().lower()}"


def _in_use(session: Session, subject: str) -> EndpointRow:
    row = find(session, subject)
    if row.state == State.LEFT:
        raise RegistryRefused(Flaw.STATE_FORBIDS, "state")
    return row


def _active(session: Session, owner: str) -> PersonRow:
    person = session.get(PersonRow, owner)
    if person is None:
        raise RegistryRefused(Flaw.PERSON_UNKNOWN, "owner")
    if person.state != State.ACTIVE:
        raise RegistryRefused(Flaw.OWNER_NOT_ACTIVE, "owner")
    return person


def _shown(row: EndpointRow) -> dict[str, Any]:
    shown = ("hardware", "name", "kind", "owner", "unit", "state", "valid_until", "zones")
    return {field: getattr(row, field) for field in shown}


def _record(unit: Unit, actor: str, act: str, row: EndpointRow, before: dict[str, Any] | None) -> None:
    row.changed_at = unit.now
    outbox.queue(unit, Kind.ENDPOINT, row.subject)
    unit.changed("endpoint", row.subject)
    unit.act(actor, act, row.subject, before, _shown(row))
