"""What is not acceptable in a device, zone or rule, beside its field and in both languages. Pure.

access.malformed says in English what would be; here is what a form says.
"""

from access.malformed import DeviceMalformed, Malformed, RuleMalformed, ZoneMalformed
from portal.language import Text

_ENGLISH = "Wanted: {wanted}."
_CHINESE: dict[tuple[type[Malformed], str], str] = {
    (DeviceMalformed, "name"): "请填写名称，不超过 100 个字符，不含逗号，且不与其他设备相同。",
    (DeviceMalformed, "prefix"): (
        "请填写 IPv4 或 IPv6 地址，或不带主机位的网段（IPv4 不短于 /8，IPv6 不短于 /16），且未登记给其他设备。"
    ),
    (DeviceMalformed, "vendor"): "请选择厂商。",
    (DeviceMalformed, "group"): "不超过 100 个字符，不含逗号。",
    (DeviceMalformed, "site"): "不超过 100 个字符，不含逗号。",
    (DeviceMalformed, "dynauth_port"): "请填写 UDP 端口；设备不接受命令时填 0。",
    (DeviceMalformed, "dynauth_address"): "请填写一个 IP 地址，或留空。",
    (DeviceMalformed, "next_secret"): "此设备没有正在进行的密钥更换。",
    (DeviceMalformed, "device"): "没有这台设备。",
    (ZoneMalformed, "code"): "代码只用小写字母、数字和连字符，不超过 32 个；正被规则或其他区域使用的区域不能删除。",
    (ZoneMalformed, "name"): "请填写名称，不超过 100 个字符。",
    (ZoneMalformed, "vlan"): "请填写 1 到 4094 的 VLAN 编号，或 VLAN 名称（不超过 32 字节）。",
    (ZoneMalformed, "redirect_url"): "请填写 http 或 https 地址，可含 {token}，总长不超过 253 字节。",
    (ZoneMalformed, "reaches"): "只能选择存在的区域，且不能同时是不得相通的区域。",
    (ZoneMalformed, "excludes"): "这样会把绝不能相通的区域连在一起，请检查各区域的“可到达”和规则。",
    (ZoneMalformed, "rate_up"): "请填写 0.001 到 1099511 之间的速率。",
    (ZoneMalformed, "rate_down"): "请填写 0.001 到 1099511 之间的速率。",
    (ZoneMalformed, "session_timeout"): "不少于 60 秒。",
    (ZoneMalformed, "idle_timeout"): "不少于 60 秒。",
    (ZoneMalformed, "interim"): "请填写 60 到 86400 秒。",
    (RuleMalformed, "name"): "请填写名称，不超过 200 个字符。",
    (RuleMalformed, "result"): "请选择一个区域或“拒绝”；所选区域不能与规则要求的权限所在区域互相排斥。",
    (RuleMalformed, "hours"): "请写成“周一至周五 08:00-18:00；周六 09:00-12:00”的样子。",
    (RuleMalformed, "right"): "请选择存在的区域。",
    (RuleMalformed, "unit"): "请选择存在的单位。",
    (RuleMalformed, "approved_by"): "例外须有截止时间和批准人。",
    (RuleMalformed, "valid_until"): "请填写将来的日期。",
    (RuleMalformed, "number"): "没有这条规则。",
}
_LONG = "请只写一行，长度适当，不含控制字符。"


def sentence(malformed: Malformed) -> Text:
    """Return what to say beside the field."""
    english = _ENGLISH.replace("{wanted}", malformed.wanted)
    return Text(_CHINESE.get((type(malformed), malformed.field), _LONG), english)
