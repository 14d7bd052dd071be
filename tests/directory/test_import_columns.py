"""Which column is what, and what a cell means."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from directory.identity_numbers import Kind
from directory.import_columns import CATEGORIES, HEADINGS, Field, Terms, check_mapping, guess_mapping, read_row
from directory.import_files import Row
from directory.refusal import Flaw, RegistryRefused
from directory.spelling import CATEGORIES as KNOWN_CATEGORIES
from tests.directory.test_identity_numbers import NOW, made

CHINA = timezone(timedelta(hours=8))
UNITS = {"north-1": ["north-1"], "北山社区": ["north-1"], "综合办": ["a", "b"], "北山镇/综合办": ["b"]}
TERMS = Terms(UNITS, {"internet": "internet", "互联网": "internet", "public": "public"}, CHINA, NOW)
ALL = {field: at for at, field in enumerate(Field)}


def told(**cells):
    """What a row says that has these cells."""
    row = Row(2, tuple(cells.get(field.value, "") for field in Field))
    return read_row(row, ALL, TERMS, {}, len(Field))


def refused(flaw, field):
    return pytest.raises(RegistryRefused, match=f"{flaw.code} {field}:")


def test_no_heading_means_two_things():
    """Each word is in one list, in the spelling in which headings are compared; each list has both languages."""
    words = [word for names in HEADINGS.values() for word in names]
    assert len(set(words)) == len(words)
    assert set(HEADINGS) == set(Field)
    assert set(CATEGORIES) == set(KNOWN_CATEGORIES)
    for word in words:
        assert guess_mapping([word]), word
    for names in HEADINGS.values():
        assert not names[0].isascii()
        assert names[1].isascii()


@pytest.mark.parametrize(
    ("headings", "wanted"),
    [
        (["序号", "姓 名", "所属部门", "身份证号"], {Field.NAME: 1, Field.UNIT: 2, Field.DOCUMENT: 3}),
        (["*登录名（必填）", "姓名：", "E-mail"], {Field.LOGIN: 0, Field.NAME: 1, Field.MAIL: 2}),
        (["User Name", "Dept", "Valid until"], {Field.LOGIN: 0, Field.UNIT: 1, Field.VALID_UNTIL: 2}),
        (["手机", "办公电话", "联系电话"], {Field.TELEPHONE: 0}),
        (["", "状态", "备注"], {}),
    ],
)
def test_headings_are_guessed(headings, wanted):
    """What people write above columns is understood; what is unknown is left alone."""
    assert guess_mapping(headings) == wanted


@pytest.mark.parametrize(
    "mapping",
    [{}, {Field.NAME: 0}, {Field.LOGIN: 3}, {Field.LOGIN: -1}, {Field.LOGIN: 0, Field.NAME: 0}],
)
def test_mappings_that_tell_nobody_apart(mapping):
    """A list needs login or number, and each column is one thing."""
    with refused(Flaw.COLUMN_MISSING, "columns"):
        check_mapping(mapping, ["a", "b"])
    check_mapping({Field.DOCUMENT: 1, Field.NAME: 0}, ["a", "b"])


def test_a_whole_row():
    """Each cell comes in its one spelling."""
    number = made()
    said = told(
        login=" ZhangSan ", name="张三", unit="北山社区", category="编外", title="科员", telephone="13800000000",
        mail="a@example.cn", valid_from="2026年1月1日", valid_until="2026/12/31", zones="互联网、public",
        session_limit="3", document_kind="身份证", document=number.lower(),
    )  # fmt: skip
    assert said.values == {
        Field.LOGIN: "zhangsan",
        Field.NAME: "张三",
        Field.UNIT: "north-1",
        Field.CATEGORY: "contract",
        Field.TITLE: "科员",
        Field.TELEPHONE: "13800000000",
        Field.MAIL: "a@example.cn",
        Field.VALID_FROM: datetime(2026, 1, 1, tzinfo=CHINA).timestamp(),
        Field.VALID_UNTIL: datetime(2027, 1, 1, tzinfo=CHINA).timestamp(),
        Field.ZONES: "internet,public",
        Field.SESSION_LIMIT: 3,
    }
    assert said.number == (Kind.RESIDENT, number)
    assert number not in repr(said)


def test_empty_cells_say_nothing():
    """An empty cell takes no value away."""
    assert told(login="a") == told(login="a", title="", mail="")
    assert dict(told(login="a").values) == {Field.LOGIN: "a"}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2026-12-31", datetime(2027, 1, 1, tzinfo=CHINA)),
        ("20261231", datetime(2027, 1, 1, tzinfo=CHINA)),
        ("2026.1.5", datetime(2026, 1, 6, tzinfo=CHINA)),
        ("2026-12-31 18:00", datetime(2026, 12, 31, 10, tzinfo=UTC)),
        ("2026-12-31T18:00:30", datetime(2026, 12, 31, 10, 0, 30, tzinfo=UTC)),
        ("长期", None),
        ("9999-12-31", None),
    ],
)
def test_days_and_times(text, wanted):
    """A day as the end is the whole day; times are those of the place."""
    assert told(login="a", valid_until=text).values[Field.VALID_UNTIL] == (wanted and wanted.timestamp())


@pytest.mark.parametrize(
    ("cells", "flaw", "field"),
    [
        ({"login": "a b"}, Flaw.LOGIN_MALFORMED, "login"),
        ({"name": "a\u202eb"}, Flaw.NAME_MALFORMED, "name"),
        ({"unit": "无此单位"}, Flaw.UNIT_UNKNOWN, "unit"),
        ({"unit": "综合办"}, Flaw.UNIT_AMBIGUOUS, "unit"),
        ({"category": "领导"}, Flaw.CHOICE_UNKNOWN, "category"),
        ({"title": "\ue000"}, Flaw.NAME_MALFORMED, "title"),
        ({"telephone": "无"}, Flaw.TELEPHONE_MALFORMED, "telephone"),
        ({"mail": "a"}, Flaw.MAIL_MALFORMED, "mail"),
        ({"valid_until": "2026-02-30"}, Flaw.TIME_MALFORMED, "valid_until"),
        ({"valid_until": "1969-01-01"}, Flaw.TIME_MALFORMED, "valid_until"),
        ({"valid_from": "明天"}, Flaw.TIME_MALFORMED, "valid_from"),
        ({"valid_from": "2026-01-01 25:00"}, Flaw.TIME_MALFORMED, "valid_from"),
        ({"valid_from": "2026-01-01 noon"}, Flaw.TIME_MALFORMED, "valid_from"),
        ({"zones": "internet,mars"}, Flaw.CHOICE_UNKNOWN, "zones"),
        ({"session_limit": "0"}, Flaw.NUMBER_OUT_OF_RANGE, "session_limit"),
        ({"session_limit": "二"}, Flaw.NUMBER_OUT_OF_RANGE, "session_limit"),
        ({"document": "659999900228000"}, Flaw.DOCUMENT_OLD, "document"),
        ({"document": "E12345678"}, Flaw.DOCUMENT_MALFORMED, "document"),
        ({"document": "E12345678", "document_kind": "驾照"}, Flaw.CHOICE_UNKNOWN, "document_kind"),
        ({"document": made(Kind.MACAO), "document_kind": "身份证"}, Flaw.DOCUMENT_REGION, "document"),
    ],
)
def test_cells_that_are_refused(cells, flaw, field):
    """A refusal names the column, and not what was in it."""
    with refused(flaw, field) as caught:
        told(**{"login": "a"} | cells)
    assert not any(text in str(caught.value) for text in cells.values() if len(text) > 4)


@pytest.mark.parametrize(
    ("kind_text", "number", "kind"),
    [
        ("", made(), Kind.RESIDENT),
        ("", made(Kind.TAIWAN), Kind.TAIWAN),
        ("港澳居民居住证", made(Kind.MACAO), Kind.MACAO),
        ("港澳居民居住证（香港）", made(Kind.HONG_KONG), Kind.HONG_KONG),
        ("护 照", "e12345678", Kind.PASSPORT),
        ("passport", "e12345678", Kind.PASSPORT),
        ("Foreign permanent resident identity card", made(Kind.FOREIGNER), Kind.FOREIGNER),
    ],
)
def test_kinds_of_document(kind_text, number, kind):
    """Without a kind the number tells, where only one kind has its like; a permit's number always does."""
    assert told(login="a", document_kind=kind_text, document=number).number == (kind, number.upper())


