"""`endpoint`: devices without a person at them, and who answers for each."""

from typing import TYPE_CHECKING, Any

from operate.call import Call
from operate.lookups import check_zones, find_endpoint, find_person, hardware_of
from operate.spoken import Noun, argument, option
from operate.terminal import safe
from operate.times import TIME_HELP, point
from operate.words import t

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from directory.registry import EndpointRow

noun = Noun(
    "endpoint",
    t(
        "无人值守的设备：打印机、摄像头、传感器……每台都有责任人。",
        "Printers, cameras, sensors: a person answers for each.",
    ),
)

WHICH = t("MAC 地址（任何写法）或设备编号。", "Hardware address in any spelling, or subject id.")
COLUMNS = {
    "hardware": t("MAC 地址", "hardware"),
    "name": t("名称", "name"),
    "kind": t("类型", "kind"),
    "owner": t("责任人", "answered for by"),
    "unit": t("单位", "unit"),
    "state": t("状态", "state"),
    "zones": t("权限", "rights"),
    "valid_until": t("有效期至", "valid until"),
}


def data_of(session: "Session", row: "EndpointRow") -> dict[str, Any]:
    """Return a row as data; the owner by login."""
    from directory import people

    data = {column.key: getattr(row, column.key) for column in row.__table__.columns}
    data["zones"] = row.zones.split(",") if row.zones else []
    data["owner"] = people.find(session, row.owner).login
    data["owner_subject"] = row.owner
    return data


@noun.verb("add", t("登记一台设备。", "Register a device."))
@argument("hardware", says=t("MAC 地址，任何写法。", "Hardware address, in any spelling."))
@argument("name", says=t("名称，例如“二楼打印机”。", "Name, such as printer on floor 2."))
@option("--owner", required=True, says=t("责任人的登录名。", "Login of the person who answers for it."))
@option("--kind", required=True, says=t("类型，例如 printer、camera。", "Kind, such as printer or camera."))
@option("--unit", says=t("单位代码；默认为责任人的单位。", "Code of its unit; else the owner's."))
@option("--right", "rights", multiple=True, metavar="ZONE", says=t("权限（可多次）。", "Right; repeatable."))
@option("--until", metavar="TIME", says=t("有效期至。", "It may stay until then. ").joined(TIME_HELP))
def add(
    call: Call,
    *,
    hardware: str,
    name: str,
    owner: str,
    kind: str,
    unit: str | None,
    rights: tuple[str, ...],
    until: str | None,
) -> None:
    """Register an endpoint."""
    from directory import endpoints

    address = hardware_of(hardware)
    ends = point(until, call.zone, call.now, end=True) if until else None
    with call.store.write() as work:
        check_zones(work.session, rights)
        subject = endpoints.add(
            work,
            call.actor,
            hardware=address,
            name=name,
            kind=kind,
            owner=find_person(work.session, owner).subject,
            home=unit,
            valid_until=ends,
            zones=rights,
        )
        data = data_of(work.session, endpoints.find(work.session, subject))
    call.show(data, safe(t("已登记 {name}（{hardware}）。", "Added {name} ({hardware}).").fill(**data)))


@noun.verb("list", t("列出设备。", "List devices."))
@option("--unit", says=t("此单位及其下级。", "This unit and all below it."))
@option("--owner", says=t("责任人。", "Who answers for them."))
def list_endpoints(call: Call, unit: str | None, owner: str | None) -> None:
    """List endpoints."""
    from directory import endpoints

    with call.store.read() as session:
        subject = find_person(session, owner).subject if owner else None
        data = [data_of(session, row) for row in endpoints.listed(session, unit=unit, owner=subject)]
    call.show_table(data, COLUMNS, t("没有找到。", "None found."))


@noun.verb(
    "hand-over",
    t(
        "交给另一位责任人；因责任人离职而停用的设备随即恢复。",
        "Let another person answer for it; a device that was suspended with its owner is let on again.",
    ),
)
@argument("which", says=WHICH)
@argument("owner", says=t("新责任人的登录名。", "Login of the person who answers for it from now on."))
def hand_over(call: Call, which: str, owner: str) -> None:
    """Hand an endpoint over."""
    from directory import endpoints

    with call.store.write() as work:
        row = find_endpoint(work.session, which)
        endpoints.hand_over(work, call.actor, row.subject, find_person(work.session, owner).subject)
        data = data_of(work.session, row)
    call.show_sheet(data, COLUMNS)


@noun.verb("extend", t("修改有效期；空文本表示不限期。", "Let it stay until another time; an empty text: without end."))
@argument("which", says=WHICH)
@option("--until", required=True, metavar="TIME", says=t("有效期至。", "It may stay until then. ").joined(TIME_HELP))
def extend(call: Call, which: str, until: str) -> None:
    """Give an endpoint another end."""
    from directory import endpoints

    ends = point(until, call.zone, call.now, end=True) if until else None
    with call.store.write() as work:
        row = find_endpoint(work.session, which)
        endpoints.extend(work, call.actor, row.subject, ends)
        data = data_of(work.session, row)
    call.show_sheet(data, COLUMNS)


@noun.verb("retire", t("停用一台设备，不再放行。", "Take a device off the network for good."))
@argument("which", says=WHICH)
def retire(call: Call, which: str) -> None:
    """Retire an endpoint, and end its sessions where it is."""
    from access.enforcement import order_all_of
    from directory import endpoints

    with call.store.write() as work:
        row = find_endpoint(work.session, which)
        endpoints.retire(work, call.actor, row.subject)
        order_all_of(work, row.subject, call.actor)
        data = data_of(work.session, row)
    call.show(data, safe(t("{name}（{hardware}）已停用。", "{name} ({hardware}) is retired.").fill(**data)))


COMMAND = noun
