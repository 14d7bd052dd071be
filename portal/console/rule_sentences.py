"""Rules as sentences in both languages: who, where, how and when → into which zone. Pure."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from access.rulebook import REFUSE, Rule
from portal.console.conditions import hours
from portal.console.rule_words import CATEGORIES, MEDIA, REFUSED, STRENGTHS
from portal.console.terms import term
from portal.language import Text, plain

_MOST = 6  # names of one condition that a sentence says


class Names(NamedTuple):
    """What codes stand for; one that is not there is said as it is."""

    zones: Mapping[str, str]
    units: Mapping[str, str]
    people: Mapping[str, str]


def sentence(rule: Rule, names: Names) -> Text:
    """Return a rule in one sentence."""
    conditions = [part for part in (*_where(rule), *_how(rule)) if part is not None]
    chinese = "，".join([_who(rule, names).chinese, *(part.chinese for part in conditions)])
    english = ", ".join([_who(rule, names).english, *(part.english for part in conditions)])
    result = result_name(rule.result, names)
    return Text(f"{chinese} → {result.chinese}", f"{english[:1].upper()}{english[1:]} → {result.english}")


def result_name(result: str | None, names: Names) -> Text:
    """Return where a rule, or a login, leads: the name of the zone, or refused."""
    return REFUSED if result in (REFUSE, None) else plain(names.zones.get(result or "", result or ""))


def _who(rule: Rule, names: Names) -> Text:
    if rule.person:
        who = _listed(plain(names.people.get(one, one)) for one in sorted(rule.person))
    elif rule.category:
        who = _listed(CATEGORIES[one] for one in CATEGORIES if one in rule.category)
    else:
        who = Text("所有实名人员", "everybody with a verified name")
    if rule.unit:
        units = _listed(plain(names.units.get(one, one)) for one in sorted(rule.unit))
        who = Text(f"{units.chinese}（含下级）的{who.chinese}", f"{who.english} of {units.english} and below")
    if rule.right:
        rights = _listed(plain(names.zones.get(one, one)) for one in sorted(rule.right))
        who = Text(f"{who.chinese}，持有“{rights.chinese}”权限", f"{who.english} with the right to {rights.english}")
    return who


def _where(rule: Rule) -> Iterable[Text | None]:
    if rule.medium:
        media = _listed(MEDIA[one.value] for one in sorted(rule.medium))
        yield Text(f"在{media.chinese}", f"on {media.english}")
    if rule.ssid:
        yield _said("无线网络“{names}”", "SSID {names}", rule.ssid)
    if rule.device_group:
        yield _said("经设备组“{names}”", "through devices of group {names}", rule.device_group)
    if rule.site:
        yield _said("在地点“{names}”", "at {names}", rule.site)


def _how(rule: Rule) -> Iterable[Text | None]:
    if rule.method:
        methods = _listed(_within(term("method", one.value)) for one in sorted(rule.method))
        yield Text(f"以{methods.chinese}登录", f"logged in by {methods.english}")
    if rule.strength:
        yield STRENGTHS[rule.strength] if rule.strength != 1 else Text("至少密码认证", "with at least a password")
    if rule.hours is not None:
        yield hours(rule.hours.text)


def _within(words: Text) -> Text:
    """Return words as they stand inside a sentence."""
    return Text(words.chinese, words.english[:1].lower() + words.english[1:])


def _said(chinese: str, english: str, names: Iterable[str]) -> Text:
    listed = _listed(plain(name) for name in sorted(names))
    return Text(chinese, english).fill(names=listed)


def _listed(names: Iterable[Text]) -> Text:
    told = list(names)
    more = len(told) - _MOST
    chinese, english = "、".join(one.chinese for one in told[:_MOST]), ", ".join(one.english for one in told[:_MOST])
    return Text(f"{chinese} 等 {len(told)} 个", f"{english} and {more} more") if more > 0 else Text(chinese, english)
