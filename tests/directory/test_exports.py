"""Lists of people out of the registry."""

import csv
import io
from collections import Counter
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory import documents, imports, people
from directory.exports import defused, export_rows
from directory.identity_numbers import Kind
from directory.import_columns import Field, guess_mapping
from directory.import_files import read_file
from directory.import_verdicts import Verdict
from store.sealing import Sealer
from tests.directory.test_identity_numbers import made
from tests.support.registry import ACTOR, add_active, build_city

CHINA = timezone(timedelta(hours=8))
SEALER = Sealer({1: bytes(range(32))})


@pytest.fixture
def store(store):
    """A city with people whose fields are of every kind."""
    with store.write() as unit:
        build_city(unit)
        first = add_active(
            unit, "zhangsan", name="张三", category="contract", title="=1+1", telephone="+86 717 1", mail="a@b.cn",
            valid_from=datetime(2026, 1, 1, tzinfo=CHINA).timestamp(),
            valid_until=datetime(2027, 1, 1, tzinfo=CHINA).timestamp(),
            zones=frozenset({"internet", "public"}), session_limit=2,
        )  # fmt: skip
        documents.record(unit, SEALER, ACTOR, first, Kind.RESIDENT, made())
        documents.record(unit, SEALER, ACTOR, first, Kind.HONG_KONG, made(Kind.HONG_KONG))
        second = add_active(unit, "lisi", home="south", name="\U00020bb7野·㐂")
        people.change(unit, ACTOR, second, valid_until=datetime(2026, 5, 1, 10, 30, tzinfo=UTC).timestamp())
        people.end(unit, ACTOR, add_active(unit, "gone", valid_until=253_402_300_799.0))
    return store


def test_a_row_for_each_person(store):
    """Headings, then people by login, numbers masked, of the units that are asked for."""
    with store.read() as session:
        headings, *rows = export_rows(session, {"north-1"}, zone=CHINA)
    assert [row[0] for row in rows] == ["gone", "zhangsan"]
    told = dict(zip(headings, rows[1], strict=True))
    number = made(Kind.HONG_KONG)
    assert told == {
        "登录名": "zhangsan", "姓名": "张三", "单位代码": "north-1", "人员类别": "聘用", "职务": "'=1+1",
        "手机": "'+86 717 1", "邮箱": "a@b.cn", "有效期自": "2026-01-01", "有效期至": "2026-12-31",
        "权限区域": "internet,public", "同时在线上限": "2", "证件类型": "港澳居民居住证（香港）",
        "证件号码": f"810000********{number[-4:]}", "状态": "有效",
    }  # fmt: skip


def test_english(store):
    """The same list in English."""
    with store.read() as session:
        headings, *rows = export_rows(session, None, zone=CHINA, english=True)
    assert all(heading.isascii() for heading in headings)
    told = dict(zip(headings, rows[1], strict=True))
    assert (told["login"], told["state"], told["validuntil"]) == ("lisi", "active", "2026-05-01 18:30:00")
    assert {row[-1] for row in rows} == {"active", "left"}


@pytest.mark.parametrize("english", [False, True])
def test_an_import_takes_it_back(store, english):
    """What was exported, imported again, changes nothing."""
    written = io.StringIO()
    with store.read() as session:
        csv.writer(written).writerows(export_rows(session, None, zone=CHINA, english=english))
    sheet = read_file("a.csv", written.getvalue().encode("utf-8-sig"))
    mapping = guess_mapping(sheet.headings)
    assert set(mapping) == set(Field)
    with store.read() as session:
        plan = imports.plan(session, SEALER, sheet, mapping, None, now=1_760_000_000.0, zone=CHINA)
    assert [(row.flaw, row.column, row.differences) for row in plan.rows if row.verdict is not Verdict.UNCHANGED] == []
    assert plan.counts == Counter({Verdict.UNCHANGED: 3})


@given(st.text(max_size=20))
def test_no_cell_is_worked_out(text):
    """Nothing that leaves begins as a formula does; whatever is defused begins as the text."""
    shown = defused(text)
    assert not shown.lstrip("\t\r\n ").startswith(("=", "+", "-", "@"))
    assert shown in (text, f"'{text}")
