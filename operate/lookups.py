"""What an operator typed, found in the records: people, endpoints, zones, hardware addresses."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from operate.exits import CommandFailed, Exit, refused
from operate.nearest import nearest
from operate.words import t

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from access.tables import SessionRow
    from directory.registry import EndpointRow, PersonRow


def find_person(session: "Session", who: str) -> "PersonRow":
    """Return the person of this login or subject id. Raises RegistryRefused."""
    from directory import people
    from directory.refusal import RegistryRefused

    try:
        return people.by_login(session, who)
    except RegistryRefused:
        return people.find(session, who)


def find_endpoint(session: "Session", which: str) -> "EndpointRow":
    """Return the endpoint of this hardware address or subject id. Raises RegistryRefused."""
    from directory import endpoints
    from radius.hardware import normal_hardware

    address = normal_hardware(which.encode("utf-8", "replace"))
    row = endpoints.by_hardware(session, address) if address else None
    return row or endpoints.find(session, which)


def hardware_of(text: str) -> str:
    """Return a hardware address in the spelling of the records. Raises CommandFailed."""
    from radius.hardware import normal_hardware

    found = normal_hardware(text.encode("utf-8", "replace"))
    if found is None:
        says = t("不是 MAC 地址：{text}", "This is no hardware address: {text}").fill(text=repr(text))
        raise CommandFailed(Exit.USAGE, says, t("例如 aa:bb:cc:dd:ee:ff", "As in aa:bb:cc:dd:ee:ff"))
    return found


def address_of(text: str) -> str:
    """Return an IP address in the spelling of the records. Raises CommandFailed."""
    from access.device_table import plain_address

    try:
        return str(plain_address(text))
    except ValueError:
        says = t("不是 IP 地址：{text}", "This is no IP address: {text}").fill(text=repr(text))
        raise CommandFailed(
            Exit.USAGE, says, t("例如 10.8.0.7 或 2001:db8::7", "As in 10.8.0.7 or 2001:db8::7")
        ) from None


def check_zones(session: "Session", codes: tuple[str, ...]) -> None:
    """Raise CommandFailed for a right to a zone that is not defined."""
    from sqlalchemy import select

    from access.tables import ZoneRow

    known = list(session.scalars(select(ZoneRow.code)))
    for code in codes:
        if code not in known:
            says = t("没有区域 {code}。", "There is no zone {code}.").fill(code=code)
            raise refused(says, nearest(code, known) if known else t("先用 zone add 建立。", "Make it with zone add."))


def sessions_of(session: "Session", who: str, *, limit: int) -> "Sequence[SessionRow]":
    """Return the open sessions of a session number, hardware address, IP address, or person."""
    from access import sessions
    from access.device_table import plain_address
    from directory.refusal import RegistryRefused
    from radius.hardware import normal_hardware

    if who.isascii() and who.isdigit() and len(who) < 12:
        row = sessions.find(session, int(who))
        if row is not None:
            return [row] if row.stopped_at is None else []
    try:
        return sessions.online(session, address=str(plain_address(who)), limit=limit)
    except ValueError:
        pass  # no address
    hardware = normal_hardware(who.encode("utf-8", "replace"))
    if hardware is not None:
        return sessions.online(session, hardware=hardware, limit=limit)
    try:
        person = find_person(session, who)
    except RegistryRefused:
        return sessions.online(session, login=who, limit=limit)
    # A device that does not give our Class back leaves only the name to go by.
    named = [row for row in sessions.online(session, login=person.login, limit=limit) if row.subject is None]
    return [*sessions.online(session, subject=person.subject, limit=limit), *named]


def device_names(session: "Session", numbers: set[int]) -> dict[int, str]:
    """Return the names of network devices by number."""
    from sqlalchemy import select

    from access.tables import DeviceRow

    return {row.number: row.name for row in session.scalars(select(DeviceRow).where(DeviceRow.number.in_(numbers)))}


def person_names(session: "Session", subjects: set[str]) -> dict[str, str]:
    """Return the names of people by subject id."""
    from sqlalchemy import select

    from directory.registry import PersonRow

    names: dict[str, str] = {}
    ordered = sorted(subjects)
    for start in range(0, len(ordered), 500):  # a statement has a bounded number of parameters
        query = select(PersonRow).where(PersonRow.subject.in_(ordered[start : start + 500]))
        names |= {row.subject: row.name for row in session.scalars(query)}
    return names
