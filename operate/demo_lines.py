"""The live lines of the demo: who, where, into which zone or for which reason, one line a login."""

from collections.abc import Iterator
from datetime import datetime, tzinfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from access.reasons import Reason
from access.tables import DeviceRow, LoginRow, ZoneRow
from directory.registry import EndpointRow, PersonRow, UnitRow
from operate.terminal import harmless
from operate.words import Text, t

_REASONS = {reason.code: reason.value for reason in Reason}
_UNKNOWN = t("未登记的设备", "an unregistered device")


def newest(session: Session) -> int:
    """Return the number of the newest login, 0 where there is none."""
    return session.execute(select(func.max(LoginRow.number))).scalar() or 0


def lines_after(session: Session, number: int, zone: tzinfo) -> Iterator[tuple[int, str]]:
    """Yield (login number, line) for the logins after `number`."""
    query = (
        select(LoginRow, DeviceRow.name, PersonRow.name, UnitRow.name, EndpointRow.name, ZoneRow.name)
        .outerjoin(DeviceRow, DeviceRow.number == LoginRow.device)
        .outerjoin(PersonRow, PersonRow.subject == LoginRow.subject)
        .outerjoin(UnitRow, UnitRow.code == PersonRow.unit)
        .outerjoin(EndpointRow, EndpointRow.subject == LoginRow.subject)
        .outerjoin(ZoneRow, ZoneRow.code == LoginRow.zone)
        .where(LoginRow.number > number)
        .order_by(LoginRow.number)
        .limit(200)
    )
    for login, device, person, unit, endpoint, zone_name in session.execute(query):
        at = datetime.fromtimestamp(login.at, zone).strftime("%H:%M:%S%z")
        who = _who(login, person, unit, endpoint)
        where = " ".join(part for part in (device or f"#{login.device}", login.port) if part)
        yield login.number, harmless(f"{at}  {who}  @ {where}  {_outcome(login, zone_name)}")


def _who(login: LoginRow, person: str | None, unit: str | None, endpoint: str | None) -> str:
    if person is not None:
        return f"{person} ({login.login}, {unit})"
    if endpoint is not None:
        return f"{endpoint} ({login.hardware})"
    if login.method == "mac":
        return f"{_UNKNOWN} ({login.hardware or login.login})"
    return login.login


def _outcome(login: LoginRow, zone_name: str | None) -> str:
    if login.reason is None:
        return f"→ {zone_name or login.zone} [{login.zone}]"
    told = _REASONS.get(login.reason)
    words = str(Text(told.chinese, told.english)) if told is not None else ""
    return f"✗ {login.reason} {words}"
