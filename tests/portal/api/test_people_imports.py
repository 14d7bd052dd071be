"""Lists of people over the API."""

import pytest
from openpyxl import Workbook

from directory import people
from portal.console.administrators import find
from portal.console.roles import Role
from portal.headers import MOST_OCTETS
from tests.support.doors import CONSOLE, person_of

LIST = "姓名,登录名,单位代码,电话\n赵一曼,zym,court,0838-1\n李婷,liting,court,0838-2\n王芳,wangfang,finance,\n"
NUMBERS = ("110105195002150105", "110105195010150105")  # which have one mask


def send(one, text, tail="", status=200, name="list.csv", **fields):
    """Send a list; return what was told."""
    octets = text if isinstance(text, bytes) else text.encode()
    return one.ask("POST", f"/people/imports{tail}", None, status, files={"file": (name, octets)}, data=fields)


def test_a_plan_says_what_would_become_of_each_row_and_writes_nothing(program, knowledge):
    """Added, changed with before and after, unchanged; and which column is taken for what."""
    one = program(Role.SYSTEM)
    told = send(one, LIST)
    assert told["counts"] == {"add": 1, "change": 1, "unchanged": 1, "refused": 0}
    assert told["columns"] == ["name", "login", "unit", "telephone"]
    assert [(row["number"], row["verdict"], row["login"]) for row in told["rows"]] == [
        (2, "add", "zym"), (3, "change", "liting"), (4, "unchanged", "wangfang"),
    ]  # fmt: skip
    assert told["rows"][1]["differences"] == [{"field": "telephone", "before": None, "after": "0838-2"}]
    with knowledge.store.read() as session:
        assert people.search(session, text="zym") == []


def test_what_was_planned_is_carried_out_once(program, knowledge):
    """As drafts, or released where the list vouches for the names; the same fingerprint does not serve again."""
    one = program(Role.SYSTEM)
    mark = send(one, LIST)["fingerprint"]
    assert send(one, LIST, "/carry-out", fingerprint=mark, assurance="2")["add"] == 1
    row = person_of(knowledge, "zym")
    assert (row.state, row.unit, row.assurance) == ("active", "court", 2)
    assert person_of(knowledge, "liting").telephone == "0838-2"
    assert send(one, LIST, "/carry-out", 409, fingerprint=mark)["code"] == "RG-415"
    (act,) = program(Role.AUDIT).get("/acts?act=people.import")["items"]
    assert act["actor"] == f"admin:{one.login}"


def test_another_list_is_not_what_was_planned(program, knowledge):
    """Nor the same rows with another document whose mask is the same, nor other columns; nothing is written."""
    one = program(Role.SYSTEM)
    text, other = (f"姓名,登录名,单位代码,证件号码,电话\n赵一曼,zym,court,{number},0838-1\n" for number in NUMBERS)
    planned = send(one, text)
    assert send(one, other)["rows"] == planned["rows"]
    mark = planned["fingerprint"]
    assert send(one, other, "/carry-out", 409, fingerprint=mark)["code"] == "RG-415"
    columns = "name,login,unit,document"
    assert send(one, text, "/carry-out", 409, fingerprint=mark, columns=columns)["code"] == "RG-415"
    with knowledge.store.read() as session:
        assert people.search(session, text="zym") == []
    assert send(one, text, "/carry-out", fingerprint=mark)["add"] == 1


def test_one_refused_row_refuses_all(program, knowledge):
    """The plan says which, why, and in which column, and no number of a document."""
    one = program(Role.SYSTEM)
    text = f"姓名,登录名,单位代码,证件号码\n赵一曼,zym,court,\n孙丽,sunli,nowhere,\n周强,zq,court,{NUMBERS[0][:-1]}1\n"
    told = send(one, text)
    assert [(row["verdict"], row["column"]) for row in told["rows"]] == [
        ("add", None), ("refused", "unit"), ("refused", "document"),
    ]  # fmt: skip
    assert all(row["code"].startswith("RG-") and row["chinese"] for row in told["rows"][1:])
    assert NUMBERS[0][:-1] not in str(told)
    assert send(one, text, "/carry-out", 422, fingerprint=told["fingerprint"])["code"] == "RG-416"
    with knowledge.store.read() as session:
        assert people.search(session, text="zym") == []


def test_a_unit_lists_its_own_people_only(program):
    """Sideways every row is refused; upwards the roles without people may not even plan."""
    told = send(program(Role.UNIT, "court"), LIST)
    assert [row["verdict"] for row in told["rows"]] == ["add", "change", "refused"]
    assert told["rows"][2]["code"] == "RG-414"
    for role in (Role.SECURITY, Role.AUDIT):
        send(program(role), LIST, status=403)
        send(program(role), LIST, "/carry-out", 403, fingerprint="0" * 64)


def test_nobody_changes_the_own_account_by_a_list(program, knowledge):
    """As by no other way."""
    one = program(Role.SYSTEM)
    with knowledge.store.write() as unit:
        find(unit.session, one.number).person = people.by_login(unit.session, "liting").subject
    mark = send(one, LIST)["fingerprint"]
    assert send(one, LIST, "/carry-out", 422, fingerprint=mark)["code"] == "CN-204"
    assert person_of(knowledge, "liting").telephone is None


def test_columns_can_be_told(program):
    """By name, with nothing for one that is not read; each once, and one that says who is meant."""
    one = program(Role.SYSTEM)
    told = send(one, LIST, columns="name,login,unit,")
    assert told["columns"] == ["name", "login", "unit", None]
    assert told["counts"]["unchanged"] == 2
    for columns in ("name,login,shoe", "login,login,name", "name,,,"):
        assert send(one, LIST, status=422, columns=columns)["field"] == "columns", columns


@pytest.mark.parametrize(
    ("name", "octets", "field"),
    [
        ("list.doc", LIST.encode(), "file"),
        ("list.csv", b"", "file"),
        ("list.xlsx", b"PK\x03\x04 no archive", "file"),
        ("list.csv", b'a,b\n"x', "row 2"),
    ],
)
def test_a_file_that_is_none(program, name, octets, field):
    """Says where."""
    told = send(program(Role.SYSTEM), octets, status=422, name=name)
    assert told["code"].startswith("RG-4")
    assert told["field"] == field


def test_a_spreadsheet_is_read_too(program, tmp_path):
    """By what it is."""
    book = Workbook()
    for line in LIST.splitlines():
        book.active.append(line.split(","))
    book.save(tmp_path / "list.xlsx")
    assert send(program(Role.SYSTEM), (tmp_path / "list.xlsx").read_bytes(), name="list.xlsx")["counts"]["add"] == 1


def test_what_is_too_long_is_not_read(program):
    """16 MiB with all that is around the file."""
    one = program(Role.SYSTEM)
    headers = {"content-length": str(MOST_OCTETS + 1), "content-type": "multipart/form-data; boundary=x"}
    assert one.client.post(f"{CONSOLE}/api/v1/people/imports", content=b"", headers=headers).status_code == 413
