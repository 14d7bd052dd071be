"""What the demo prepares for its pages: the redirect of its network device, a link, a person with a second factor."""

from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from access import devices, redirects, zones
from access.tables import DeviceRow
from access.zones import load_zones
from directory import otp
from directory.person import State
from directory.registry import PersonRow
from operate.settings import Settings
from operate.wiring import redirect_key
from store.engine import Store, Unit
from store.sealing import Sealer

HARDWARE = "02:00:5e:10:00:20"  # nobody registered it: the rules send it to the portal
ZONE, RIGHT = "portal", "dedicated"


class Doors(NamedTuple):
    """What a newcomer needs for the pages. The repr shows no secret."""

    portal: str
    console: str
    link: str  # to become the first administrator, once
    hardware: str
    redirect: str  # path and query
    person: str  # login of somebody whose zone asks for the second factor
    secret: str  # of that second factor, base32

    def __repr__(self) -> str:
        """Show the addresses only."""
        return f"Doors({self.portal}, {self.console})"


def point_portal_zone(unit: Unit, actor: str, url: str) -> None:
    """Send unknown devices to where the portal listens in this run."""
    zone = load_zones(unit.session).get(ZONE)
    wanted = f"{url}/in/{redirects.PLACEHOLDER}?"
    if zone is not None and zone.redirect_url != wanted:
        zones.change(unit, actor, zone._replace(redirect_url=wanted))


def point_orders(unit: Unit, actor: str, name: str, port: int) -> None:
    """Send orders for the demo's network device to the port of this run."""
    row = unit.session.scalars(select(DeviceRow).where(DeviceRow.name == name)).one_or_none()
    if row is not None and row.dynauth_port != port:
        devices.change(unit, actor, row.number, dynauth_port=port)


def prepare(settings: Settings, store: Store, sealer: Sealer, actor: str, device: int) -> Doors:
    """Make a fresh one-time link (earlier ones end) and a fresh second factor; nothing of them is kept readable."""
    from portal.console import administrators
    from portal.console.roles import Role

    with store.write() as unit:
        administrators.revoke_unused(unit, actor)
        link = administrators.link(unit, actor, settings.portal.console_url, role=Role.SYSTEM)
        person = strong_person(unit.session)
        secret = otp.new_secret()
        otp.enrol(unit, sealer, actor, person.subject, secret)
    ours = redirects.make(redirect_key(settings), HARDWARE, device)
    return Doors(
        portal=settings.portal.url,
        console=settings.portal.console_url,
        link=link,
        hardware=HARDWARE.replace(":", "-").upper(),
        redirect=f"/in/{ours}?",
        person=person.login,
        secret=secret,
    )


def strong_person(session: Session) -> PersonRow:
    """Return the first active person who has the right that the rules give with a second factor only."""
    active = select(PersonRow).where(
        PersonRow.state == State.ACTIVE.value, PersonRow.category == "staff", PersonRow.zones.contains(RIGHT),
        PersonRow.valid_until.is_(None), PersonRow.valid_from.is_(None),
    )  # fmt: skip
    row = session.scalars(active.order_by(PersonRow.login).limit(1)).first()
    if row is None:
        raise LookupError("nobody of the demo's town has the right to the zone: remove var/demo and start again")
    return row
