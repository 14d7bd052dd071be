"""The conditions of rules as people read them: what was asked for, and what was there instead. Pure.

A trace names a condition and what would have passed, as data of the rule (access.decision.Step). Codes become names
here: of units, zones, people, categories, methods.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from portal.console.terms import term
from portal.language import Text, plain

NAMES: dict[str, Text] = {
    "person": Text("人员", "Person"),
    "category": Text("类别", "Category"),
    "right": Text("个人权限", "Personal right"),
    "unit": Text("单位", "Unit"),
    "device_group": Text("设备组", "Device group"),
    "site": Text("地点", "Site"),
    "medium": Text("接入介质", "Medium"),
    "ssid": Text("无线网络名", "SSID"),
    "method": Text("认证方法", "Method"),
    "strength": Text("认证强度", "Strength of the proof"),
    "hours": Text("时间", "Time"),
    "valid_until": Text("例外的截止时间", "End of the exception"),
}
# What a person of the registry, a registered endpoint and everything else is, where a rule asks for a category.
ENDPOINT = Text("已登记的终端设备", "a registered endpoint")
UNKNOWN = Text("未登记的设备", "an unregistered device")
KNOWN_PERSON = Text("已登记的人员", "a registered person")
_STRENGTHS = {"password": "1", "strong": "2"}
_MORE = re.compile(r"(?P<names>.*) and (?P<count>[0-9]+) more")
_BEFORE = re.compile(r"before (?P<at>[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})Z")
_DAYS = {
    "mon": "周一", "tue": "周二", "wed": "周三", "thu": "周四", "fri": "周五", "sat": "周六", "sun": "周日",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """Names of today by their codes."""

    units: Mapping[str, str] = field(default_factory=dict)
    zones: Mapping[str, str] = field(default_factory=dict)
    people: Mapping[str, str] = field(default_factory=dict)


def name_of(condition: str) -> Text:
    """Return the words for a condition of a rule."""
    return NAMES.get(condition, plain(condition))


def wanted(condition: str, told: str | None, names: Directory, written: Callable[[float], str]) -> Text:
    """Return what would have passed, in words; `written` writes a time of seconds since the epoch."""
    text = told or ""
    ended = _BEFORE.fullmatch(text)
    if ended is not None:
        at = written(datetime.fromisoformat(ended["at"]).replace(tzinfo=UTC).timestamp())
        return Text("在 {at} 之前", "before {at}").fill(at=at)
    if condition == "hours":
        return hours(text)
    if condition == "strength":
        return Text("至少为 {what}", "at least: {what}").fill(what=term("strength", _STRENGTHS.get(text, text)))
    if condition == "category" and text == "a known person":
        return KNOWN_PERSON
    more = _MORE.fullmatch(text)
    each = [_one(condition, code.strip(), names) for code in (more["names"] if more else text).split(",")]
    said = Text("、".join(one.chinese for one in each), " or ".join(one.english for one in each))
    if condition == "unit":
        said = Text("{said}及其下级", "{said}, or below").fill(said=said)
    if more is not None:
        said = Text("{said}等，另有 {n} 项", "{said}, or {n} more").fill(said=said, n=more["count"])
    return said


def _one(condition: str, code: str, names: Directory) -> Text:
    if condition == "category":
        return {"endpoint": ENDPOINT, "unknown": UNKNOWN}.get(code) or term("category", code)
    if condition in ("method", "medium"):
        return term(condition, code)
    tables = {"unit": names.units, "right": names.zones, "person": names.people}
    return plain(tables.get(condition, {}).get(code, code))


def hours(text: str) -> Text:
    """Return the hours of a rule ("mon-fri 08:00-18:00") in both languages."""
    chinese = re.sub(r"[a-z]{3}", lambda day: _DAYS.get(day[0], day[0]), text.lower())
    chinese = re.sub(r"(周.)-(周.)", r"\1至\2", chinese)
    return Text(chinese.replace("; ", "；").replace(";", "；"), text)
