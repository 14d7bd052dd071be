"""My devices: those with which I logged in at the portal; how one is named, forgotten, lost and found."""

from fastapi import APIRouter, Depends
from starlette.responses import Response

from access import bindings, own_devices
from directory.refusal import Flaw, RegistryRefused
from portal.account.answers import answer_page
from portal.account.endings import forget, lose, own_device
from portal.account.owner import Owner, asks
from portal.account.refusals import AccountRefused, Why
from portal.account.sessions import described
from portal.language import Text
from portal.requests import go

router = APIRouter()
HERE = "/account/devices"


@router.get(HERE)
def listed(owner: Owner = Depends(asks())) -> Response:
    """Show the own devices, the one that was used last first."""
    with owner.knowledge.store.read() as session:
        rows = own_devices.of_subject(session, owner.subject)
        bound = {row.hardware: row for row in bindings.of_subject(session, owner.subject, owner.knowledge.clock())}
    return owner.page("devices.html", devices=[{"row": row, "binding": bound.get(row.hardware)} for row in rows])


@router.get(HERE + "/{hardware}")
def shown(hardware: str, owner: Owner = Depends(asks())) -> Response:
    """Show one device, with a form for its name and the ways to what ends it."""
    return _one(owner, "device.html", hardware)


def _one(
    owner: Owner, template: str, hardware: str, *, errors: dict[str, Text] | None = None, name: str | None = None
) -> Response:
    knowledge = owner.knowledge
    with knowledge.store.read() as session:
        held = own_device(session, owner.subject, hardware, knowledge.clock())
        mine = [row for row in held.sessions if row.subject == owner.subject]
        open_ones = described(knowledge, session, owner.subject, mine)
    return owner.page(
        template, status=400 if errors else 200, device=held.device, binding=held.binding, sessions=open_ones,
        others=len(held.sessions) - len(mine), errors=errors or {},
        name=held.device.name if name is None else name,
    )  # fmt: skip


@router.post(HERE + "/{hardware}")
def rename(hardware: str, owner: Owner = Depends(asks())) -> Response:
    """Give a device a name."""
    knowledge, name = owner.knowledge, owner.text("name")
    with knowledge.store.read() as session:
        own_device(session, owner.subject, hardware, knowledge.clock())
    if not name:
        return _one(owner, "device.html", hardware, errors={"name": Why.FIELD_MISSING.value.text}, name=name)
    try:
        with knowledge.store.write() as unit:
            own_devices.rename(unit, hardware, owner.subject, name, owner.actor)
    except RegistryRefused as refused:
        if refused.flaw is not Flaw.NAME_MALFORMED:
            raise
        flaw = refused.flaw.value
        return _one(owner, "device.html", hardware, errors={"name": Text(flaw.chinese, flaw.english)}, name=name)
    return go(HERE)


@router.get(HERE + "/{hardware}/lost")
def ask_lost(hardware: str, owner: Owner = Depends(asks())) -> Response:
    """Ask whether a device is lost, and say what ends."""
    return _one(owner, "device_lost.html", hardware)


@router.post(HERE + "/{hardware}/lost")
def report_lost(hardware: str, owner: Owner = Depends(asks())) -> Response:
    """Refuse a device everywhere and end what it has open."""
    with owner.knowledge.store.write() as unit:
        orders = lose(unit, owner.subject, hardware, owner.actor)
    return answer_page(owner, [[one] for one in orders], HERE, "lost")


@router.get(HERE + "/{hardware}/forget")
def ask_forget(hardware: str, owner: Owner = Depends(asks())) -> Response:
    """Ask whether a device is to be forgotten, and say what ends."""
    with owner.knowledge.store.read() as session:
        held = own_device(session, owner.subject, hardware, owner.knowledge.clock())
    if held.device.lost_at is not None:
        raise AccountRefused(Why.LOST_STAYS, status=409)
    return _one(owner, "device_forget.html", hardware)


@router.post(HERE + "/{hardware}/forget")
def forgotten(hardware: str, owner: Owner = Depends(asks())) -> Response:
    """Strike a device from the list and end what the person has open on it."""
    with owner.knowledge.store.write() as unit:
        orders = forget(unit, owner.subject, hardware, owner.actor)
    return answer_page(owner, [[one] for one in orders], HERE, "forget")


@router.post(HERE + "/{hardware}/found")
def found(hardware: str, owner: Owner = Depends(asks())) -> Response:
    """Take a lost device back."""
    with owner.knowledge.store.write() as unit:
        own_device(unit.session, owner.subject, hardware, unit.now)
        own_devices.taken_back(unit, hardware, owner.subject, owner.actor)
    return go(f"{HERE}/{hardware}")
