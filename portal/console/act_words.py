"""The record of acts in words: what was done, to what, and what is different since. Pure.

An act or a field that is not in a table is shown as it stands in the record: nothing is hidden for want of a word.
"""

import json
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from portal.language import Text, plain
from portal.rendering import written_time

NOUNS: dict[str, Text] = {
    "person": Text("人员", "person"),
    "unit": Text("单位", "unit"),
    "endpoint": Text("终端设备", "endpoint"),
    "device": Text("网络设备", "network device"),
    "zone": Text("区域", "zone"),
    "rule": Text("规则", "rule"),
    "session": Text("会话", "session"),
    "binding": Text("设备绑定", "binding"),
    "own_device": Text("个人设备", "own device"),
    "document": Text("证件", "document"),
    "factor": Text("第二因素", "second factor"),
    "administrator": Text("管理员", "administrator"),
    "console": Text("控制台", "console"),
    "account": Text("自助账号", "own account"),
    "portal": Text("认证页面", "portal"),
    "token": Text("接口令牌", "API token"),
    "audit": Text("审计", "audit"),
    "reader": Text("目录读取账号", "directory reader"),
    "logins": Text("登录记录", "logins"),
    "address": Text("地址", "address"),
    "people": Text("人员名单", "list of people"),
}
_VERBS: dict[str, Text] = {
    "add": Text("登记", "added"),
    "change": Text("修改", "changed"),
    "remove": Text("删除", "removed"),
    "view": Text("查看", "looked at"),
    "rename": Text("改名", "renamed"),
    "move": Text("调动", "moved"),
    "rights": Text("权限调整", "rights changed"),
    "release": Text("实名核验", "real name verified"),
    "suspend": Text("停用", "suspended"),
    "resume": Text("恢复", "resumed"),
    "end": Text("注销", "ended"),
    "preserve": Text("转入存档", "preserved"),
    "password": Text("重设密码", "password set"),
    "unlock": Text("解锁", "unlocked"),
    "extend": Text("延期", "extended"),
    "hand_over": Text("移交", "handed over"),
    "retire": Text("注销", "retired"),
    "rotate": Text("更换密钥", "secret rotation begun"),
    "rotated": Text("密钥更换完成", "secret rotation finished"),
    "observe": Text("防伪状态观察", "observed against forgery"),
    "forget": Text("忘记", "forgotten"),
    "make": Text("建立", "made"),
    "lost": Text("挂失", "reported lost"),
    "taken_back": Text("取消挂失", "taken back"),
    "record": Text("登记", "recorded"),
    "reveal": Text("查看完整号码", "number read in full"),
    "enrol": Text("绑定", "enrolled"),
    "recover": Text("使用恢复码", "recovery code used"),
    "recovery_code": Text("使用恢复码", "recovery code used"),
    "recovery_codes": Text("更新恢复码", "recovery codes renewed"),
    "invite": Text("邀请", "invited"),
    "begin": Text("启用账号", "began"),
    "renew": Text("更换密码和第二因素", "password and second factor renewed"),
    "enable": Text("启用", "enabled"),
    "disable": Text("停用", "disabled"),
    "pause": Text("因多次出错暂时锁定", "paused after errors"),
    "revoke": Text("吊销", "revoked"),
    "revoke_link": Text("作废链接", "link revoked"),
    "revoke_links": Text("作废未用链接", "unused links revoked"),
    "login": Text("登录", "login"),
    "logout": Text("退出", "logout"),
    "end_sessions": Text("结束其他会话", "other sessions ended"),
    "export": Text("导出", "exported"),
    "verify": Text("校验完整性", "integrity checked"),
    "disconnect": Text("命令下线", "disconnect ordered"),
    "coa": Text("命令换区", "move to another zone ordered"),
    "reauthenticate": Text("命令重新认证", "reauthentication ordered"),
    "import": Text("导入", "imported"),
}
_ANSWERS: dict[str, Text] = {
    "ack": Text("设备已执行", "done by the device"),
    "nak": Text("设备拒绝", "refused by the device"),
    "timeout": Text("设备没有应答", "no answer from the device"),
    "unreachable": Text("无法送达设备", "device not reached"),
    "ended": Text("会话已先行结束", "session had ended"),
}
_FIELDS: dict[str, Text] = {
    "name": Text("名称", "name"), "login": Text("登录名", "login"), "unit": Text("单位", "unit"),
    "state": Text("状态", "state"), "category": Text("类别", "category"), "mail": Text("邮箱", "mail"),
    "title": Text("职务", "title"), "telephone": Text("电话", "telephone"),
    "valid_from": Text("生效时间", "valid from"), "valid_until": Text("有效期至", "valid until"),
    "zones": Text("个人权限", "personal rights"), "session_limit": Text("同时会话数", "sessions at once"),
    "assurance": Text("实名核验等级", "assurance"), "kind": Text("类型", "kind"), "parent": Text("上级单位", "parent"),
    "hardware": Text("设备地址（MAC）", "hardware address"), "owner": Text("责任人", "owner"),
    "prefix": Text("地址", "address"), "vendor": Text("厂商", "vendor"), "group": Text("组", "group"),
    "site": Text("地点", "site"), "enabled": Text("启用", "enabled"), "position": Text("顺序", "position"),
    "result": Text("结果", "result"), "role": Text("角色", "role"), "reason": Text("事由", "reason"),
    "address": Text("来自", "from"), "detail": Text("设备的答复", "the device's answer"),
    "subject": Text("对象", "subject"), "zone": Text("区域", "zone"), "session": Text("会话", "session"),
    "person": Text("人员", "person"), "replaces": Text("替换管理员", "replaces administrator"),
    "scopes": Text("范围", "scopes"), "format": Text("格式", "format"), "acts": Text("条数", "acts"),
    "must_change": Text("须先改密", "must change"), "device": Text("网络设备", "network device"),
    "made_at": Text("建立时间", "made at"), "strength": Text("强度", "strength"), "observed": Text("观察", "observed"),
    "require": Text("要求 Message-Authenticator", "Message-Authenticator required"),
    "limit": Text("限制 Proxy-State", "Proxy-State limited"), "seconds": Text("秒", "seconds"),
    "administrator": Text("管理员编号", "administrator"), "broken": Text("断裂处", "broken at"),
    "dynauth_port": Text("动态授权端口", "port for orders"),
    "dynauth_address": Text("动态授权地址", "address for orders"), "approved_by": Text("批准人", "approved by"),
    "vlan": Text("VLAN", "VLAN"), "rate_up": Text("上行速率", "rate up"), "rate_down": Text("下行速率", "rate down"),
    "session_timeout": Text("会话时限", "session limit"), "hours": Text("时段", "hours"),
    "right": Text("权限", "right"),
    "message": Text("提示语", "message"), "reaches": Text("可达区域", "reaches"),
    "excludes": Text("互斥区域", "excludes"),
    "codes": Text("恢复码数", "recovery codes"), "head": Text("摘要", "head"), "medium": Text("介质", "medium"),
    "method": Text("方法", "method"), "device_group": Text("设备组", "device group"), "links": Text("链接数", "links"),
    "since": Text("从", "since"), "until": Text("至", "until"), "actor": Text("操作者", "actor"),
    "act": Text("操作", "act"), "documents": Text("证件", "documents"), "to": Text("新归属", "to"),
}  # fmt: skip
_TIMES = ("_at", "valid_from", "valid_until", "until", "since")
_SHORT = 160  # characters of a value in the list


