"""Words of the records, as people read them: what a code means, by the field that holds it."""

from operate.words import Text, plain, t

TERMS: dict[str, dict[str, Text]] = {
    "state": {
        "draft": t("待核验", "draft"),
        "active": t("有效", "active"),
        "suspended": t("停用", "suspended"),
        "left": t("已离职", "left"),
        "preserved": t("仅存档", "preserved"),
    },
    "category": {
        "staff": t("在编", "staff"),
        "contract": t("聘用", "contract"),
        "vendor": t("外包", "vendor"),
        "visitor": t("访客", "visitor"),
        "seconded": t("借调", "seconded"),
        "retired": t("退休", "retired"),
    },
    "unit_kind": {
        "city": t("市", "city"),
        "town": t("镇", "town"),
        "park": t("园区", "park"),
        "subdistrict": t("街道", "subdistrict"),
        "community": t("社区", "community"),
        "department": t("部门", "department"),
    },
    "protection": {
        "safe": t("安全", "safe"),
        "unseen": t("尚未观察", "not yet seen"),
        "exposed": t("仅靠应答顺序", "by the order of answers only"),
    },
    "outcome": {
        "ack": t("设备已执行", "done by the device"),
        "nak": t("设备拒绝", "refused by the device"),
        "timeout": t("设备没有应答", "no answer from the device"),
        "unreachable": t("无法送达设备", "the device cannot be reached"),
        "ended": t("会话已结束", "the session had ended"),
    },
    "known_by": {
        "class": t("本服务的 Class", "our Class"),
        "login": t("设备所报的登录名", "the login that the device told"),
        "hardware": t("设备所报的 MAC 地址", "the hardware address that the device told"),
    },
    "fault": {
        "missing": t("目录中缺少", "missing in the directory"),
        "extra": t("只在目录中有", "only in the directory"),
        "draft": t("目录中待核验", "a draft entered in the directory"),
        "different": t("内容不同", "other values"),
        "misplaced": t("位置不对", "in another place"),
        "locked": t("在目录中被停用", "suspended in the directory"),
        "twice": t("重复", "there twice"),
    },
}


# The conditions of a rule, as they stand in a trace.
CONDITIONS: dict[str, Text] = {
    "person": t("人员", "person"),
    "category": t("类别", "category"),
    "right": t("权限", "right"),
    "unit": t("单位", "unit"),
    "device_group": t("设备组", "device group"),
    "site": t("地点", "site"),
    "medium": t("介质", "medium"),
    "ssid": t("SSID", "SSID"),
    "method": t("方法", "method"),
    "strength": t("强度", "strength"),
    "hours": t("时间", "hours"),
    "valid_until": t("例外截止", "end of the exception"),
}
STRENGTHS = ("none", "password", "strong")  # by the number of access.evidence.Strength


def condition(name: str) -> Text:
    """Return the words for a condition of a rule."""
    return CONDITIONS.get(name, plain(name))


def term(field: str, code: object) -> object:
    """Return what a code means, the code itself where it has no word of its own."""
    return TERMS.get(field, {}).get(str(code), code)
