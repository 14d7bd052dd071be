"""`kick`: order the end of sessions, or their move to another zone, and show what the device answered."""

from typing import Any

from operate.call import Call
from operate.exits import CommandFailed, Exit, refused
from operate.liveness import need_service
from operate.order_waiting import WAIT, answers_of
from operate.spoken import argument, command, option
from operate.words import t

COLUMNS = {
    "order": t("命令", "order"),
    "session": t("会话", "session"),
    "login": t("登录名", "login"),
    "device": t("网络设备", "device"),
    "outcome": t("结果", "outcome"),
    "detail": t("设备的答复", "the device's answer"),
}


@command(
    "kick",
    t(
        "让会话下线（Disconnect，RFC 5176），等待并显示设备的答复。"
        "退出码：0 已执行，1 设备拒绝，69 没有应答，75 仍在等待。",
        "End sessions (Disconnect, RFC 5176), wait for the device's answer and show it. Leaves with 0: done, 1: "
        "refused by the device, 69: no answer, 75: still waiting.",
    ),
)
@argument("who", says=t("会话编号、登录名、MAC 或 IP 地址。", "Session number, login, hardware address or address."))
@option("--zone", says=t("不下线，而是移到这个区域（CoA）。", "Move to this zone instead (CoA)."))
@WAIT
def kick(call: Call, who: str, zone: str | None, wait: float) -> None:
    """Give the orders and wait."""
    from access import enforcement
    from operate.commands.online import data_of
    from operate.commands.zone import load
    from operate.lookups import sessions_of
    from operate.order_words import detail_in_words

    with call.store.read() as session:
        open_sessions = data_of(session, sessions_of(session, who, limit=1000))
        if zone is not None:
            load(session, zone)
    if not open_sessions:
        raise refused(t("{who} 没有在线会话。", "{who} has no open session.").fill(who=repr(who)))
    need_service(call.settings)
    orders: dict[int, dict[str, Any]] = {}
    with call.store.write() as work:
        for each in open_sessions:
            if zone is None:
                number = enforcement.order_disconnect(work, each["number"], call.actor)
            else:
                number = enforcement.order_coa(work, each["number"], zone, call.actor)
            orders[number] = {
                "order": number,
                "session": each["number"],
                "login": each["login"],
                "device": each["device"],
            }
    for number, state in answers_of(call, orders, wait).items():
        orders[number] |= {"outcome": state.outcome, "detail": state.detail}
    data = list(orders.values())
    shown = data if call.as_json else [{**each, "detail": detail_in_words(each.get("detail"))} for each in data]
    call.show_table(shown, COLUMNS, t("没有命令。", "No orders."))
    _leave({each.get("outcome") for each in data})


def _leave(outcomes: set[str | None]) -> None:
    """Raise CommandFailed unless every session is ended or moved."""
    if None in outcomes:
        says = t(
            "有的命令还没有结果；服务会继续执行。", "Some orders have no outcome yet; the service goes on with them."
        )
        raise CommandFailed(Exit.TRY_AGAIN, says)
    if "nak" in outcomes:
        raise refused(t("设备拒绝了命令。", "The device refused the order."))
    if "timeout" in outcomes:
        raise CommandFailed(Exit.UNAVAILABLE, t("设备没有应答。", "The device did not answer."))
    if outcomes - {"ack", "ended"}:
        raise CommandFailed(Exit.UNAVAILABLE, t("命令没有送达设备。", "The order did not reach the device."))


COMMAND = kick
