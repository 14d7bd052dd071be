"""Who stands at the door: which hardware, at which device and port, from which address.

What RADIUS told counts. The redirect address only names the hardware, under our own tag (access.redirects), and is
good from one address: the one that RADIUS knows for that hardware, else the one from which it was used first.
"""

from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from access import logins, redirects, sessions
from access.reasons import Reason
from access.tables import BindingRow, LoginRow
from portal.tables import VisitRow
from store.engine import Unit

FRESH = 900.0  # seconds since the last use for which a redirect address stays with the address that used it


class VisitRefused(Exception):  # noqa: N818 - a refusal with a reason, not an error of the program
    """It is not known who stands there, or somebody uses the redirect address of another."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.code)
        self.reason = reason


class Visit(NamedTuple):
    """A device at the door."""

    hardware: str
    device: int  # number of the network device
    address: str  # from which the request comes
    port: str | None = None
    nas_port: int | None = None
    ssid: str | None = None


def by_address(session: Session, address: str, now: float) -> Visit | None:
    """Return who stands behind an address, by its session, its binding, or its last visit."""
    open_ones = sessions.online(session, address=address)
    row = next((each for each in open_ones if each.hardware is not None), None)
    if row is not None and row.hardware is not None:
        return _with_login(session, Visit(row.hardware, row.device, address, row.port, row.nas_port))
    known = select(VisitRow).where(VisitRow.address == address, VisitRow.seen_at > now - FRESH)
    visit = session.scalars(known.order_by(VisitRow.seen_at.desc()).limit(1)).first()
    if visit is not None:
        return _with_login(session, Visit(visit.hardware, visit.device, address))
    bound = select(BindingRow).where(BindingRow.address == address, BindingRow.valid_until > now)
    binding = session.scalars(bound.order_by(BindingRow.made_at.desc()).limit(1)).first()
    if binding is not None:
        return _with_login(session, Visit(binding.hardware, binding.device, address))
    return None


def by_token(unit: Unit, key: bytes, token: str, address: str) -> Visit:
    """Return who a redirect address belongs to, and hold it to the address that uses it. Raises VisitRefused."""
    told = redirects.read(key, token)
    if told is None:
        raise VisitRefused(Reason.VISIT_UNKNOWN)
    hardware, device = told
    known = _known_address(unit.session, hardware)
    row = unit.session.get(VisitRow, hardware, with_for_update=True)
    if known is not None and known != address:
        raise VisitRefused(Reason.VISIT_ELSEWHERE)
    if known is None and row is not None and row.address != address and unit.now - row.seen_at < FRESH:
        raise VisitRefused(Reason.VISIT_ELSEWHERE)
    if row is None:
        unit.session.add(VisitRow(hardware=hardware, device=device, address=address, seen_at=unit.now))
    else:
        row.device, row.address, row.seen_at = device, address, unit.now
    unit.session.flush()
    return _with_login(unit.session, Visit(hardware, device, address))


def _known_address(session: Session, hardware: str) -> str | None:
    """Return the IPv4 address that RADIUS tells for a hardware address now, if any."""
    open_one = next(iter(sessions.online(session, hardware=hardware, limit=1)), None)
    told = open_one.address if open_one is not None else None
    return told or getattr(last_login(session, hardware), "address", None)


def last_login(session: Session, hardware: str) -> LoginRow | None:
    """Return what was decided about a hardware address last."""
    return next(iter(logins.history(session, hardware=hardware, limit=1)), None)


def _with_login(session: Session, visit: Visit) -> Visit:
    """Add what the last login of the hardware at that device tells: port and SSID."""
    row = last_login(session, visit.hardware)
    if row is None or row.device != visit.device:
        return visit
    return visit._replace(port=visit.port or row.port, ssid=row.ssid)
