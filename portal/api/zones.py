"""Zones: what each means on a port, what it reaches, and what must never be joined with what."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from pydantic import Field
from sqlalchemy.orm import Session
from starlette.responses import Response

from access import decision, zones
from access.malformed import ZoneMalformed
from portal import carrying
from portal.api.bearer import Caller, bears
from portal.api.fields import Code, Line, Shown, Told
from portal.api.problems import READS, WRITES, Fault, Refused
from portal.console.roles import Right

router = APIRouter(tags=["zones"])
ZoneCode = Annotated[Code, Path(description="The code of a zone")]
Rate = Annotated[int, Field(ge=1000, le=2**40, description="bit/s")]
Span = Annotated[int, Field(ge=60, le=2**31 - 1, description="seconds")]


class ZoneBody(Told):
    """A zone without its code."""

    name: Line = Field(examples=["公用网络区"])
    vlan: Annotated[Line | None, Field(description="An id from 1 to 4094, or a name", examples=["110"])] = None
    acl: Line | None = None
    role: Line | None = None
    rate_up: Rate | None = None
    rate_down: Rate | None = None
    session_timeout: Span | None = None
    reauthenticate: bool = True
    idle_timeout: Span | None = None
    interim: Annotated[int, Field(ge=60, le=86400, description="seconds")] | None = None
    redirect_url: Line | None = None
    redirect_acl: Line | None = None
    message: Line | None = None
    reaches: list[Code] = Field(default=[], max_length=50)
    excludes: list[Code] = Field(default=[], max_length=50)


class Zone(Shown):
    """A zone."""

    code: str
    name: str
    vlan: str | None
    acl: str | None
    role: str | None
    rate_up: int | None
    rate_down: int | None
    session_timeout: int | None
    reauthenticate: bool
    idle_timeout: int | None
    interim: int | None
    redirect_url: str | None
    redirect_acl: str | None
    message: str | None
    reaches: list[str]
    excludes: list[str]


class Zones(Shown):
    """All zones by code."""

    items: list[Zone]


def _shown(zone: decision.Zone) -> Zone:
    told = zone._asdict() | {"reaches": sorted(zone.reaches), "excludes": sorted(zone.excludes)}
    return Zone.model_validate(told)


def _find(session: Session, code: str) -> decision.Zone:
    found = zones.load_zones(session).get(code)
    if found is None:
        raise Refused(Fault.NOT_THERE, 404)
    return found


@router.get("/zones", responses=READS)
def list_zones(caller: Caller = Depends(bears(Right.RULES_SEE))) -> Zones:
    """List zones."""
    with caller.knowledge.store.read() as session:
        return Zones(items=[_shown(zone) for zone in zones.load_zones(session).values()])


@router.get("/zones/{code}", responses=READS)
def get_zone(code: ZoneCode, caller: Caller = Depends(bears(Right.RULES_SEE))) -> Zone:
    """Get one zone."""
    with caller.knowledge.store.read() as session:
        return _shown(_find(session, code))


@router.put("/zones/{code}", responses=WRITES)
def put_zone(code: ZoneCode, body: ZoneBody, caller: Caller = Depends(bears(Right.RULES_CHANGE))) -> Zone:
    """Add a zone, or replace the one of this code; one that devices in use could not carry out is refused."""
    told = body.model_dump()
    told |= {name: frozenset(told[name]) for name in ("reaches", "excludes")}
    zone = decision.Zone(code=code, **told)
    with caller.write() as unit:
        act = zones.change if code in zones.load_zones(unit.session) else zones.add
        before = carrying.objections(caller.knowledge, unit.session)
        act(unit, caller.actor, zone)
        carrying.refuse(caller.knowledge, unit.session, before=before)
        return _shown(_find(unit.session, code))


@router.delete("/zones/{code}", responses=WRITES, status_code=204)
def remove_zone(code: ZoneCode, caller: Caller = Depends(bears(Right.RULES_CHANGE))) -> Response:
    """Remove a zone that nothing leads into."""
    with caller.write() as unit:
        _find(unit.session, code)
        try:
            zones.remove(unit, caller.actor, code)
        except ZoneMalformed:
            raise Refused(Fault.UNACCEPTABLE, 409, field="code") from None
    return Response(status_code=204)
