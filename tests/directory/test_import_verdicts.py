"""What would become of each row of a list."""

from datetime import timedelta, timezone

import pytest

from directory import documents, imports, people, units
from directory.identity_numbers import Kind
from directory.import_columns import Field, guess_mapping
from directory.import_files import read_file
from directory.import_verdicts import Difference, Verdict, unit_words
from directory.refusal import Flaw
from store.sealing import Sealer
from tests.directory.test_identity_numbers import NOW, made
from tests.support.registry import ACTOR, add_active, build_city

CHINA = timezone(timedelta(hours=8))
SEALER = Sealer({1: bytes(range(32))})
NUMBER, OTHER, THIRD = made(), made(born="19910101"), made(born="19920101")
MASK = f"659999********{NUMBER[-4:]}"


@pytest.fixture
def store(sqlite_store):
    with sqlite_store.write() as unit:
        build_city(unit)
    return sqlite_store


@pytest.fixture
def judge(store):
    """Judge a list that is written as lines with commas."""

    def judge(text, scope=None, zones=None):
        sheet = read_file("a.csv", text.encode())
        mapping = guess_mapping(sheet.headings)
        with store.read() as session:
            return imports.plan(session, SEALER, sheet, mapping, scope, now=NOW, zone=CHINA, zones=zones).rows

    return judge


@pytest.fixture
def subject(store):
    """A person with an identity card on record."""
    with store.write() as unit:
        subject = add_active(unit, "zhangsan", title="科员", zones=frozenset({"internet"}))
        documents.record(unit, SEALER, ACTOR, subject, Kind.RESIDENT, NUMBER)
    return subject


def test_somebody_new(judge):
    """A row about nobody we know adds a person, and shows the number masked."""
    (row,) = judge(f"登录名,姓名,单位,身份证号\nLiSi,李四,北山社区,{NUMBER}\n")
    assert (row.number, row.verdict, row.login, row.name, row.subject) == (2, Verdict.ADD, "lisi", "李四", None)
    assert row.differences == (
        Difference(Field.LOGIN, None, "lisi"),
        Difference(Field.NAME, None, "李四"),
        Difference(Field.UNIT, None, "north-1"),
        Difference(Field.DOCUMENT, None, MASK),
    )
    assert NUMBER not in repr(row)


def test_somebody_known(judge, subject):
    """By login or by document the same person is meant; what is equal is no difference."""
    assert [row.verdict for row in judge(f"登录名,姓名,身份证号\nZHANGSAN,张三,{NUMBER}\n")] == [Verdict.UNCHANGED]
    assert [row.verdict for row in judge(f"姓名,身份证号\n张三,{NUMBER.lower()}\n")] == [Verdict.UNCHANGED]
    (row,) = judge(f"姓名,职务,手机,身份证号\n张三,,13800000000,{NUMBER}\n")
    assert (row.verdict, row.subject, row.login) == (Verdict.CHANGE, subject, "zhangsan")
    assert row.differences == (Difference(Field.TELEPHONE, None, "13800000000"),), "an empty cell takes nothing away"


@pytest.mark.usefixtures("subject")
def test_a_move_takes_rights_along_only_where_the_list_says_so(judge):
    """What a move takes away is shown before it happens."""
    (row,) = judge("登录名,单位\nzhangsan,南街道\n")
    assert row.differences == (
        Difference(Field.UNIT, "north-1", "south"),
        Difference(Field.ZONES, "internet", ""),
    )
    (row,) = judge("登录名,单位,权限区域\nzhangsan,南街道,互联网\n", zones={"互联网": "internet"})
    assert row.differences == (Difference(Field.UNIT, "north-1", "south"),)


