"""Error-Cause (RFC 5176 §3.5, RFC 5580 §4.5, RFC 7930 §4) in words: what a device says when it refuses an order."""

_WORDS = {
    201: ("会话残留已清除", "residual session context removed"),
    202: ("EAP 报文无效，已忽略", "invalid EAP packet, ignored"),
    401: ("设备不支持报文中的某个属性", "unsupported attribute"),
    402: ("缺少设备要求的属性", "missing attribute"),
    403: ("NAS 标识与设备不符", "NAS identification mismatch"),
    404: ("请求无效", "invalid request"),
    405: ("设备不支持该服务", "unsupported service"),
    406: ("设备不支持该扩展", "unsupported extension"),
    407: ("属性值无效", "invalid attribute value"),
    501: ("设备配置禁止该操作", "administratively prohibited"),
    502: ("代理无法转发", "request not routable by a proxy"),
    503: ("设备上没有该会话", "session context not found"),
    504: ("会话无法终止", "session context not removable"),
    505: ("代理处理出错", "other proxy processing error"),
    506: ("设备资源不足", "resources unavailable"),
    507: ("已发起重新认证", "request initiated"),
    508: ("设备不支持一次选择多个会话", "multiple session selection unsupported"),
    509: ("需要位置信息", "location information required"),
    510: ("应答过长", "response too big"),
}


def cause_in_words(cause: int, *, chinese: bool = False) -> str:
    """Return the meaning of an Error-Cause; a number that is not assigned is said to be unknown."""
    words = _WORDS.get(cause, ("未知原因", "unknown cause"))
    return words[0] if chinese else words[1]