@pytest.mark.parametrize("kind", list(Kind))
def test_our_own_names_of_kinds_are_understood(kind):
    """What a list of ours says, an import understands."""
    number = "E12345678" if kind is Kind.PASSPORT else made(kind)
    for text in (kind.chinese, kind.english, kind.value):
        assert told(login="a", document_kind=text, document=number).number == (kind, number)


def test_a_masked_number_is_no_number():
    """What a list of ours shows of a number says nothing new."""
    said = told(login="a", document="659999********0009")
    assert (said.number, said.mask) == (None, "659999********0009")


def test_cells_that_cannot_be_trusted():
    """A marked cell is refused where its column is used; content without a heading is refused."""
    row = Row(7, ("a", "=", "x"))
    mapping = {Field.LOGIN: 0, Field.NAME: 1}
    with refused(Flaw.CELL_IS_FORMULA, "name"):
        read_row(row, mapping, TERMS, {(7, 1): Flaw.CELL_IS_FORMULA}, 3)
    assert read_row(row, {Field.LOGIN: 0}, TERMS, {(7, 1): Flaw.CELL_IS_FORMULA}, 3).values == {Field.LOGIN: "a"}
    with refused(Flaw.CELL_WITHOUT_HEADING, "row"):
        read_row(row, mapping, TERMS, {}, 2)


@given(st.dictionaries(st.sampled_from([field.value for field in Field]), st.text(max_size=30)))
@settings(max_examples=400, deadline=None)
def test_any_cells(cells):
    """Whatever cells hold is told or refused."""
    try:
        said = told(**cells)
    except RegistryRefused:
        return
    assert Field.DOCUMENT not in said.values
    assert all(value != "" or field is Field.ZONES for field, value in said.values.items())