class Difference(NamedTuple):
    """One field that an act changed; None: it was not there."""

    field: Text
    before: Text | None
    after: Text | None


def act_name(act: str) -> Text:
    """Return what was done, as people say it: 人员 停用 / person suspended."""
    noun, _, rest = act.partition(".")
    verb, _, answer = rest.partition(".")
    if noun not in NOUNS or verb not in _VERBS:
        return plain(act)
    said = Text(f"{NOUNS[noun].chinese}：{_VERBS[verb].chinese}", f"{NOUNS[noun].english} {_VERBS[verb].english}")
    if not answer:
        return said
    told = _ANSWERS.get(answer, plain(answer))
    return Text(f"{said.chinese}，{told.chinese}", f"{said.english}: {told.english}")


def differences(before: str | None, after: str | None, zone: ZoneInfo) -> list[Difference]:
    """Return what is different between two states as the record keeps them (canonical JSON), by field.

    What did not change is left out. Never raises: a record that somebody damaged is shown as well as it goes.
    """
    old, new = _read(before), _read(after)
    changed = [name for name in sorted({*old, *new}) if old.get(name) != new.get(name)]
    return [
        Difference(_FIELDS.get(name, plain(name)), _value(name, old, zone), _value(name, new, zone)) for name in changed
    ]


def _read(text: str | None) -> dict[str, Any]:
    if not text:
        return {}
    try:
        value = json.loads(text)
    except ValueError:
        return {"?": text[:_SHORT]}
    return value if isinstance(value, dict) else {"?": value}


def _value(name: str, state: dict[str, Any], zone: ZoneInfo) -> Text | None:
    value = state.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return Text("是", "yes") if value else Text("否", "no")
    if isinstance(value, int | float) and name.endswith(_TIMES) and 0 <= value < 1e11:
        return plain(written_time(value, zone))
    if isinstance(value, dict | list):
        return plain(json.dumps(value, ensure_ascii=False)[:_SHORT])
    text = str(value)
    return plain(text if len(text) <= _SHORT else f"{text[:_SHORT]}…")
