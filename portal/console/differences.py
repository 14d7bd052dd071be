"""What an act of the record changed, as people read it: field by field, before and after. Pure but for the zone."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from portal.console.terms import term
from portal.language import Text, plain
from portal.rendering import written_time
from store.record import ActRow

FIELDS: dict[str, Text] = {
    "login": Text("登录名", "Login"),
    "name": Text("姓名或名称", "Name"),
    "unit": Text("单位", "Unit"),
    "parent": Text("上级单位", "Unit above"),
    "state": Text("状态", "State"),
    "category": Text("人员类别", "Category"),
    "kind": Text("类型", "Kind"),
    "mail": Text("邮箱", "Mail"),
    "title": Text("职务", "Title"),
    "telephone": Text("电话", "Telephone"),
    "valid_from": Text("生效时间", "Valid from"),
    "valid_until": Text("有效期至", "Valid until"),
    "zones": Text("个人权限", "Personal rights"),
    "session_limit": Text("同时在线上限", "Devices online at once"),
    "assurance": Text("实名核验", "Identity"),
    "hardware": Text("设备地址", "Hardware address"),
    "owner": Text("责任人", "Answers for it"),
    "document_kind": Text("证件类型", "Document kind"),
    "document": Text("证件号码", "Document number"),
    "masked": Text("证件号码", "Document number"),
    "reason": Text("事由", "Reason"),
    "must_change": Text("首次登录须修改", "Must be changed"),
    "enrolled_at": Text("绑定时间", "Enrolled"),
    "recovery_codes": Text("剩余恢复码", "Recovery codes left"),
    "strength": Text("认证强度", "Strength"),
    "device": Text("网络设备", "Network device"),
    "address": Text("地址", "Address"),
    "made_at": Text("登录时间", "Logged in"),
    "subject": Text("人员", "Person"),
    "session": Text("会话", "Session"),
    "zone": Text("区域", "Zone"),
    "enabled": Text("启用", "Enabled"),
    "to": Text("转给", "Handed to"),
    "documents": Text("查看的证件", "Documents seen"),
    "first_at": Text("首次登录", "First login"),
    "last_at": Text("最近登录", "Last login"),
    "lost_at": Text("挂失时间", "Reported lost"),
    "prefix": Text("地址", "Address"),
    "vendor": Text("厂商", "Vendor"),
    "group": Text("组", "Group"),
    "site": Text("地点", "Site"),
    "position": Text("顺序", "Position"),
    "result": Text("结果", "Result"),
    "role": Text("角色", "Role"),
    "order": Text("命令", "Order"),
    "detail": Text("设备的答复", "The device's answer"),
    "person": Text("人员", "Person"),
    "replaces": Text("替换管理员", "Replaces administrator"),
    "scopes": Text("范围", "Scopes"),
    "format": Text("格式", "Format"),
    "acts": Text("条数", "Acts"),
    "observed": Text("观察", "Observed"),
    "require": Text("要求 Message-Authenticator", "Message-Authenticator required"),
    "limit": Text("限制 Proxy-State", "Proxy-State limited"),
    "seconds": Text("秒", "Seconds"),
    "administrator": Text("管理员编号", "Administrator"),
    "broken": Text("断裂处", "Broken at"),
    "dynauth_port": Text("动态授权端口", "Port for orders"),
    "dynauth_address": Text("动态授权地址", "Address for orders"),
    "approved_by": Text("批准人", "Approved by"),
    "vlan": Text("VLAN", "VLAN"),
    "rate_up": Text("上行速率", "Rate up"),
    "rate_down": Text("下行速率", "Rate down"),
    "session_timeout": Text("会话时限", "Session limit"),
    "hours": Text("时段", "Hours"),
    "right": Text("权限", "Right"),
    "message": Text("提示语", "Message"),
    "reaches": Text("可达区域", "Reaches"),
    "excludes": Text("互斥区域", "Excludes"),
    "codes": Text("恢复码数", "Recovery codes"),
    "head": Text("摘要", "Head"),
    "medium": Text("介质", "Medium"),
    "method": Text("方法", "Method"),
    "device_group": Text("设备组", "Device group"),
    "links": Text("链接数", "Links"),
    "since": Text("从", "Since"),
    "until": Text("至", "Until"),
    "actor": Text("操作者", "Actor"),
    "act": Text("操作", "Act"),
    "token": Text("经由接口令牌", "By API token"),
}
ACTS: dict[str, Text] = {
    "person.add": Text("登记", "Added"),
    "person.change": Text("修改资料", "Changed"),
    "person.rights": Text("调整个人权限", "Rights changed"),
    "person.move": Text("调动", "Moved"),
    "person.release": Text("核验并启用", "Identity verified, released"),
    "person.suspend": Text("停用", "Suspended"),
    "person.resume": Text("恢复", "Resumed"),
    "person.end": Text("离职注销", "Left"),
    "person.preserve": Text("转为存档", "Preserved"),
    "person.password": Text("重置密码", "Password reset"),
    "person.unlock": Text("解除锁定", "Lock cleared"),
    "person.sessions": Text("断开全部会话", "Sessions ended"),
    "person.view": Text("查看资料", "Page viewed"),
    "person.logins.view": Text("查看登录记录", "Logins viewed"),
    "endpoint.view": Text("查看资料", "Page viewed"),
    "document.record": Text("登记证件", "Document recorded"),
    "document.remove": Text("删除证件", "Document removed"),
    "document.reveal": Text("查看证件号码", "Document number seen"),
    "document.hand_over": Text("证件转入新账号", "Document handed over"),
    "factor.enrol": Text("绑定第二验证因素", "Second factor enrolled"),
    "factor.remove": Text("重置第二验证因素", "Second factor reset"),
    "factor.recovery_codes": Text("更换恢复码", "Recovery codes renewed"),
    "factor.recover": Text("使用恢复码", "Recovery code used"),
    "people.import": Text("导入名单", "List imported"),
    "people.export": Text("导出名单", "List exported"),
    "endpoint.add": Text("登记", "Added"),
    "endpoint.change": Text("修改", "Changed"),
    "endpoint.extend": Text("调整有效期", "End date changed"),
    "endpoint.hand_over": Text("更换责任人", "Handed over"),
    "endpoint.retire": Text("注销", "Retired"),
    "endpoint.suspend": Text("因责任人离职停用", "Suspended: nobody answers for it"),
    "unit.add": Text("新增", "Added"),
    "unit.rename": Text("改名", "Renamed"),
    "unit.move": Text("调整上级", "Moved"),
    "unit.remove": Text("撤销", "Removed"),
}
_TIMES = frozenset({
    "valid_from", "valid_until", "enrolled_at", "made_at", "first_at", "last_at", "lost_at", "since", "until",
})  # fmt: skip
_TERMS = {"state": "state", "category": "category", "assurance": "assurance", "strength": "strength"}
_NAMED = frozenset({"unit", "parent", "owner", "to", "subject"})
_LATEST = 7_258_118_400  # seconds since the epoch: what is beyond 2200 is no time of ours
_LONGEST = 200  # characters of one value
NOBODY: Mapping[str, str] = {}


class Difference(NamedTuple):
    """One field of one act; an absent side is None."""

    field: Text
    before: Text | None
    after: Text | None


def differences(
    act: str, before: str | None, after: str | None, zone: ZoneInfo, names: Mapping[str, str] = NOBODY
) -> list[Difference]:
    """Return what an act changed, as its two JSON texts tell (store.record.canonical). Equal fields are left out.

    `names` are those of units by code and of people by subject id, as far as the caller knows them.
    """
    old, new = _read(before), _read(after)
    said = speaker(act.partition(".")[0], zone, names)
    found = []
    for field in [*FIELDS, *sorted((old.keys() | new.keys()) - FIELDS.keys())]:
        was, becomes = said(field, old.get(field)), said(field, new.get(field))
        if was != becomes:
            found.append(Difference(FIELDS.get(field, plain(field)), was, becomes))
    return found


def lines(
    acts: Iterable[ActRow], zone: ZoneInfo, names: Mapping[str, str] = NOBODY
) -> list[tuple[ActRow, Text, list[Difference]]]:
    """Return acts with their names and what they changed, as a page lists them."""
    return [(act, act_named(act.act), differences(act.act, act.before, act.after, zone, names)) for act in acts]


def act_named(act: str) -> Text:
    """Return what was done, the act's own name where it has no words."""
    return ACTS.get(act, plain(act))


