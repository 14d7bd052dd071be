"""`who`: who had an IP address at a time."""

from typing import TYPE_CHECKING, Any

from operate.call import Call
from operate.spoken import argument, command, option
from operate.times import TIME_HELP, point
from operate.words import t

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from access.sessions import Holding
    from access.tables import SessionRow
    from directory.registry import EndpointRow, PersonRow

COLUMNS = {
    "name": t("姓名", "name"),
    "unit_name": t("单位", "unit"),
    "login": t("登录名", "login"),
    "hardware": t("MAC 地址", "hardware"),
    "device": t("网络设备", "device"),
    "port": t("端口", "port"),
    "since": t("从", "since"),
    "until": t("到", "until"),
    "known_by": t("依据", "known by"),
    "session": t("会话", "session"),
}
NOBODY = t("没有会话在那时使用过这个地址。", "No session had this address then, as far as network devices told.")


@command(
    "who",
    t(
        "查询某时刻谁在使用一个 IP 地址（IPv4 或 IPv6）：姓名、单位、MAC 地址、网络设备、端口和起止时间。",
        "Say who had an IP address, IPv4 or IPv6, at a time: real name, unit, hardware address, network device, "
        "port, and from when until when.",
    ),
)
@argument("address", says=t("IP 地址。", "IP address."))
@option("--at", metavar="TIME", says=t("何时；默认现在。", "When; else now. ").joined(TIME_HELP))
def who(call: Call, address: str, at: str | None) -> None:
    """Ask the sessions."""
    from access.sessions import who_had
    from operate.lookups import address_of

    moment = point(at, call.zone, call.now, past=True) if at else call.now
    wanted = address_of(address)
    with call.store.read() as session:
        data = [{"asked": wanted, "at": moment, **data_of(session, held)} for held in who_had(session, wanted, moment)]
    shown = data if call.as_json else [_readable(row) for row in data]
    call.show_table(shown, COLUMNS, NOBODY)


def data_of(session: "Session", held: "Holding") -> dict[str, Any]:
    """Return a holding as data, with the names of today."""
    from directory.registry import UnitRow
    from operate.lookups import device_names

    row = held.session
    person, endpoint, known_by = _subject(session, row)
    one = person or endpoint
    unit = session.get(UnitRow, one.unit) if one is not None else None
    return {
        "address": held.address,
        "since": held.since,
        "until": held.until,
        "name": one.name if one is not None else None,
        "subject": one.subject if one is not None else None,
        "login": person.login if person is not None else row.login,
        "owner": _owner(session, endpoint) if endpoint is not None else None,
        "unit": one.unit if one is not None else None,
        "unit_name": unit.name if unit is not None else None,
        "known_by": known_by,
        "hardware": row.hardware,
        "device": device_names(session, {row.device}).get(row.device, str(row.device)),
        "port": row.port,
        "zone": row.zone,
        "session": row.number,
        "started_at": row.started_at,
        "updated_at": row.updated_at,
        "stopped_at": row.stopped_at,
        "cause": row.cause,
        "login_number": row.login_number,
    }


def _subject(session: "Session", row: "SessionRow") -> "tuple[PersonRow | None, EndpointRow | None, str | None]":
    """Return the person or endpoint of a session, and by what it is known."""
    from directory import endpoints, people
    from directory.refusal import RegistryRefused
    from directory.registry import EndpointRow, PersonRow

    if row.subject is not None:
        return session.get(PersonRow, row.subject), session.get(EndpointRow, row.subject), "class"
    # A device that does not give our Class back leaves only its own words to go by.
    try:
        return people.by_login(session, row.login), None, "login"
    except RegistryRefused:
        found = endpoints.by_hardware(session, row.hardware) if row.hardware else None
        return None, found, "hardware" if found is not None else None


def _owner(session: "Session", endpoint: "EndpointRow") -> str | None:
    from directory.registry import PersonRow

    owner = session.get(PersonRow, endpoint.owner)
    return owner.name if owner is not None else None


def _readable(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row for people: who answers for an endpoint stands behind its name."""
    shown = dict(row)
    if row["owner"] is not None:
        shown["name"] = t("{name}（责任人 {owner}）", "{name} (answered for by {owner})").fill(**row)
    if row["until"] is None:
        shown["until"] = t("仍在使用", "still")
    return shown


COMMAND = who