@pytest.mark.usefixtures("subject")
def test_a_corrected_number(judge):
    """Another number of the same kind takes the place of the first; another kind stands beside it."""
    (row,) = judge(f"登录名,身份证号\nzhangsan,{OTHER}\n")
    assert row.differences == (Difference(Field.DOCUMENT, MASK, f"659999********{OTHER[-4:]}"),)
    (row,) = judge("登录名,证件类型,证件号码\nzhangsan,护照,E12345678\n")
    assert row.differences == (Difference(Field.DOCUMENT, None, "E*****678"),)


@pytest.mark.usefixtures("subject")
def test_our_own_mask_is_no_news(judge):
    """What a list of ours shows of a number changes nothing; another mask is no number."""
    assert judge(f"登录名,证件号码\nzhangsan,{MASK}\n")[0].verdict is Verdict.UNCHANGED
    assert judge("登录名,证件号码\nzhangsan,659999********0000\n")[0].flaw is Flaw.DOCUMENT_MALFORMED
    assert judge(f"登录名,姓名,单位,证件号码\nnew,新,yz,{MASK}\n")[0].flaw is Flaw.DOCUMENT_MALFORMED
    assert judge(f"姓名,单位,证件号码\n新,yz,{MASK}\n")[0].flaw is Flaw.PERSON_AMBIGUOUS


def test_logins_are_made_of_pinyin(judge, store):
    """A login that is made is one that nobody has: not in the registry, not in the list, in the order of the rows."""
    with store.write() as unit:
        add_active(unit, "zhangwei")
    numbers = [made(born=f"198001{day:02}") for day in range(1, 7)]
    rows = judge(
        "登录名,姓名,单位,身份证号\n"
        f",张伟,yz,{numbers[0]}\n"
        f",张伟,yz,{numbers[1]}\n"
        f"zhangwei4,张卫,yz,{numbers[2]}\n"
        f",张微,yz,{numbers[3]}\n"
        f",单于,yz,{numbers[4]}\n"
        f",㐂,yz,{numbers[5]}\n"
    )
    assert [row.login for row in rows] == ["zhangwei2", "zhangwei3", "zhangwei4", "zhangwei5", "shanyu", ""]
    assert (rows[-1].flaw, rows[-1].column) == (Flaw.LOGIN_MALFORMED, "login")


@pytest.mark.parametrize(
    ("text", "flaw", "column"),
    [
        ("登录名,姓名,单位\nnew,,yz\n", Flaw.CELL_MISSING, "name"),
        ("登录名,姓名,单位\nnew,新,\n", Flaw.CELL_MISSING, "unit"),
        ("登录名,姓名,身份证号\n,新,\n", Flaw.PERSON_AMBIGUOUS, "login"),
        ("登录名,姓名,单位\nnew,新,无\n", Flaw.UNIT_UNKNOWN, "unit"),
        (f"登录名,姓名,单位,身份证号\nnew,新,yz,{NUMBER}\n", Flaw.DOCUMENT_TAKEN, "document"),
        (f"登录名,身份证号\nlisi,{NUMBER}\n", Flaw.DOCUMENT_TAKEN, "document"),
        ("登录名,有效期自,有效期至\nlisi,2027-01-01,2026-01-01\n", Flaw.TIME_MALFORMED, "valid_until"),
        ("登录名,有效期至\nlisi,2024-01-01\n", Flaw.TIME_MALFORMED, "valid_until"),
        ("登录名,姓名,单位,有效期自,有效期至\nnew,新,yz,2027-01-01,2026-01-01\n", Flaw.TIME_MALFORMED, "valid_until"),
        ("登录名,职务\ngone,科长\n", Flaw.STATE_FORBIDS, "state"),
        ("登录名,权限区域\nlisi,mars\n", Flaw.CHOICE_UNKNOWN, "zones"),
        ("登录名,姓名\nlisi,李四,多余\n", Flaw.CELL_WITHOUT_HEADING, "row"),
    ],
)
@pytest.mark.usefixtures("subject")
def test_rows_that_are_refused(judge, store, text, flaw, column):
    """Each refusal has its reason and its column."""
    with store.write() as unit:
        add_active(unit, "lisi", valid_from=NOW)
        people.end(unit, ACTOR, add_active(unit, "gone"))
    (row,) = judge(text, zones={"internet": "internet"})
    assert (row.verdict, row.flaw, row.column) == (Verdict.REFUSED, flaw, column)
    assert row.subject is None


