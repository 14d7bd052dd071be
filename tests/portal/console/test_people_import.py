"""A list comes in: read, tried, confirmed, written as a whole."""

import time

import pytest
from sqlalchemy import update

from directory import people
from portal.console.roles import Role
from portal.tables import AdministratorRow, WebSessionRow
from tests.support.doors import PASSWORD, acts_about, person_of

GOOD = "姓名,登录名,单位代码,电话\n赵一曼,zym,court,0838-1\n李婷,liting,court,0838-2\n张伟,zhangwei,finance,\n"


def upload(one, text, name="名单.csv", encoding="utf-8"):
    """Upload a file; return where the way leads."""
    answer = one.post("/people/import", files={"file": (name, text.encode(encoding))})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def finished(one, at):
    """Return the page of the progress once nothing is under way."""
    for _ in range(500):
        page = one.get(f"{at}/progress").text
        if "hx-trigger" not in page.partition('id="progress"')[2]:
            return page
        time.sleep(0.02)
    raise AssertionError("still under way")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_trial_says_what_happens_to_each_row_and_writes_nothing(knowledge, clerk, encoding):
    """Added, changed with before and after, unchanged."""
    one = clerk(Role.SYSTEM)
    at = upload(one, GOOD, encoding=encoding)
    page = one.get(at).text
    assert "确认，写入 2 行" in page
    for words in ("赵一曼", "0838-2", "不变"):
        assert words in page
    with knowledge.store.read() as session:
        assert people.search(session, text="zym") == []


def test_all_of_it_is_written_once(knowledge, clerk):
    """The counts are shown; the same file again changes nothing."""
    one = clerk(Role.SYSTEM)
    at = upload(one, GOOD)
    assert "还没有开始" in one.get(f"{at}/progress").text
    assert one.post(f"{at}/carry-out", {"assurance": "2"}).headers["location"] == f"{at}/progress"
    assert "新增 1 人，更改 1 人" in finished(one, at)
    row = person_of(knowledge, "zym")
    assert (row.state, row.unit, row.assurance) == ("active", "court", 2)
    assert person_of(knowledge, "liting").telephone == "0838-2"
    assert one.post(f"{at}/carry-out").status_code == 303  # a second click does nothing
    assert one.get(at).headers["location"] == f"{at}/progress"
    assert "没有需要写入的" in one.get(upload(one, GOOD)).text
    part = one.get(f"{at}/progress", headers={"hx-request": "true"})
    assert part.status_code == 404  # the next upload took its place


def test_one_wrong_row_refuses_the_list(clerk):
    """The row, the column, the reason; nothing can be confirmed."""
    one = clerk(Role.SYSTEM)
    at = upload(one, GOOD + "钱二,q,nowhere,\n")
    page = one.get(at).text
    assert "RG-202" in page
    assert "有 1 行有误" in page
    assert "赵一曼" not in page
    assert "赵一曼" in one.get(f"{at}?verdict=all").text
    assert "赵一曼" in one.get(f"{at}?verdict=add").text
    assert one.post(f"{at}/carry-out").status_code == 400


def test_columns_are_corrected(clerk):
    """Where a heading was not recognised, or wrongly."""
    one = clerk(Role.SYSTEM)
    at = upload(one, "甲,乙,丙\n赵一曼,zym,court\n")
    assert "确认" not in one.get(at).text
    told = {"column-name": "0", "column-login": "1", "column-unit": "2", "column-mail": "99", "column-title": "x"}
    assert one.post(f"{at}/columns", told).headers["location"] == at
    assert "确认" not in one.get(at).text  # there is no column 99
    del told["column-mail"]
    one.post(f"{at}/columns", told)
    assert "确认，写入 1 行" in one.get(at).text


