"""What is known of a network device, in words. Pure."""

from typing import NamedTuple

from access.device_table import order_address
from access.reasons import Reason
from access.tables import DeviceRow
from portal.language import Text


class Protection(NamedTuple):
    """How safe from forged requests (CVE-2024-3596), with the colour of its tag."""

    text: Text
    tone: str


PROTECTION: dict[str, Protection] = {
    "safe": Protection(Text("安全", "safe"), "good"),
    "unseen": Protection(Text("尚未观察", "not yet seen"), "plain"),
    "exposed": Protection(Text("可被伪造", "open to forgery"), "bad"),
}

OBSERVED: dict[str, Text] = {
    "": Text("还没有收到它的认证请求。", "It has not asked yet."),
    "signed": Text(
        "它的请求带有 Message-Authenticator；此后不带的请求一律丢弃。",
        "It signs its requests; from now on one without a signature is dropped.",
    ),
    "unsigned": Text(
        "它的请求不带 Message-Authenticator，只靠应答中的属性次序保护。请升级固件或打开此功能，然后锁定。",
        "It does not sign; only the order of our answer protects it. Update it or turn signing on, then lock.",
    ),
    "unsigned-proxy": Text(
        "它不签名，并且带 Proxy-State：很可能是旧的代理。请更换或升级。",
        "It does not sign and sends Proxy-State: probably an old proxy. Replace or update it.",
    ),
    "mixed": Text("它现在签名，而以前没有。请锁定。", "It signs now and did not before. Lock it."),
}

_REASONS = {reason.code: reason.value for reason in Reason}


def unprobeable(row: DeviceRow) -> Text | None:
    """Return why its orders cannot be probed; None where they can."""
    if not row.enabled:
        return Text("设备已停用，不能探测。", "It is disabled, so its orders cannot be probed.")
    if not row.dynauth_port:
        return Text("登记为不接受下线命令，不能探测。", "Its record says that it takes no orders: nothing to probe.")
    if order_address(row.prefix, row.dynauth_address) is None:
        return Text(
            "按网段登记而没有命令地址，不知道该探测哪一台。",
            "It is a prefix without an address for orders, so there is no single device to probe.",
        )
    return None


def reason(code: str) -> Text:
    """Return why a login was refused; a code that is no longer ours as it is."""
    told = _REASONS.get(code)
    return Text(told.chinese, told.english) if told else Text(code, code)


def remedy(code: str) -> Text:
    """Return what to do about it."""
    told = _REASONS.get(code)
    return Text(told.remedy_chinese, told.remedy_english) if told else Text("", "")
