"""Why a network device got no answer, in words, by the labels of radius.drops. Pure."""

from typing import NamedTuple

from portal.language import Text, plain


class DropWords(NamedTuple):
    """What is the matter, and what to do about it."""

    says: Text
    do: Text


_FRAMING = DropWords(
    Text("不是完整的 RADIUS 报文。", "It is no well-formed RADIUS packet."),
    Text(
        "检查设备固件，以及是否有别的程序在向此端口发送。",
        "Look at the device's firmware, and for another program that sends to this port.",
    ),
)
_CODE = DropWords(
    Text("这种报文不该发到这个端口。", "A packet of this kind has no business on this port."),
    Text(
        "检查设备上的认证端口和计费端口是否对调。",
        "See whether the ports for authentication and accounting are swapped on the device.",
    ),
)
_SECRET = Text(
    "重新粘贴共享密钥；密钥已不在手边时请更换密钥。",
    "Paste the shared secret again; where it is not at hand any more, rotate it.",
)
_SIGNATURE = DropWords(
    Text("Message-Authenticator 的长度或个数不对。", "Message-Authenticator has a wrong length, or is there twice."),
    Text("检查设备固件；也可能是攻击。", "Look at the device's firmware; it may be an attack, too."),
)

_WORDS: dict[str, DropWords] = {
    "length": _FRAMING,
    "truncated": _FRAMING,
    "attribute-type": _FRAMING,
    "attribute-length": _FRAMING,
    "attribute-overrun": _FRAMING,
    "too-many-attributes": _FRAMING,
    "unknown-code": _CODE,
    "wrong-code": _CODE,
    "authenticator": DropWords(
        Text("计费报文的签名与共享密钥不符。", "The signature of accounting does not fit the shared secret."), _SECRET
    ),
    "message-authenticator": DropWords(
        Text("认证报文的签名与共享密钥不符。", "The signature of its requests does not fit the shared secret."), _SECRET
    ),
    "message-authenticator-length": _SIGNATURE,
    "message-authenticator-doubled": _SIGNATURE,
    "unsigned": DropWords(
        Text(
            "此设备必须带 Message-Authenticator，而报文没有带。",
            "This device has to send Message-Authenticator, and did not.",
        ),
        Text(
            "在设备上打开 Message-Authenticator；换成了旧型号的，点“重新观察”。",
            "Turn Message-Authenticator on at the device; where an older model took its place, have it observed anew.",
        ),
    ),
    "proxy-state-unsigned": DropWords(
        Text(
            "带 Proxy-State 而没有签名，可能是伪造的（CVE-2024-3596）。",
            "Proxy-State without a signature may be a forgery (CVE-2024-3596).",
        ),
        Text("让代理带 Message-Authenticator。", "Have the proxy send Message-Authenticator."),
    ),
    "eap-unsigned": DropWords(
        Text("EAP 报文没有带 Message-Authenticator。", "EAP came without Message-Authenticator."),
        Text("升级设备固件（RFC 3579 要求必须携带）。", "Update the firmware: RFC 3579 demands it."),
    ),
    "status-unsigned": DropWords(
        Text("Status-Server 探测没有有效的签名。", "Its Status-Server probes have no valid signature."),
        Text("核对密钥，并让探测带 Message-Authenticator。", "Compare the secret, and have the probes signed."),
    ),
    "rate-limited": DropWords(
        Text("它或它下面的一台终端请求过于频繁。", "It asks too often, or one endpoint behind it does."),
        Text(
            "查找环路或反复重试的终端；代理可在设置中提高 device_rate。",
            "Look for a loop or an endpoint that retries; for a proxy raise device_rate in the settings.",
        ),
    ),
    "queue-full": DropWords(
        Text("等待校验的密码太多，设备会再次请求。", "Too many passwords wait to be checked; the device asks again."),
        Text(
            "经常出现时提高设置中的 hash_threads，或增加一个节点。",
            "Where it happens often, raise hash_threads in the settings, or add a node.",
        ),
    ),
    "accounting-status": DropWords(
        Text(
            "计费报文没有可识别的 Acct-Status-Type 或会话号。",
            "Accounting came without a known Acct-Status-Type or a session id.",
        ),
        Text("检查设备的计费配置和固件。", "Look at the device's accounting and its firmware."),
    ),
    "not-durable": DropWords(
        Text(
            "计费记录没能写入数据库，设备会重发。",
            "The record could not be written to the database; the device repeats it.",
        ),
        Text("检查数据库和磁盘。", "Look at the database and the disk."),
    ),
}


def words_of(label: str) -> DropWords:
    """Return why packets got no answer, and what to do; a label that is no longer ours as it is."""
    return _WORDS.get(label) or DropWords(plain(label), plain(""))
