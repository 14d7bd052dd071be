"""What somebody typed into a search field: a time, a person, a hardware address, an address, a network device."""

import re
from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from access.device_table import plain_address
from access.tables import DeviceRow
from directory import people, subjects
from directory.registry import EndpointRow
from portal.console.refusals import ConsoleRefused, Why

MOST = 200  # people, endpoints or network devices whose name fits
_HARDWARE = re.compile(r"[0-9a-f]{12}")


class Whose(NamedTuple):
    """By which of its columns a record is found; at most one is told."""

    subjects: tuple[str, ...] | None = None
    hardware: str | None = None  # aa:bb:cc:dd:ee:ff
    address: str | None = None
    login: str | None = None  # as claimed: nobody of the registry fits


def moment(text: str, field: str, zone: ZoneInfo) -> float | None:
    """Return the seconds since the epoch that a field means; None for an empty one.

    Without an offset the time is in `zone`. Raises ConsoleRefused beside the field.
    """
    if not text.strip():
        return None
    try:
        at = datetime.fromisoformat(text.strip())
        return (at if at.tzinfo is not None else at.replace(tzinfo=zone)).timestamp()
    except (ValueError, OverflowError):
        raise ConsoleRefused(Why.FIELD_MALFORMED, field) from None


def local(at: float | None, zone: ZoneInfo) -> str:
    """Return a time as the value of a field that takes a local one (HTML: datetime-local)."""
    return "" if at is None else datetime.fromtimestamp(at, zone).strftime("%Y-%m-%dT%H:%M:%S")


def address(text: str, field: str) -> str:
    """Return an IP address in the spelling of the records. Raises ConsoleRefused beside the field."""
    try:
        return str(plain_address(text.strip()))
    except ValueError:
        raise ConsoleRefused(Why.FIELD_MALFORMED, field) from None


def hardware(text: str) -> str | None:
    """Return a hardware address in the spelling of the records, however it was typed; None for what is none."""
    digits = re.sub(r"[-:. ]", "", text.strip().casefold())
    return ":".join(digits[at : at + 2] for at in range(0, 12, 2)) if _HARDWARE.fullmatch(digits) else None


def whose(session: Session, text: str, units: Collection[str] | None) -> Whose:
    """Return what a text means in the record of logins; `units`: only people and endpoints of these are found by name.

    Hardware address and IP address are known by how they look; all else is a subject id, a login, or a part of a
    name. A name that nobody bears is searched as it was claimed.
    """
    typed = text.strip()
    if not typed:
        return Whose()
    octets = hardware(typed)
    if octets is not None:
        return Whose(hardware=octets)
    try:
        return Whose(address=str(plain_address(typed)))
    except ValueError:
        pass  # no address: a name
    known = subjects.find(session, typed)
    if known is not None and (units is None or known.unit in units):
        return Whose(subjects=(known.subject,))
    found = [row for row in people.search(session, text=typed, limit=MOST) if units is None or row.unit in units]
    exact = [row for row in found if row.login == typed.casefold() or row.name == typed]
    things = select(EndpointRow).where(EndpointRow.name.contains(typed, autoescape=True)).limit(MOST)
    named = [row.subject for row in session.scalars(things) if units is None or row.unit in units]
    both = [row.subject for row in exact or found] + ([] if exact else named)
    return Whose(subjects=tuple(both)) if both else Whose(login=typed.casefold())


def devices_named(session: Session, text: str) -> list[int] | None:
    """Return the numbers of network devices by a whole name, a number (links have it), or a part of a name.

    None where nothing was typed.
    """
    typed = text.strip()
    if not typed:
        return None
    exact = session.scalars(select(DeviceRow.number).where(DeviceRow.name == typed)).all()
    if not exact and typed.isascii() and typed.isdigit() and len(typed) < 10:
        exact = session.scalars(select(DeviceRow.number).where(DeviceRow.number == int(typed))).all()
    if exact:
        return list(exact)
    return list(
        session.scalars(select(DeviceRow.number).where(DeviceRow.name.icontains(typed, autoescape=True)).limit(MOST))
    )