def _read(text: str | None) -> dict[str, Any]:
    """Return a state of the record; one that somebody damaged is shown as it stands."""
    try:
        value = json.loads(text) if text else {}
    except ValueError:
        value = text
    return value if isinstance(value, dict) else {"": value}


def speaker(noun: str, zone: ZoneInfo, names: Mapping[str, str]) -> Callable[[str, Any], Text | None]:
    """Return what says the value of a field of a noun's record; `names` as in `differences`."""

    def said(field: str, value: Any) -> Text | None:
        if value is None or value == "":
            return None
        if isinstance(value, bool):
            return Text("是", "yes") if value else Text("否", "no")
        if field in _TIMES and isinstance(value, (int, float)) and 0 <= value < _LATEST:
            return plain(written_time(value, zone))
        if field == "kind":
            return term({"unit": "unit_kind", "endpoint": "endpoint_kind"}.get(noun, ""), value)
        if field == "state" and noun == "endpoint":
            return term("endpoint_state", value)
        if field in _NAMED:
            return plain(names.get(str(value), str(value)))
        if field in _TERMS:
            return term(_TERMS[field], value)
        if field == "documents" and isinstance(value, list):
            return plain(", ".join(str(each.get("masked", "")) for each in value if isinstance(each, dict)))
        text = str(value).replace(",", ", ") if field in ("zones", "scopes") else str(value)
        return plain(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…")

    return said