@pytest.mark.usefixtures("subject")
def test_the_same_person_twice(judge):
    """The second row about a person is refused, whether login or number says that it is the same."""
    rows = judge(
        f"登录名,姓名,单位,身份证号\nzhangsan,张三,,\n,张三,,{NUMBER}\n,新,yz,{OTHER}\nb,新,yz,{OTHER}\nb,新,yz,{THIRD}\n"
    )
    assert [row.flaw for row in rows] == [None, Flaw.ROW_TWICE, None, Flaw.ROW_TWICE, Flaw.ROW_TWICE]
    assert [row.column for row in rows if row.flaw] == ["document", "document", "login"]


@pytest.mark.usefixtures("subject")
def test_scope(judge):
    """A unit's administrator adds and changes own people only, and moves nobody away."""
    north, south = {"north", "north-1"}, {"south"}
    text = "登录名,职务\nzhangsan,科长\n"
    assert judge(text, scope=north)[0].verdict is Verdict.CHANGE
    (row,) = judge(text, scope=south)
    assert (row.flaw, row.column, row.subject) == (Flaw.UNIT_OUT_OF_SCOPE, "login", None)
    for text in ("登录名,单位\nzhangsan,南街道\n", "登录名,姓名,单位\nnew,新,南街道\n"):
        (row,) = judge(text, scope=north)
        assert (row.flaw, row.column) == (Flaw.UNIT_OUT_OF_SCOPE, "unit")
    assert judge(f"姓名,身份证号\n张三,{NUMBER}\n", scope=south)[0].column == "document"
    assert judge(text, scope=set())[0].flaw is Flaw.UNIT_OUT_OF_SCOPE


def test_whoever_left_comes_back_under_a_new_login(judge, store, subject):
    """A leaver's number goes over to a new account; without a new login the leaver is meant, who cannot change."""
    with store.write() as unit:
        people.end(unit, ACTOR, subject)
    (row,) = judge(f"登录名,姓名,单位,身份证号\nzhangsan2,张三,yz,{NUMBER}\n")
    assert (row.verdict, row.takes_over) == (Verdict.ADD, True)
    assert judge(f"姓名,职务,身份证号\n张三,科长,{NUMBER}\n")[0].flaw is Flaw.STATE_FORBIDS
    assert judge(f"姓名,职务,身份证号\n张三,科员,{NUMBER}\n")[0].verdict is Verdict.UNCHANGED


def test_words_for_units(store):
    """A unit is called by code, by name where only one has it, and by names from above; own units come first."""
    with store.write() as unit:
        units.add(unit, ACTOR, code="office-n", name="综合办", kind="department", parent="north")
        units.add(unit, ACTOR, code="office-s", name="综合办", kind="department", parent="south")
    with store.read() as session:
        words = unit_words(session, None)
        assert words["north-1"] == words["北山社区"] == words["北山镇/北山社区"] == {"north-1"}
        assert words["综合办"] == {"office-n", "office-s"}
        assert words["南街道/综合办"] == words["宜州市/南街道/综合办"] == {"office-s"}
        assert unit_words(session, {"south", "office-s"})["综合办"] == {"office-s"}
        assert unit_words(session, {"court"})["综合办"] == {"office-n", "office-s"}


def test_refused_rows_show_no_number(judge):
    """A number in the wrong column is masked where the row is shown."""
    (row,) = judge(f"登录名,姓名,单位\n{NUMBER}=,张{NUMBER},yz\n")
    assert row.verdict is Verdict.REFUSED
    assert NUMBER not in repr(row)