@pytest.mark.parametrize(
    ("name", "octets", "words"),
    [
        ("a.doc", b"x", "RG-"),
        ("a.csv", b"", "没有数据"),
        ("a.csv", b"a,b\n\xff\xff,1\n", "行"),
        ("a.xlsx", b"PK\x03\x04junk", "RG-"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(clerk, name, octets, words):
    """Beside the field, with the row where there is one."""
    answer = clerk(Role.SYSTEM).post("/people/import", files={"file": (name, octets)})
    assert answer.status_code == 400
    assert words.replace("RG-", "文件") in answer.text
    assert clerk(Role.UNIT, "court").post("/people/import").status_code == 400


def test_a_units_administrator_imports_into_the_own_units_only(knowledge, clerk):
    """A foreign unit, and a person who is not theirs, refuse the row."""
    one = clerk(Role.UNIT, "court")
    page = one.get(upload(one, GOOD)).text
    assert "有 1 行有误" in page
    at = upload(one, "姓名,登录名,单位\n赵一曼,zym,finance\n")
    assert one.post(f"{at}/carry-out").status_code == 400
    with knowledge.store.read() as session:
        assert people.search(session, text="zym") == []


def test_a_list_is_nobody_elses(clerk):
    """Another session finds none, and says what to do."""
    at = upload(clerk(Role.SYSTEM), GOOD)
    other = clerk(Role.UNIT, "court")
    for answer in (
        other.get(at),
        other.get(f"{at}/progress"),
        other.post(f"{at}/columns"),
        other.post(f"{at}/carry-out"),
    ):
        assert answer.status_code == 404
        assert "重新上传" in answer.text


def test_what_changed_meanwhile_refuses_the_list(knowledge, clerk):
    """Nothing is written; it is tried again with the registry as it is."""
    one = clerk(Role.SYSTEM)
    at = upload(one, GOOD)
    with knowledge.store.write() as unit:
        people.change(unit, "t", people.by_login(unit.session, "liting").subject, telephone="1234")
    one.post(f"{at}/carry-out")
    page = finished(one, at)
    assert "没有写入任何内容" in page
    one.post(f"{at}/columns", {"column-name": "0", "column-login": "1", "column-unit": "2", "column-telephone": "3"})
    assert "1234" in one.get(at).text
    one.post(f"{at}/carry-out")
    assert "新增 1 人" in finished(one, at)


def test_nobody_changes_the_own_record_by_a_list(knowledge, clerk):
    """It would be the own account all the same."""
    one = clerk(Role.SYSTEM)
    with knowledge.store.write() as unit:
        unit.session.get_one(AdministratorRow, one.number).person = people.by_login(unit.session, "liting").subject
    at = upload(one, GOOD)
    answer = one.post(f"{at}/carry-out")
    assert answer.status_code == 400
    assert "不能审批或更改自己" in answer.text
    assert person_of(knowledge, "liting").telephone is None


def test_the_password_is_asked_for_where_it_was_proven_long_ago(knowledge, clerk):
    """In the form itself, so that the list is not lost."""
    one = clerk(Role.SYSTEM)
    at = upload(one, GOOD)
    with knowledge.store.write() as unit:
        unit.session.execute(update(WebSessionRow).values(proven_at=0))
    assert "您的登录密码" in one.get(at).text
    assert one.post(f"{at}/carry-out", {"password": "wrong"}).status_code == 400
    assert one.post(f"{at}/carry-out", {"assurance": "9", "password": PASSWORD}).status_code == 400
    assert one.post(f"{at}/carry-out", {"password": PASSWORD}).status_code == 303
    assert "新增 1 人" in finished(one, at)
    assert acts_about(knowledge, person_of(knowledge, "zym").subject) == ["person.add"]


def test_an_empty_list_with_our_headings_is_there(clerk):
    """A spreadsheet opens it as it is, and it is recognised when it comes back."""
    one = clerk(Role.UNIT, "court")
    answer = one.get("/people/import/template")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert "登录名,姓名" in answer.text
    at = upload(one, answer.text.removeprefix("\ufeff") + "zym,赵一曼,court,在编\n")
    assert "确认，写入 1 行" in one.get(at).text
