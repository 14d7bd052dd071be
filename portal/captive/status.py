"""Who am I here: name, unit, zone, time left, and the way out. At the short address /s, for the sheet that closed."""

from typing import NamedTuple

from fastapi import APIRouter, Depends, Request
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from access import bindings, sessions
from access.decision import Zone
from access.evidence import Strength
from access.tables import BindingRow
from directory import otp
from directory.registry import PersonRow, UnitRow
from portal import form_tokens
from portal.captive import visits
from portal.captive.door import Stage, field, fields_of, guard, read_stage, seal_stage, show
from portal.captive.judging import next_step
from portal.captive.visits import Visit
from portal.handoff import reauthentication
from portal.knowledge import Knowledge
from portal.language import Language
from portal.requests import address_of, knowledge_of

router = APIRouter()


class Standing(NamedTuple):
    """What the network knows of whoever stands at an address."""

    visit: Visit
    binding: BindingRow
    name: str
    login: str
    unit: str
    zone: str | None  # code, as last granted
    valid_until: float | None  # end of the account


def standing_at(session: Session, address: str, now: float) -> Standing | None:
    """Return who is logged in at an address; None where nobody is."""
    visit = visits.by_address(session, address, now)
    if visit is None:
        return None
    binding = bindings.find(session, visit.hardware, now)
    if binding is None or binding.address != address:
        return None
    known = (
        select(PersonRow, UnitRow.name)
        .join(UnitRow, UnitRow.code == PersonRow.unit)
        .where(PersonRow.subject == binding.subject)
    )
    found = session.execute(known).first()
    # Where an existing directory rules, the registry may not know the person: then the login as last claimed.
    name, login, unit, until = (
        (found[0].name, found[0].login, found[1], found[0].valid_until) if found else ("", "", "", None)
    )
    return Standing(visit, binding, name, login, unit, _zone(session, visit.hardware), until)


def _zone(session: Session, hardware: str) -> str | None:
    open_one = next(iter(sessions.online(session, hardware=hardware, limit=1)), None)
    if open_one is not None and open_one.zone is not None:
        return open_one.zone
    login = visits.last_login(session, hardware)
    return login.zone if login is not None else None


def zone_of(knowledge: Knowledge, here: Standing | None) -> Zone | None:
    """Return the zone that was granted to whoever is logged in; None for nobody, and for the door itself."""
    zone = knowledge.rulebook.zones.get(here.zone or "") if here is not None else None
    return zone if zone is not None and not zone.is_door else None


def better_zone(knowledge: Knowledge, session: Session, here: Standing | None, zone: Zone | None) -> Zone | None:
    """Return the zone that a second factor would open for whoever is in `zone`, at the place and time of now.

    None where there is no such zone, where the person has a factor, or cannot enrol one: my account enrols those whom
    the registry knows. It is what the rules give this person, so its name tells nobody anything of others.
    """
    if here is None or zone is None or session.get(PersonRow, here.binding.subject) is None:
        return None
    person = knowledge.mirror.by_subject(here.binding.subject)
    device = knowledge.devices.by_number(here.visit.device)
    if person is None or device is None:
        return None
    step = next_step(
        person, here.visit, device, knowledge.rulebook, knowledge.clock(),
        strength=Strength(here.binding.strength), has_factor=otp.has_factor(session, person.subject),
    )  # fmt: skip
    return step.better if step.better is not None and step.better.code != zone.code else None


@router.get("/s")
def status(request: Request) -> Response:
    """Show who is logged in at this address, with a button to leave."""
    knowledge = knowledge_of(request)
    now = knowledge.clock()
    with knowledge.store.read() as session:
        here = standing_at(session, address_of(request), now)
        zone = zone_of(knowledge, here)
        better = better_zone(knowledge, session, here, zone)
    stage = seal_stage(knowledge, Stage(here.visit, here.binding.subject)) if here is not None else ""
    left = here.binding.valid_until - now if here is not None else 0.0
    return show(request, "status.html", here=here, stage=stage, zone=zone, better=better, left=left)


@router.post("/logout")
def logout(request: Request, form: FormData = Depends(fields_of)) -> Response:
    """End the login of this device: the next request of its hardware is nobody's again."""
    guard(request)
    knowledge = knowledge_of(request)
    stage = read_stage(request, field(form, "stage"))
    now = knowledge.clock()
    with knowledge.store.read() as session:
        here = standing_at(session, address_of(request), now)
    query = "?lang=en" if request.query_params.get("lang") == Language.ENGLISH else ""
    if here is None or here.binding.subject != stage.subject or here.visit.hardware != stage.visit.hardware:
        return RedirectResponse(f"/s{query}", status_code=303)
    number = knowledge.next_login(now)
    order = reauthentication.take_back(knowledge, here.visit, f"person:{stage.subject}")
    token = form_tokens.make(
        knowledge.key("captive"), "leave", now, o=order, l=number, h=here.visit.hardware, a=here.visit.address
    )
    return RedirectResponse(f"/left/{token}{query}", status_code=303)
