"""`online`: open sessions."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from operate.call import Call
from operate.spoken import argument, command, option
from operate.words import t

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from access.tables import SessionRow

COLUMNS = {
    "number": t("会话", "session"),
    "login": t("登录名", "login"),
    "name": t("姓名", "name"),
    "hardware": t("MAC 地址", "hardware"),
    "address": t("IP 地址", "address"),
    "device": t("网络设备", "device"),
    "port": t("端口", "port"),
    "zone": t("区域", "zone"),
    "started_at": t("开始", "since"),
    "updated_at": t("最近消息", "last heard"),
}


def data_of(session: "Session", rows: "Sequence[SessionRow]") -> list[dict[str, Any]]:
    """Return sessions as data, with the names of people and devices."""
    from operate.lookups import device_names, person_names

    devices = device_names(session, {row.device for row in rows})
    people = person_names(session, {row.subject for row in rows if row.subject})
    keys = ("number", "login", "subject", "hardware", "address", "address6", "port", "zone", "started_at", "updated_at")
    more = ("stopped_at", "seconds", "octets_in", "octets_out", "cause", "acct_session", "login_number")
    return [
        {
            **{key: getattr(row, key) for key in (*keys, *more)},
            "name": people.get(row.subject or ""),
            "device": devices.get(row.device, str(row.device)),
        }
        for row in rows
    ]


@command("online", t("列出在线会话，最近的在前。", "List open sessions, the latest first."))
@argument(
    "who", required=False, says=t("登录名、MAC、IP 地址或会话编号。", "Login, hardware address, address or session.")
)
@option("--device", says=t("网络设备。", "On this device."))
@option("--zone", says=t("在此区域的。", "In this zone."))
@option("--limit", type=click.IntRange(1, 100_000), default=200, show_default=True, says=t("最多行数。", "Most rows."))
def online(call: Call, who: str | None, device: str | None, zone: str | None, limit: int) -> None:
    """List open sessions."""
    from access import devices, sessions
    from operate.lookups import sessions_of

    with call.store.read() as session:
        number = devices.find(session, device).number if device else None
        if who is None:
            rows: Sequence[SessionRow] = sessions.online(session, device=number, zone=zone, limit=limit)
        else:
            rows = [
                row
                for row in sessions_of(session, who, limit=limit)
                if number in (None, row.device) and zone in (None, row.zone)
            ]
        data = data_of(session, rows)
        total = sessions.count_online(session)
    call.show_table(data, COLUMNS, t("没有在线会话。", "Nobody is online."))
    if not call.as_json and total > len(data):
        says = t("共 {total} 个在线会话，显示 {shown} 个。", "{shown} of {total} open sessions.")
        click.echo(str(says.fill(total=total, shown=len(data))), err=True)


COMMAND = online
