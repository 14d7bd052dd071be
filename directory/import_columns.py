"""Lists of people: which column is what, and what a cell means. Pure."""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import MAXYEAR, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Any

from directory import identity_numbers, spelling
from directory.identity_numbers import Kind, Number
from directory.import_files import Row
from directory.refusal import Flaw, RegistryRefused


class Field(StrEnum):
    """What a column can be."""

    LOGIN = "login"
    NAME = "name"
    UNIT = "unit"
    CATEGORY = "category"
    TITLE = "title"
    TELEPHONE = "telephone"
    MAIL = "mail"
    VALID_FROM = "valid_from"
    VALID_UNTIL = "valid_until"
    ZONES = "zones"
    SESSION_LIMIT = "session_limit"
    DOCUMENT_KIND = "document_kind"
    DOCUMENT = "document"


# What a heading may say, in the spelling of `_plain`. The first is what our own lists say in Chinese, the second in
# English.
HEADINGS: dict[Field, tuple[str, ...]] = {
    Field.LOGIN: (
        "登录名",
        "login",
        "账号",
        "帐号",
        "登录账号",
        "用户名",
        "工号",
        "account",
        "username",
        "user",
        "loginname",
        "uid",
    ),
    Field.NAME: ("姓名", "name", "真实姓名", "人员姓名", "名字", "realname", "fullname"),
    Field.UNIT: (
        *(
            "单位代码",
            "unitcode",
            "单位",
            "部门",
            "所属单位",
            "所属部门",
            "工作单位",
            "所在单位",
            "部门代码",
            "机构",
            "科室",
        ),
        *("unit", "department", "organisation", "organization", "dept"),
    ),
    Field.CATEGORY: ("人员类别", "category", "类别", "人员类型", "用工性质", "人员性质", "编制", "employment"),
    Field.TITLE: ("职务", "title", "岗位", "职位", "职称", "post", "position", "jobtitle"),
    Field.TELEPHONE: (
        "手机",
        "telephone",
        "电话",
        "手机号",
        "手机号码",
        "联系电话",
        "联系方式",
        "电话号码",
        "phone",
        "mobile",
        "tel",
    ),
    Field.MAIL: ("邮箱", "mail", "电子邮箱", "电子邮件", "邮件", "email", "mailaddress", "emailaddress"),
    Field.VALID_FROM: ("有效期自", "validfrom", "生效日期", "生效时间", "开始日期", "启用日期", "begins", "startdate"),
    Field.VALID_UNTIL: (
        *("有效期至", "validuntil", "有效期", "到期日期", "到期时间", "失效日期", "截止日期", "合同到期"),
        *("expires", "expiry", "enddate"),
    ),
    Field.ZONES: ("权限区域", "rights", "权限", "区域", "个人权限", "上网权限", "zones", "zone"),
    Field.SESSION_LIMIT: ("同时在线上限", "sessionlimit", "在线上限", "终端数", "会话上限", "sessions"),
    Field.DOCUMENT_KIND: ("证件类型", "documentkind", "证件种类", "证件类别", "documenttype", "idtype"),
    Field.DOCUMENT: (
        *("证件号码", "documentnumber", "身份证号", "身份证号码", "身份证", "公民身份号码", "证件号", "document"),
        *("idnumber", "idcard", "identitynumber"),
    ),
}
CATEGORIES: dict[str, tuple[str, ...]] = {
    "staff": ("在编", "编内", "正式", "正式人员", "在编人员", "公务员", "事业编"),
    "contract": ("聘用", "合同", "合同制", "编外", "聘用人员", "合同工", "劳务派遣"),
    "vendor": ("外包", "供应商", "厂商", "外包人员", "驻场"),
    "visitor": ("访客", "临时", "临时人员"),
    "seconded": ("借调", "挂职", "借用"),
    "retired": ("退休", "离退休"),
}
_DOCUMENTS: dict[Kind, tuple[str, ...]] = {
    Kind.RESIDENT: ("居民身份证", "身份证", "二代身份证", "idcard"),
    Kind.FOREIGNER: ("外国人永久居留身份证", "永久居留证", "永居证", "五星卡"),
    Kind.TAIWAN: ("台湾居民居住证",),
    Kind.PASSPORT: ("护照", "普通护照", "外国护照"),
}
# These say that the number is a permit's; of which kind, only the number says.
_PERMITS = frozenset({"港澳居民居住证", "港澳台居民居住证", "居住证"})
_NOT_PLAIN = re.compile(r"[\s*:_/-]|\([^)]*\)|\[[^\]]*\]")
_BETWEEN = re.compile(r"[\s,，、;；/]+")
_DAY = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?")
_SHORT_DAY = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?")
_WITHOUT_END = frozenset({"长期", "永久", "长期有效", "none", "never"})


@dataclass(frozen=True, slots=True)
class Terms:
    """What the cells of one list may say."""

    units: Mapping[str, Collection[str]]  # codes by code, by name, and by names with those above: 北山镇/北山社区
    zones: Mapping[str, str] | None  # codes by code and by name; None: any code
    zone: tzinfo  # of dates
    now: float  # seconds since the epoch


@dataclass(frozen=True, slots=True)
class Told:
    """What a row says, each value in its one spelling. Empty cells say nothing, and change nothing."""

    values: Mapping[Field, Any] = field(default_factory=dict)
    number: Number | None = None
    mask: str = ""  # a number as our own lists show it: no news


def guess_mapping(headings: Sequence[str]) -> dict[Field, int]:
    """Return which column (from 0) seems to be what; each at most once, the first of several."""
    found: dict[Field, int] = {}
    for at, heading in enumerate(headings):
        plain = _plain(heading)
        for each, names in HEADINGS.items():
            if plain in names:
                found.setdefault(each, at)
    return found


