"""Endpoints: devices without a person at them, and who answers for each."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from pydantic import Field

from directory import endpoints, spelling
from directory.person import State
from directory.refusal import Flaw, RegistryRefused
from directory.registry import EndpointRow
from portal import leaving
from portal.api import reached
from portal.api.bearer import Caller, bears
from portal.api.fields import (
    Code,
    Hardware,
    Limit,
    Line,
    Moment,
    Shown,
    Subject,
    Told,
    instant,
    moment,
    seconds,
)
from portal.api.problems import READS, WRITES
from portal.console.roles import Right

router = APIRouter(tags=["endpoints"])
EndpointId = Annotated[Subject, Path(description="The subject id of an endpoint")]


class Endpoint(Shown):
    """An endpoint; `owner` is the subject id of the person who answers for it."""

    subject: str
    hardware: str
    name: str
    kind: str
    owner: str
    unit: str
    state: State
    valid_until: datetime | None
    zones: list[str]
    created_at: datetime
    changed_at: datetime


class Endpoints(Shown):
    """Endpoints by name."""

    items: list[Endpoint]


class NewEndpoint(Told):
    """An endpoint to be registered; its unit is the owner's where none is told."""

    hardware: Hardware
    name: Line = Field(examples=["三楼打印机"])
    kind: Code = Field(examples=["printer"])
    owner: Subject
    unit: Code | None = None
    valid_until: Moment | None = None
    zones: list[Code] = Field(default=[], max_length=50)


class EndpointChange(Told):
    """What is to be different; what is absent stays. A `valid_until` of null: without end."""

    name: Line = ""
    kind: Code = "other"
    unit: Code = "city"
    zones: list[Code] = Field(default=[], max_length=50)
    owner: Subject = ""
    valid_until: Moment | None = None


class Retired(Shown):
    """An endpoint that is off the network for good, and the orders to end what it had open."""

    endpoint: Endpoint
    orders: list[int]


def _shown(row: EndpointRow) -> Endpoint:
    return Endpoint(
        subject=row.subject, hardware=row.hardware, name=row.name, kind=row.kind, owner=row.owner, unit=row.unit,
        state=State(row.state), valid_until=moment(row.valid_until), zones=sorted(spelling.zone_set(row.zones)),
        created_at=instant(row.created_at), changed_at=instant(row.changed_at),
    )  # fmt: skip


@router.get("/endpoints", responses=READS)
def list_endpoints(
    caller: Caller = Depends(bears(Right.ENDPOINTS_SEE)),
    text: Annotated[Line, Query(description="Part of the name or of the hardware address")] = "",
    unit: Annotated[Code | None, Query(description="This unit and all below it")] = None,
    state: Annotated[State | None, Query()] = None,
    ends_before: Annotated[Moment | None, Query(description="Those in use whose time is over by then")] = None,
    limit: Annotated[Limit, Query()] = 50,
) -> Endpoints:
    """Find endpoints."""
    if unit is not None:
        caller.must_see(unit)
    scope = unit or (None if caller.scope is None else caller.administrator.unit)
    with caller.knowledge.store.read() as session:
        rows = endpoints.search(
            session, text=text, unit=scope, state=state, ends_before=seconds(ends_before), limit=limit
        )
    return Endpoints(items=[_shown(row) for row in rows])


@router.post("/endpoints", responses=WRITES, status_code=201)
def add_endpoint(body: NewEndpoint, caller: Caller = Depends(bears(Right.ENDPOINTS_CHANGE))) -> Endpoint:
    """Register an endpoint. A retired one keeps its id: it is the same device."""
    with caller.write() as unit:
        session = unit.session
        known = endpoints.by_hardware(session, body.hardware)
        if known is not None and not caller.sees(known.unit):
            raise RegistryRefused(Flaw.HARDWARE_TAKEN, "hardware")
        owner = reached.named_person(caller, session, body.owner, "owner")
        home = reached.named_unit(caller, session, body.unit).code if body.unit is not None else None
        subject = endpoints.add(
            unit, caller.actor, hardware=body.hardware, name=body.name, kind=body.kind, owner=owner.subject,
            home=home, valid_until=seconds(body.valid_until), zones=reached.named_zones(session, body.zones),
        )  # fmt: skip
        return _shown(endpoints.find(session, subject))


@router.get("/endpoints/{subject}", responses=READS)
def get_endpoint(subject: EndpointId, caller: Caller = Depends(bears(Right.ENDPOINTS_SEE))) -> Endpoint:
    """Get one endpoint."""
    with caller.knowledge.store.read() as session:
        return _shown(reached.endpoint(caller, session, subject))


@router.patch("/endpoints/{subject}", responses=WRITES)
def change_endpoint(
    subject: EndpointId, body: EndpointChange, caller: Caller = Depends(bears(Right.ENDPOINTS_CHANGE))
) -> Endpoint:
    """Change an endpoint, let somebody else answer for it, or let it on until another time."""
    told = body.model_fields_set
    with caller.write() as unit:
        session, row = unit.session, reached.endpoint(caller, unit.session, subject)
        if told & {"name", "kind", "unit", "zones"}:
            home = reached.named_unit(caller, session, body.unit).code if "unit" in told else row.unit
            zones = reached.named_zones(session, body.zones) if "zones" in told else spelling.zone_set(row.zones)
            endpoints.change(
                unit, caller.actor, subject, name=body.name if "name" in told else row.name,
                kind=body.kind if "kind" in told else row.kind, home=home, zones=zones,
            )  # fmt: skip
        if "owner" in told:
            owner = reached.named_person(caller, session, body.owner, "owner")
            endpoints.hand_over(unit, caller.actor, subject, owner.subject)
        if "valid_until" in told:
            endpoints.extend(unit, caller.actor, subject, seconds(body.valid_until))
        return _shown(endpoints.find(session, subject))


@router.post("/endpoints/{subject}/retire", responses=WRITES)
def retire_endpoint(subject: EndpointId, caller: Caller = Depends(bears(Right.ENDPOINTS_CHANGE))) -> Retired:
    """Take an endpoint off the network for good; what it has open ends now."""
    with caller.write() as unit:
        reached.endpoint(caller, unit.session, subject)
        orders = leaving.retire(unit, caller.actor, subject)
        return Retired(endpoint=_shown(endpoints.find(unit.session, subject)), orders=orders)
