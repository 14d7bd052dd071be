"""What ends with an account, at every door: network sessions, portal logins, endpoints, my account, the console.

Every act runs inside the caller's unit of work. The orders to the devices are carried out by the RADIUS service.
"""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from access import bindings, sessions
from access.enforcement import order_all_of
from access.tables import BindingRow, SessionRow
from directory import endpoints, people
from directory.person import State
from directory.registry import EndpointRow
from portal import web_sessions
from portal.console import administrators
from portal.tables import AdministratorRow
from portal.web_sessions import Door
from store.engine import Unit


class Held(NamedTuple):
    """What a person has now, and loses with the account."""

    sessions: Sequence[SessionRow]  # open ones
    endpoints: Sequence[EndpointRow]  # that the person answers for, in use
    bindings: Sequence[BindingRow]  # portal logins that hold
    administrator: AdministratorRow | None  # as which the person may come into the console


def held_by(session: Session, subject: str, now: float) -> Held:
    """Return what would end with an account at `now` (seconds since the epoch)."""
    owned = [row for row in endpoints.listed(session, owner=subject) if row.state == State.ACTIVE]
    return Held(
        sessions.online(session, subject=subject), owned, bindings.of_subject(session, subject, now),
        administrator_of(session, subject),
    )  # fmt: skip


def administrator_of(session: Session, subject: str) -> AdministratorRow | None:
    """Return the administrator whom a person is, if the administrator may come in."""
    chosen = select(AdministratorRow).where(AdministratorRow.person == subject, AdministratorRow.enabled.is_(True))
    return session.scalars(chosen).first()


def leave(unit: Unit, actor: str, subject: str) -> list[int]:
    """End an account for good, and all that hangs on it; return the numbers of the orders. Raises RegistryRefused.

    What the leaver answered for leaves the network too, until somebody else answers for it.
    """
    suspended = people.end(unit, actor, subject)
    numbers = _out(unit, actor, subject)
    for endpoint in suspended:
        numbers += order_all_of(unit, endpoint, actor)
    administrator = administrator_of(unit.session, subject)
    if administrator is not None:
        administrators.set_enabled(unit, actor, administrator.number, enabled=False)
        web_sessions.end_all(unit, Door.CONSOLE, str(administrator.number))
    return numbers


def suspend(unit: Unit, actor: str, subject: str) -> list[int]:
    """Keep a person off the network until `resume`; return the numbers of the orders. Raises RegistryRefused."""
    people.suspend(unit, actor, subject)
    return _out(unit, actor, subject)


def end_sessions(unit: Unit, actor: str, subject: str) -> list[int]:
    """End what a person has open; whoever may come in again does so by a new login. Return the orders' numbers."""
    people.find(unit.session, subject)
    return _out(unit, actor, subject)


def retire(unit: Unit, actor: str, subject: str) -> list[int]:
    """Take an endpoint off the network for good; return the numbers of the orders. Raises RegistryRefused."""
    endpoints.retire(unit, actor, subject)
    return order_all_of(unit, subject, actor)


def _out(unit: Unit, actor: str, subject: str) -> list[int]:
    bindings.unbind_all(unit, subject, actor)
    web_sessions.end_all(unit, Door.ACCOUNT, subject)
    return order_all_of(unit, subject, actor)