def check_mapping(mapping: Mapping[Field, int], headings: Sequence[str]) -> None:
    """Raise RegistryRefused for a mapping with which nobody can be told apart, or that is not of these headings."""
    columns = list(mapping.values())
    fits = all(0 <= at < len(headings) for at in columns) and len(set(columns)) == len(columns)
    if not fits or not mapping.keys() & {Field.LOGIN, Field.DOCUMENT}:
        raise RegistryRefused(Flaw.COLUMN_MISSING, "columns")


def _plain(text: str) -> str:
    return _NOT_PLAIN.sub("", unicodedata.normalize("NFKC", text).casefold())


def read_row(
    row: Row, mapping: Mapping[Field, int], terms: Terms, flawed: Mapping[tuple[int, int], Flaw], width: int
) -> Told:
    """Return what a row says; `width` is the number of headings. Raises RegistryRefused, whose field is the column."""
    if any(row.cells[width:]):
        raise RegistryRefused(Flaw.CELL_WITHOUT_HEADING, "row")
    cells: dict[Field, str] = {}
    for each, at in mapping.items():
        if at < len(row.cells) and row.cells[at]:
            if (row.number, at) in flawed:
                raise RegistryRefused(flawed[row.number, at], each.value)
            cells[each] = row.cells[at]
    kind_text, number_text = cells.pop(Field.DOCUMENT_KIND, ""), cells.pop(Field.DOCUMENT, "")
    values: dict[Field, Any] = {}
    for each, text in cells.items():
        try:
            values[each] = _value(each, text, terms)
        except RegistryRefused as refused:
            raise RegistryRefused(refused.flaw, each.value) from None
    if "*" in number_text:
        return Told(values, mask=number_text)
    return Told(values, _number(number_text, kind_text, terms.now) if number_text else None)


def _value(each: Field, text: str, terms: Terms) -> Any:
    match each:
        case Field.LOGIN:
            return spelling.login(text)
        case Field.NAME:
            return spelling.name(text)
        case Field.UNIT:
            return _unit(text, terms)
        case Field.CATEGORY:
            said = _plain(text)
            known = next((code for code, names in CATEGORIES.items() if said in names), said)
            return spelling.choice(known, spelling.CATEGORIES, each.value)
        case Field.TITLE:
            return spelling.name(text, each.value)
        case Field.TELEPHONE:
            return spelling.telephone(text)
        case Field.MAIL:
            return spelling.mail(text)
        case Field.VALID_FROM | Field.VALID_UNTIL:
            return _moment(text, terms.zone, end=each is Field.VALID_UNTIL)
        case Field.ZONES:
            return spelling.zones(_zone(said, terms) for said in _BETWEEN.split(text) if said)
        case Field.SESSION_LIMIT:
            if not re.fullmatch(r"[0-9]{1,6}", text):
                raise RegistryRefused(Flaw.NUMBER_OUT_OF_RANGE, each.value)
            return spelling.session_limit(int(text))
    raise AssertionError(each)  # a document is made of two cells


def _unit(text: str, terms: Terms) -> str:
    codes = terms.units.get(text) or terms.units.get(unicodedata.normalize("NFC", text).replace(" ", ""), ())
    if not codes:
        raise RegistryRefused(Flaw.UNIT_UNKNOWN, "unit")
    if len(codes) > 1:
        raise RegistryRefused(Flaw.UNIT_AMBIGUOUS, "unit")
    (code,) = codes
    return code


def _zone(text: str, terms: Terms) -> str:
    if terms.zones is None:
        return text
    if text not in terms.zones:
        raise RegistryRefused(Flaw.CHOICE_UNKNOWN, "zones")
    return terms.zones[text]


def _moment(text: str, zone: tzinfo, *, end: bool) -> float | None:
    """Return the moment that a cell means; a day alone is its first moment, or as an end the first one after it."""
    if _plain(text) in _WITHOUT_END:
        return None
    day_text, _, clock_text = unicodedata.normalize("NFKC", text).replace("T", " ").strip().partition(" ")
    day = _DAY.fullmatch(day_text) or _SHORT_DAY.fullmatch(day_text)
    clock = _CLOCK.fullmatch(clock_text.strip())
    if day is None or (clock_text and clock is None):
        raise RegistryRefused(Flaw.TIME_MALFORMED, "time")
    if end and int(day[1]) == MAXYEAR:  # how people write that there is no end
        return None
    try:
        moment = datetime(int(day[1]), int(day[2]), int(day[3]), tzinfo=zone)
        if clock is not None:
            moment = moment.replace(hour=int(clock[1]), minute=int(clock[2]), second=int(clock[3] or 0))
        elif end:
            moment += timedelta(days=1)
        return spelling.instant(moment.timestamp(), "time")
    except (ValueError, OverflowError):
        raise RegistryRefused(Flaw.TIME_MALFORMED, "time") from None


def _number(text: str, kind_text: str, now: float) -> Number:
    said = _plain(kind_text)
    likely = identity_numbers.kind_of(text)
    kind = likely if not said or said in _PERMITS else _kind(said)
    if kind is None:
        # Without a kind only eighteen characters say what they are.
        raise RegistryRefused(Flaw.DOCUMENT_MALFORMED, Field.DOCUMENT.value)
    try:
        return Number(kind, identity_numbers.checked(kind, text, now))
    except RegistryRefused as refused:
        raise RegistryRefused(refused.flaw, Field.DOCUMENT.value) from None


def _kind(said: str) -> Kind:
    for kind in Kind:
        if said in {_plain(kind.value), _plain(kind.english), *_DOCUMENTS.get(kind, ())}:
            return kind
    raise RegistryRefused(Flaw.CHOICE_UNKNOWN, Field.DOCUMENT_KIND.value)
