"""What a person may end: one session, and all that one of the own devices has open.

Devices are told by orders, which the RADIUS service carries out. Whoever came in by the portal is unbound first, so
that the device's next question finds nobody behind the hardware address.
"""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy.orm import Session

from access import bindings, logins, own_devices, sessions
from access.enforcement import order_all_at, order_disconnect, order_reauthentication
from access.tables import BindingRow, OwnDeviceRow, SessionRow
from portal.account.refusals import AccountRefused, Why, not_found
from store.engine import Unit

RECENT_LOGIN = 86400.0  # seconds for which a login without accounting may still stand at its port
LARGEST = (1 << 63) - 1  # a number that a table can have


class Held(NamedTuple):
    """What one own device has now, and loses."""

    device: OwnDeviceRow
    binding: BindingRow | None  # of its owner
    sessions: Sequence[SessionRow]  # open ones, whoever logged in with it


def own_session(session: Session, subject: str, number: int) -> SessionRow:
    """Return an open session of a person. Raises AccountRefused."""
    row = sessions.find(session, number) if 0 < number <= LARGEST else None
    if row is None or row.subject != subject:
        raise not_found()
    if row.stopped_at is not None:
        raise AccountRefused(Why.SESSION_OVER, status=409)
    return row


def own_device(session: Session, subject: str, hardware: str, now: float) -> Held:
    """Return a device of a person with what it has open at `now` (epoch). Raises AccountRefused."""
    row = session.get(OwnDeviceRow, hardware)
    if row is None or row.subject != subject:
        raise not_found()
    binding = bindings.find(session, hardware, now)
    mine = binding if binding is not None and binding.subject == subject else None
    return Held(row, mine, sessions.online(session, hardware=hardware))


def end_session(unit: Unit, subject: str, number: int, actor: str) -> list[int]:
    """Order the end of an open session of a person; return the orders' numbers. Raises AccountRefused."""
    row = own_session(unit.session, subject, number)
    orders = [order_disconnect(unit, number, actor)]
    if row.hardware is None:
        return orders
    binding = bindings.find(unit.session, row.hardware, unit.now)
    if binding is not None and binding.subject == subject:
        bindings.unbind(unit, row.hardware, actor)
        # Should the device not know the session, it may still know the hardware address.
        orders.append(_ask_again(unit, row.hardware, row.device, row.port, row.nas_port, row.address, actor))
    return orders


def lose(unit: Unit, subject: str, hardware: str, actor: str) -> list[int]:
    """Refuse a device of a person everywhere and end what it has open; return the orders' numbers."""
    held = own_device(unit.session, subject, hardware, unit.now)
    place = _place(unit.session, held, unit.now)
    own_devices.report_lost(unit, hardware, subject, actor)
    orders = order_all_at(unit, hardware, actor)
    return orders or _where(unit, hardware, place, actor)


def forget(unit: Unit, subject: str, hardware: str, actor: str) -> list[int]:
    """Strike a device from a person's list and end what the person has open on it; return the orders' numbers."""
    held = own_device(unit.session, subject, hardware, unit.now)
    if held.device.lost_at is not None:
        raise AccountRefused(Why.LOST_STAYS, status=409)
    place = _place(unit.session, held, unit.now) if held.binding is not None else None
    own_devices.forget(unit, hardware, subject, actor)
    mine = [row.number for row in held.sessions if row.subject == subject]
    orders = [order_disconnect(unit, number, actor) for number in mine]
    return orders or _where(unit, hardware, place, actor)


class _Place(NamedTuple):
    """Where a device most likely is, although no accounting tells."""

    device: int
    port: str | None
    address: str | None


def _place(session: Session, held: Held, now: float) -> _Place | None:
    last = next(iter(logins.history(session, hardware=held.device.hardware, limit=1)), None)
    if held.binding is not None:
        port = last.port if last is not None and last.device == held.binding.device else None
        return _Place(held.binding.device, port, held.binding.address)
    if last is None or last.reason is not None or not last.device or now - last.at > RECENT_LOGIN:
        return None
    return _Place(last.device, last.port, last.address)


def _where(unit: Unit, hardware: str, place: _Place | None, actor: str) -> list[int]:
    if place is None:
        return []
    return [_ask_again(unit, hardware, place.device, place.port, None, place.address, actor)]


def _ask_again(
    unit: Unit, hardware: str, device: int, port: str | None, nas_port: int | None, address: str | None, actor: str
) -> int:
    return order_reauthentication(
        unit, device=device, hardware=hardware, port=port, nas_port=nas_port, address=address, ordered_by=actor
    )
