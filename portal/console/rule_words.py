"""Words of which the sentences of rules are made, and hours as people type them. Pure."""

import re

from access.evidence import Medium, Strength
from portal.language import Text

CATEGORIES: dict[str, Text] = {
    "staff": Text("在编人员", "staff"),
    "contract": Text("聘用人员", "contract staff"),
    "vendor": Text("外包人员", "vendors' staff"),
    "visitor": Text("访客", "visitors"),
    "seconded": Text("借调人员", "seconded staff"),
    "retired": Text("退休人员", "retired staff"),
    "endpoint": Text("已登记的设备", "registered devices"),
    "unknown": Text("未登记的设备", "unregistered devices"),
}
MEDIA: dict[str, Text] = {
    Medium.WIRED.value: Text("有线端口", "wired ports"),
    Medium.WIRELESS.value: Text("无线网络", "wireless"),
    Medium.REMOTE.value: Text("远程接入", "remote access"),
    Medium.UNKNOWN.value: Text("介质未知", "an unknown medium"),
}
STRENGTHS: dict[int, Text] = {
    Strength.NONE: Text("不要求", "none needed"),
    Strength.PASSWORD: Text("至少密码认证", "at least a password"),
    Strength.STRONG: Text("双因素或证书认证", "a second factor or a certificate"),
}
REFUSED = Text("拒绝", "refused")

_DAYS = {"mon": "周一", "tue": "周二", "wed": "周三", "thu": "周四", "fri": "周五", "sat": "周六", "sun": "周日"}
_TYPED = str.maketrans(
    {"：": ":", "；": ";", "，": ",", "、": ",", "至": "-", "到": "-", "~": "-", "～": "-", "–": "-", "—": "-"}
)


def hours_typed(text: str) -> str:
    """Return hours as access.hours reads them, also where they were typed with Chinese days and signs."""
    words = text.strip().translate(_TYPED)
    for code, word in _DAYS.items():
        words = (
            words.replace(word, code)
            .replace(word.replace("周", "星期"), code)
            .replace(word.replace("周", "礼拜"), code)
        )
    for word in ("周天", "星期天", "礼拜天"):
        words = words.replace(word, "sun")
    words = re.sub(r"\s*([-,;:])\s*", r"\1", words)
    return re.sub(r"(?<=[a-z])(?=[0-9])", " ", words.casefold()).replace(";", "; ")
