"""What a device answered to an order, as a sentence that says what to do. Pure.

The record has one word for the outcome (access.enforcement.Outcome), and in `detail` each attempt with the
Error-Cause that the device told: "session id: nak 503 session context not found".
"""

import re
from typing import NamedTuple

from portal.language import Text

_CAUSE = re.compile(r": nak ([0-9]{1,3})\b")
_UNPROVEN = re.compile(r": unproven\b")
_UNSENT = re.compile(r"(OR-[0-9]{3}) ")


class Answer(NamedTuple):
    """How an order ended, or that it has not yet."""

    mood: str  # good, bad, warn, plain: how it is shown
    says: Text
    do: Text | None = None  # what an administrator may do about it
    short: Text | None = None  # for a tag; absent: the word of the outcome


WAITING = Answer("plain", Text("已发出，等待设备应答……", "Sent; waiting for the device…"))
_DONE = {
    "disconnect": Answer("good", Text("设备已断开此会话。", "The device has ended the session.")),
    "coa": Answer("good", Text("设备已将此会话转入新区域。", "The device has moved the session.")),
    "reauthenticate": Answer("good", Text("设备正在重新认证。", "The device is asking again.")),
}
_ENDED = Answer("plain", Text("设备应答之前，会话已经结束。", "The session ended before the device answered."))
_TIMEOUT = Answer(
    "bad",
    Text("设备没有应答，会话可能仍在。", "The device did not answer; the session may still be there."),
    Text(
        "请在设备上检查动态授权（CoA）服务器地址、端口和密钥；有防火墙的，放行到设备该端口的 UDP。",
        "Check address, port and secret of the dynamic authorisation (CoA) server on the device, and that firewalls "
        "let UDP to that port through.",
    ),
)
_OTHER_SECRET = Answer(
    "bad",
    Text(
        "设备有应答，但与登记的密钥不符，不能相信；会话可能仍在。",
        "An answer came, but not under the registered secret, so it proves nothing; the session may still be there.",
    ),
    Text(
        "请在设备的动态授权（CoA）配置中填写登记的密钥；它常与认证密钥分开设置。",
        "Set the registered secret for the device's dynamic authorisation (CoA) client; it often has its own.",
    ),
)
_UNREACHABLE = Answer(
    "bad",
    Text("命令无法送达设备。", "The order could not be sent to the device."),
    Text("请检查设备是否在线、地址是否正确。", "Check that the device is up and that its address is right."),
)
# By the codes of what is not sent at all.
_NOT_SENT = {
    "OR-101": (
        Text(
            "该网络设备已不再登记，或已停用，命令没有发出。",
            "The device is no longer registered, or is disabled; nothing was sent.",
        ),
        Text("请重新登记或启用该设备。", "Register it again, or enable it."),
    ),
    "OR-102": (
        Text(
            "该设备不接受命令（动态授权端口为 0），命令没有发出。",
            "The device takes no orders (its dynamic authorisation port is 0); nothing was sent.",
        ),
        Text(
            "请在该设备的登记中填写动态授权端口，通常为 3799。", "Enter the port in the device's record, usually 3799."
        ),
    ),
    "OR-103": (
        Text("不知道该设备的地址，命令没有发出。", "The address of the device is not known; nothing was sent."),
        Text("请在该设备的登记中填写命令地址。", "Enter the address for orders in the device's record."),
    ),
    "OR-104": (
        Text(
            "该厂商的设备不支持此命令，命令没有发出。",
            "Devices of this vendor cannot carry out this order; nothing was sent.",
        ),
        Text("可以改为断开会话。", "End the session instead."),
    ),
}
_REFUSED = Text("设备拒绝执行。", "The device refused.")
# Error-Cause (RFC 5176 §3.5): what is behind it, and what helps.
_CAUSES = {
    401: Text(
        "设备不支持命令中的某个属性；请检查所选区域的设置是否适合该厂商。",
        "It does not support an attribute of the order; check that the zone fits this vendor.",
    ),
    402: Text(
        "命令缺少设备要求的属性；请检查该设备登记的厂商是否正确。",
        "It wants an attribute that the order lacks; check the vendor in the device's record.",
    ),
    403: Text(
        "设备标识不符；请检查该设备登记的地址。", "It says that it is another device; check the address in its record."
    ),
    404: Text(
        "设备认为命令无效；请检查该设备登记的厂商是否正确。",
        "It takes the order for invalid; check the vendor in the device's record.",
    ),
    405: Text(
        "设备不支持该命令；请在设备上启用动态授权。", "It does not support the order; switch dynamic authorisation on."
    ),
    407: Text(
        "设备不接受命令中的值；请检查区域的 VLAN、ACL 是否在该设备上存在。",
        "It does not take a value; check that VLAN and ACL of the zone exist on it.",
    ),
    501: Text(
        "设备的配置禁止该操作；请在设备上允许动态授权。",
        "Its configuration forbids this; allow dynamic authorisation on it.",
    ),
    503: Text(
        "设备上没有这个会话，多半已经下线；没有收到下线通知的，会自动清理。",
        "It has no such session, most likely it is over; without news of it the record closes by itself.",
    ),
    504: Text(
        "设备无法终止此会话；请在设备上关闭该端口。", "It cannot end the session; shut the port down on the device."
    ),
    506: Text("设备资源不足；请稍后再试。", "It is short of resources; try again later."),
    508: Text(
        "命令涉及多个会话，设备不支持；请在设备上按端口断开。",
        "Several sessions fit, which it does not support; end them by port on the device.",
    ),
}


def answered(kind: str, outcome: str | None, detail: str | None) -> Answer:
    """Return what became of an order, in words."""
    if outcome is None:
        return WAITING
    if outcome == "ack":
        return _DONE.get(kind, _DONE["disconnect"])
    if outcome == "nak":
        told = reversed(causes(detail))
        return Answer("bad", _REFUSED, next((_CAUSES[each] for each in told if each in _CAUSES), None))
    if outcome == "timeout" and is_unproven(detail):
        return _OTHER_SECRET
    return not_sent(detail) or {"timeout": _TIMEOUT, "unreachable": _UNREACHABLE}.get(outcome, _ENDED)


def causes(detail: str | None) -> list[int]:
    """Return the Error-Causes that the device told, in the order of the attempts."""
    return [int(each) for each in _CAUSE.findall(detail or "")]


def is_unproven(detail: str | None) -> bool:
    """Return whether an answer came that did not fit the secret."""
    return _UNPROVEN.search(detail or "") is not None


def not_sent(detail: str | None) -> Answer | None:
    """Return why an order was not sent at all; None where it was."""
    unsent = _UNSENT.match(detail or "")
    return Answer("bad", *_NOT_SENT[unsent[1]]) if unsent is not None and unsent[1] in _NOT_SENT else None
