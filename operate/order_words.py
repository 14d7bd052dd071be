"""What became of an order, in words: kept in one readable spelling, shown in the operator's language."""

import re
from enum import Enum
from typing import NamedTuple

from operate.words import Text, plain, t
from radius.dynauth import Result
from radius.error_causes import cause_in_words


class Wording(NamedTuple):
    """A stable code, and what it means."""

    code: str
    says: Text


class Unsent(Enum):
    """Why an order could not be sent at all. Codes are never used again for another meaning."""

    DEVICE_GONE = Wording(
        "OR-101", t("该网络设备已不再登记，或已停用", "the device is no longer registered, or is disabled")
    )
    TAKES_NONE = Wording(
        "OR-102", t("该设备不接受命令（动态授权端口为 0）", "the device takes no orders (dynauth port 0)")
    )
    ADDRESS_UNKNOWN = Wording("OR-103", t("不知道该设备的地址", "the address of the device is not known"))
    NO_WAY = Wording(
        "OR-104",
        t("无法向该厂商的设备下达此命令", "there is no way to put this order to a device of this vendor"),
    )

    @property
    def detail(self) -> str:
        """What is recorded: the code, and its meaning for whoever reads the record itself."""
        return f"{self.value.code} {self.value.says.english}"


# Ways to name a session, and behind a comma what is special (radius.vendor, the files of vendors, operate.orders).
_WAYS = {
    "made-up session": "虚构的会话",
    "session id": "会话编号",
    "session id alone": "仅会话编号",
    "hardware address": "MAC 地址",
    "hardware address and port number": "MAC 地址和端口号",
    "name and address": "登录名和地址",
    "audit session id": "审计会话编号",
    "network": "网络",
    "hardware address without separators": "不带分隔符的 MAC 地址",
}
_SPECIAL = {
    "reauthenticate": "重新认证",
    "disconnect": "下线",
    "ietf": "AA-BB 写法",
    "dotted": "aabb.ccdd 写法",
    "plain": "无分隔符写法",
}
_RESULTS = {
    Result.ACK: "已执行",
    Result.NAK: "拒绝",
    Result.TIMEOUT: "没有应答",
    Result.UNPROVEN: "应答与密钥不符",
    Result.UNREACHABLE: "无法送达",
    Result.IMPOSSIBLE: "无法指明会话",
}
_TRIED = re.compile(r"(?P<way>[^:;]+): (?P<result>[a-z]+)(?: (?P<cause>[0-9]{1,10}) [^;]*)?")


def detail_in_words(detail: str | None) -> Text | None:
    """Return a recorded detail in both languages; what is not spelled as ours stays as it is."""
    if not detail:
        return None
    for one in Unsent:
        if detail.partition(" ")[0] == one.value.code:
            return t("{code} {says}", "{code} {says}").fill(code=one.value.code, says=one.value.says)
    parts = [_tried(part) for part in detail.split("; ")]
    if None in parts:
        return plain(detail)
    return Text("；".join(str(part) for part in parts), detail)


def _tried(part: str) -> str | None:
    """Return one attempt in Chinese, None where it is none (radius.dynauth.Outcome.in_words)."""
    found = _TRIED.fullmatch(part)
    if found is None or found["result"] not in list(Result):
        return None
    way, *special = found["way"].split(", ")
    if way not in _WAYS or not all(each in _SPECIAL for each in special):
        return None
    named = "，".join((_WAYS[way], *(_SPECIAL[each] for each in special)))
    words = f"{named}：{_RESULTS[Result(found['result'])]}"
    if found["cause"] is None:
        return words
    cause = int(found["cause"])
    return f"{words} {cause} {cause_in_words(cause, chinese=True)}"
