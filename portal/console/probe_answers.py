"""What the answer to a probe proves about a network device, as a verdict and as a sentence that says what to do. Pure.

A probe asks the device to end a session that cannot exist (radius.vendor.probe_attempts). A device that takes orders
refuses it, so a refusal is what one hopes for: it is signed with the secret that both have.
"""

from enum import StrEnum

from portal.console.order_answers import Answer, causes, is_unproven, not_sent
from portal.language import Text


class Verdict(StrEnum):
    """What a probe found out; the values are for programs and never change their meaning."""

    WAITING = "waiting"
    ANSWERS = "answers"  # it is reached, and the secrets agree
    DECLINES = "declines"  # the same, but it says that it does not take such orders
    UNPROVEN = "unproven"  # an answer came under another secret
    SILENT = "silent"
    CLOSED = "closed"  # the network said that nobody is there
    NOT_SENT = "not_sent"  # the record does not let orders be sent
    LAPSED = "lapsed"  # nobody carried it out in time


# Error-Cause (RFC 5176 §3.5): 405 and 406 say that there is no such service, 501 that the configuration forbids it.
_DECLINED = frozenset({405, 406, 501})
_OTHER_DEVICE = 403
_ABSENT = 503

_ANSWERS: dict[Verdict, Answer] = {
    Verdict.WAITING: Answer("plain", Text("探测已发出，等待设备应答……", "The probe is sent; waiting for the device…")),
    Verdict.ANSWERS: Answer(
        "good",
        Text(
            "设备应答下线命令：网络可达，密钥一致。", "The device answers orders: it is reached, and the secrets agree."
        ),
        short=Text("应答命令", "Answers orders"),
    ),
    Verdict.DECLINES: Answer(
        "warn",
        Text(
            "设备可达，密钥一致，但它答复不执行下线命令。",
            "The device is reached and the secrets agree, but it says that it does not take such orders.",
        ),
        Text(
            "请在设备上启用动态授权（CoA/DAE）的下线功能；不支持的型号，只能在设备上断开会话。",
            "Switch Disconnect on in its dynamic authorisation (CoA/DAE); on a model without it, end sessions by hand.",
        ),
        Text("应答，但不执行", "Answers, but declines"),
    ),
    Verdict.UNPROVEN: Answer(
        "bad",
        Text(
            "有应答，但与登记的密钥不符，不能相信。",
            "An answer came, but not under the registered secret: it proves nothing.",
        ),
        Text(
            "请在设备的动态授权（CoA/DAE）客户端配置中填写登记的密钥；它常与认证密钥分开设置。",
            "Set the registered secret for the device's dynamic authorisation (CoA/DAE) client; it often has its own.",
        ),
        Text("密钥不符", "Another secret"),
    ),
    Verdict.SILENT: Answer(
        "bad",
        Text("设备没有应答。", "The device did not answer."),
        Text(
            "可能是：设备没有打开动态授权，端口或密钥不同，没有登记本系统的地址，时钟不准，或防火墙拦截。",
            "Its dynamic authorisation may be off, port or secret may differ, our address may be missing among its "
            "clients, its clock may be wrong, or a firewall may be between.",
        ),
    ),
    Verdict.CLOSED: Answer(
        "bad",
        Text("网络报告：该地址或端口无法到达。", "The network says that nobody is at that address or port."),
        Text(
            "请检查设备是否在线、地址和端口是否正确、动态授权（CoA/DAE）是否打开。",
            "Check that the device is up, that address and port are right, and that dynamic authorisation is on.",
        ),
    ),
    Verdict.LAPSED: Answer(
        "plain",
        Text("探测没有按时执行，已作废。", "The probe was not carried out in time and has lapsed."),
        Text("请确认接入服务正在运行，然后再探测一次。", "Make sure that the service runs, then probe again."),
        Text("未执行", "Not carried out"),
    ),
}  # fmt: skip
_TAKES_NONE = Text("不接受命令", "Takes no orders")
_PREFIX = Answer(
    "bad",
    Text(
        "设备按网段登记，没有填写命令地址，不知道该探测哪一台；没有发出。",
        "It is registered as a prefix without an address for orders, so there is nobody to probe; nothing was sent.",
    ),
    Text(
        "请在登记中填写命令地址，或逐台登记。", "Enter the address for orders in its record, or register each device."
    ),
    Text("没有命令地址", "No address for orders"),
)
_NOTES: dict[int, Text] = {
    _ABSENT: Text(
        "设备答复没有这个会话。探测用的会话是虚构的，这正是应有的答复。",
        "It says that it has no such session, as it should: the probe made it up.",
    ),
    401: Text(
        "设备不接受只写会话编号的命令；真实的命令还写有登录名和终端地址。",
        "It wants more than a session id; real orders tell name and hardware address as well.",
    ),
    _OTHER_DEVICE: Text(
        "但它称命令写的不是它自己的地址（NAS-IP-Address）；请检查登记的地址是否为设备自报的地址。",
        "But it says that NAS-IP-Address is not its own: compare the address in its record with what it tells.",
    ),
    506: Text("设备称资源不足；请稍后再探测一次。", "It says that it is short of resources; probe again later."),
}
_NOTES |= dict.fromkeys((402, 404, 407), _NOTES[401])
_DONE = Text(
    "设备对虚构的会话也答复“已执行”，所以真实的下线是否生效，还要看会话是否结束。",
    "It acknowledged even a session that was made up; whether a real one ends shows when it does.",
)


def verdict(outcome: str | None, detail: str | None) -> Verdict:
    """Return what a probe proves; `outcome` and `detail` as recorded of the order (access.enforcement)."""
    if outcome is None:
        return Verdict.WAITING
    if outcome == "nak":
        return Verdict.DECLINES if _DECLINED.intersection(causes(detail)) else Verdict.ANSWERS
    if outcome == "timeout":
        return Verdict.UNPROVEN if is_unproven(detail) else Verdict.SILENT
    if outcome == "unreachable":
        return Verdict.CLOSED if not_sent(detail) is None else Verdict.NOT_SENT
    return Verdict.ANSWERS if outcome == "ack" else Verdict.LAPSED


def proven(outcome: str | None, detail: str | None) -> Answer:
    """Return what a probe proves, in words."""
    found = verdict(outcome, detail)
    if found is Verdict.NOT_SENT:
        return _not_sent(detail or "")
    answer = _ANSWERS[found]
    if found is not Verdict.ANSWERS:
        return answer
    if outcome == "ack":
        return answer._replace(do=_DONE)
    told = causes(detail)
    note = next((_NOTES[each] for each in reversed(told) if each in _NOTES), None)
    return answer._replace(do=note, mood="warn" if _OTHER_DEVICE in told else answer.mood)


def _not_sent(detail: str) -> Answer:
    if detail.startswith("OR-103 "):
        return _PREFIX
    answer = not_sent(detail) or _ANSWERS[Verdict.CLOSED]
    return answer._replace(short=_TAKES_NONE) if detail.startswith("OR-102 ") else answer
