"""`logins`: the record of logins, searched."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from operate.call import Call
from operate.exits import CommandFailed, Exit
from operate.nearest import nearest
from operate.spoken import command, option
from operate.times import TIME_HELP, point
from operate.words import Text, t

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from access.reasons import Reason
    from access.tables import LoginRow

COLUMNS = {
    "number": t("编号", "number"),
    "at": t("时间", "time"),
    "login": t("登录名", "login"),
    "hardware": t("MAC 地址", "hardware"),
    "device": t("网络设备", "device"),
    "method": t("方法", "method"),
    "outcome": t("结果", "outcome"),
}


def reason_named(code: str) -> "Reason":
    """Return a reason by its code (TN-102), or its name (PASSWORD_WRONG). Raises CommandFailed."""
    from access.reasons import Reason

    wanted = code.strip().upper().replace("-", "_")
    for reason in Reason:
        if wanted in (reason.code.replace("-", "_"), reason.name):
            return reason
    says = t("没有原因 {code}。", "There is no reason {code}.").fill(code=repr(code))
    raise CommandFailed(Exit.USAGE, says, nearest(code.upper(), [reason.code for reason in Reason]))


def outcome_of(reason: str | None, zone: str | None) -> Text:
    """Return in words how a login ended."""
    if reason is None:
        return t("放行 → {zone}", "let in → {zone}").fill(zone=zone or "-")
    value = reason_named(reason).value
    return Text(f"{reason} {value.chinese}", f"{reason} {value.english}")


def data_of(session: "Session", rows: "Sequence[LoginRow]") -> list[dict[str, Any]]:
    """Return logins as data, with names."""
    from access.traces import steps_of
    from operate.lookups import device_names, person_names

    devices = device_names(session, {row.device for row in rows})
    people = person_names(session, {row.subject for row in rows if row.subject})
    traces = steps_of(session, {row.trace for row in rows})
    return [
        {
            **{column.key: getattr(row, column.key) for column in row.__table__.columns},
            "device": devices.get(row.device, str(row.device)),
            "name": people.get(row.subject or ""),
            "granted": row.reason is None,
            "trace": traces[row.trace],
        }
        for row in rows
    ]


@command("logins", t("查询登录记录，最近的在前；条件同时成立。", "Search the login records, the latest first."))
@option("--person", says=t("登录名或人员编号。", "Login name or subject id."))
@option("--hardware", metavar="MAC", says=t("MAC 地址，任何写法。", "Hardware address, in any spelling."))
@option(
    "--address",
    metavar="IP",
    says=t("登录时所报的 IP 地址；谁用过它：who。", "Address told at the login; who had it: who."),
)
@option("--device", says=t("网络设备。", "Network device."))
@option("--reason", says=t("拒绝原因，例如 TN-102。", "Reason of refusal, such as TN-102."))
@option(
    "--granted/--refused",
    default=None,
    says=t("只看放行的，或只看拒绝的。", "Only those let in, or only refused ones."),
)
@option("--since", metavar="TIME", says=t("从何时起。", "From when on. ").joined(TIME_HELP))
@option("--until", metavar="TIME", says=t("到何时止。", "Until when."))
@option("--before", type=int, says=t("此编号之前的（翻页）。", "Before this number, for the next page."))
@option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True, says=t("最多行数。", "Most rows."))
def logins(
    call: Call,
    *,
    person: str | None,
    hardware: str | None,
    address: str | None,
    device: str | None,
    reason: str | None,
    granted: bool | None,
    since: str | None,
    until: str | None,
    before: int | None,
    limit: int,
) -> None:
    """Search the login records."""
    from access import devices
    from access import logins as records
    from operate.lookups import address_of, hardware_of

    with call.store.read() as session:
        rows = records.history(
            session,
            **_who(session, person),
            hardware=hardware_of(hardware) if hardware else None,
            address=address_of(address) if address else None,
            device=devices.find(session, device).number if device else None,
            reason=reason_named(reason).code if reason else None,
            granted=granted,
            since=point(since, call.zone, call.now, past=True) if since else None,
            until=point(until, call.zone, call.now, end=True, past=True) if until else None,
            before=before,
            limit=limit,
        )
        data = data_of(session, rows)
    shown = data if call.as_json else [{**row, "outcome": outcome_of(row["reason"], row["zone"])} for row in data]
    call.show_table(shown, COLUMNS, t("没有找到。", "None found."))


def _who(session: "Session", person: str | None) -> dict[str, Any]:
    """Return the condition for a person: by subject where known, else by the name as it was claimed."""
    from directory.refusal import RegistryRefused
    from operate.lookups import find_person

    if person is None:
        return {}
    try:
        return {"subject": find_person(session, person).subject}
    except RegistryRefused:
        return {"login": person}


COMMAND = logins
