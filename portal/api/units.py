"""Units of the city."""

from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from starlette.responses import Response

from directory import units
from directory.registry import UnitRow
from portal.api.bearer import Caller, bears
from portal.api.fields import Code, Line, Shown, Told
from portal.api.problems import READS, WRITES
from portal.api.reached import named_unit
from portal.console.roles import Right

router = APIRouter(tags=["units"])
UnitCode = Annotated[Code, Path()]


class UnitKind(StrEnum):
    """What a unit is; as directory.spelling.UNIT_KINDS."""

    CITY = "city"
    TOWN = "town"
    PARK = "park"
    SUBDISTRICT = "subdistrict"
    COMMUNITY = "community"
    DEPARTMENT = "department"


class Unit(Shown):
    """A unit; `parent` is the code of the one above."""

    code: str
    name: str
    kind: str
    parent: str | None


class Units(Shown):
    """All units within reach, by code."""

    items: list[Unit]


class NewUnit(Told):
    """A unit to be added."""

    code: Code
    name: Line
    kind: UnitKind
    parent: Code | None = None


class UnitChange(Told):
    """What is to be different; what is absent stays. A parent of null makes it a top."""

    name: Line = ""
    parent: Code | None = None


def _shown(row: UnitRow) -> Unit:
    return Unit.model_validate(row)


@router.get("/units", responses=READS)
def list_units(caller: Caller = Depends(bears(Right.UNITS_SEE))) -> Units:
    """List units."""
    with caller.knowledge.store.read() as session:
        return Units(items=[_shown(row) for row in units.listed(session) if caller.sees(row.code)])


@router.post("/units", responses=WRITES, status_code=201)
def add_unit(body: NewUnit, caller: Caller = Depends(bears(Right.UNITS_CHANGE))) -> Unit:
    """Add a unit."""
    with caller.write() as unit:
        if body.parent is not None:
            named_unit(caller, unit.session, body.parent, "parent")
        code = units.add(unit, caller.actor, code=body.code, name=body.name, kind=body.kind.value, parent=body.parent)
        return _shown(units.find(unit.session, code))


@router.get("/units/{code}", responses=READS)
def get_unit(code: UnitCode, caller: Caller = Depends(bears(Right.UNITS_SEE))) -> Unit:
    """Get one unit."""
    caller.must_see(code)
    with caller.knowledge.store.read() as session:
        return _shown(units.find(session, code))


@router.patch("/units/{code}", responses=WRITES)
def change_unit(code: UnitCode, body: UnitChange, caller: Caller = Depends(bears(Right.UNITS_CHANGE))) -> Unit:
    """Rename a unit, or put it under another one."""
    caller.must_see(code)
    with caller.write() as unit:
        units.find(unit.session, code)
        if "name" in body.model_fields_set:
            units.rename(unit, caller.actor, code, body.name)
        if "parent" in body.model_fields_set:
            if body.parent is not None:
                named_unit(caller, unit.session, body.parent, "parent")
            units.move(unit, caller.actor, code, body.parent)
        return _shown(units.find(unit.session, code))


@router.delete("/units/{code}", responses=WRITES, status_code=204)
def remove_unit(code: UnitCode, caller: Caller = Depends(bears(Right.UNITS_CHANGE))) -> Response:
    """Remove a unit for which nobody and nothing is left."""
    caller.must_see(code)
    with caller.write() as unit:
        units.remove(unit, caller.actor, code)
    return Response(status_code=204)
