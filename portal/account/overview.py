"""The first page of my account: who I am to the network, how long, and what needs looking after."""

from collections.abc import Mapping

from fastapi import APIRouter, Depends
from sqlalchemy import select
from starlette.responses import Response

from access import own_devices, sessions
from access.decision import Zone
from directory import otp
from directory.registry import UnitRow
from portal.account.owner import FIRST, Owner, asks

router = APIRouter()
WARNED = 14 * 86400.0  # seconds before the end of an account at which its person is told
FEW_CODES = 3


@router.get(FIRST)
def overview(owner: Owner = Depends(asks())) -> Response:
    """Show name, unit, rights, validity, and how many sessions and devices there are."""
    knowledge, person = owner.knowledge, owner.person
    now = knowledge.clock()
    with knowledge.store.read() as session:
        unit = session.scalars(select(UnitRow.name).where(UnitRow.code == person.unit)).first()
        online = len(sessions.online(session, subject=person.subject))
        devices = own_devices.of_subject(session, person.subject)
        has_factor = otp.has_factor(session, person.subject)
        codes = otp.remaining(session, person.subject)
    zones = knowledge.zones
    left = person.valid_until - now if person.valid_until is not None else None
    return owner.page(
        "overview.html", unit=unit or person.unit, rights=[_name(zones, code) for code in sorted(person.zones)],
        left=left, ends_soon=left is not None and left < WARNED, online=online, devices=len(devices),
        lost=sum(row.lost_at is not None for row in devices), has_factor=has_factor, codes=codes,
        few=FEW_CODES,
    )  # fmt: skip


def _name(zones: Mapping[str, Zone], code: str) -> str:
    zone = zones.get(code)
    return zone.name if zone is not None else code
