"""Acts on one person: done within one's own, refused for oneself and for what is not there."""

import pytest
from sqlalchemy import update

from directory import people
from portal.console.roles import Role
from portal.tables import AdministratorRow, WebSessionRow
from tests.support.doors import acts_about, add_administrator, person_of
from tests.support.records import write_session

# Every act with a form that would succeed for an active person.
ACTS = {
    "edit": {"name": "张伟", "category": "vendor"},
    "move": {"to": "court"},
    "rights": {"zones": "public"},
    "suspend": {},
    "end": {"sure": "1"},
    "sessions/end": {},
}


@pytest.fixture
def zhang(knowledge):
    """Zhang Wei, online."""
    subject = person_of(knowledge, "zhangwei").subject
    write_session(knowledge.store, 1, subject=subject, port="GE0/0/1")
    return subject


def test_a_record_is_changed(knowledge, clerk, zhang):
    """What is wrong stands beside its field, with what was typed."""
    one = clerk(Role.SYSTEM)
    assert "张伟" in one.get(f"/people/{zhang}/edit").text
    answer = one.post(f"/people/{zhang}/edit", {"name": "张巍", "category": "staff", "mail": "x"})
    assert answer.status_code == 400
    assert "张巍" in answer.text
    answer = one.post(
        f"/people/{zhang}/edit", {"name": "张巍", "category": "staff", "title": "科长", "session_limit": "3"}
    )
    assert answer.headers["location"] == f"/people/{zhang}"
    row = person_of(knowledge, "zhangwei")
    assert (row.name, row.title, row.session_limit) == ("张巍", "科长", 3)


def test_rights_end_with_a_move_and_stay_where_that_is_said(knowledge, clerk):
    """The form says which; another form keeps them."""
    one, wang = clerk(Role.SYSTEM), person_of(knowledge, "wangfang").subject
    assert "dedicated 区" in one.get(f"/people/{wang}/move").text
    one.post(f"/people/{wang}/move", {"to": "court", "keep_rights": "1"})
    assert person_of(knowledge, "wangfang").zones == "dedicated"
    one.post(f"/people/{wang}/move", {"to": "finance"})
    assert (person_of(knowledge, "wangfang").zones, person_of(knowledge, "wangfang").unit) == ("", "finance")


def test_rights_are_exactly_those_that_are_ticked(knowledge, clerk):
    """None ticked: none held. A zone that is not there is refused."""
    one, wang = clerk(Role.SYSTEM), person_of(knowledge, "wangfang").subject
    one.post(f"/people/{wang}/rights", {"zones": ["public", "portal"]})
    assert person_of(knowledge, "wangfang").zones == "portal,public"
    assert one.post(f"/people/{wang}/rights", {"zones": "x"}).status_code == 400
    one.post(f"/people/{wang}/rights", {})
    assert person_of(knowledge, "wangfang").zones == ""


def test_a_draft_is_released_with_how_it_was_verified(knowledge, clerk):
    """Before that, nothing but that can begin the account."""
    with knowledge.store.write() as unit:
        subject = people.add(unit, "t", people.NewPerson(login="new", name="新人", unit="court"))
    one = clerk(Role.UNIT, "court")
    assert "当面核对证件" in one.get(f"/people/{subject}/release").text
    assert one.post(f"/people/{subject}/release", {"assurance": "7"}).status_code == 400
    assert one.post(f"/people/{subject}/release", {"assurance": "2"}).status_code == 303
    assert (person_of(knowledge, "new").state, person_of(knowledge, "new").assurance) == ("active", 2)
    assert "不能进行此操作" in one.get(f"/people/{subject}/release").text


def test_a_suspension_ends_what_is_open_and_is_lifted(knowledge, clerk, zhang):
    """The page names it before; the way leads to the devices' answers."""
    one = clerk(Role.SYSTEM)
    assert "GE0/0/1" in one.get(f"/people/{zhang}/suspend").text
    assert one.post(f"/people/{zhang}/suspend").headers["location"] == f"/people/{zhang}/doors?first=1"
    assert person_of(knowledge, "zhangwei").state == "suspended"
    assert one.post(f"/people/{zhang}/suspend").status_code == 400
    assert "原密码" in one.get(f"/people/{zhang}/resume").text
    assert one.post(f"/people/{zhang}/resume").status_code == 303
    assert person_of(knowledge, "zhangwei").state == "active"


def test_an_account_ends_only_when_somebody_is_sure(knowledge, clerk, zhang):
    """The page names what ends; the box is asked for; nobody comes back."""
    one = clerk(Role.SYSTEM)
    assert "GE0/0/1" in one.get(f"/people/{zhang}/end").text
    assert one.post(f"/people/{zhang}/end").status_code == 400
    assert person_of(knowledge, "zhangwei").state == "active"
    assert one.post(f"/people/{zhang}/end", {"sure": "1"}).headers["location"] == f"/people/{zhang}/doors?first=1"
    assert person_of(knowledge, "zhangwei").state == "left"
    assert acts_about(knowledge, zhang)[-1] == "person.end"
    assert one.post(f"/people/{zhang}/end", {"sure": "1"}).status_code == 400


def test_an_end_asks_for_the_password_of_long_ago(knowledge, clerk, zhang):
    """The way leads over the proof and back."""
    one = clerk(Role.SYSTEM)
    with knowledge.store.write() as unit:
        unit.session.execute(update(WebSessionRow).values(proven_at=0))
    assert one.get(f"/people/{zhang}/end").headers["location"] == f"/prove?next=%2Fpeople%2F{zhang}%2Fend"
    assert one.post(f"/people/{zhang}/end", {"sure": "1"}).headers["location"].startswith("/prove")
    assert person_of(knowledge, "zhangwei").state == "active"


def test_sessions_end_and_the_account_goes_on(knowledge, clerk, zhang):
    """Recorded as such."""
    one = clerk(Role.UNIT, "finance")
    assert "可以重新登录" in one.get(f"/people/{zhang}/sessions/end").text
    assert one.post(f"/people/{zhang}/sessions/end").headers["location"] == f"/people/{zhang}/doors?first=1"
    assert person_of(knowledge, "zhangwei").state == "active"
    assert "person.sessions" in acts_about(knowledge, zhang)


@pytest.mark.parametrize("act", ACTS)
def test_nothing_is_done_to_whom_one_does_not_see(knowledge, clerk, zhang, act):
    """Page and post alike are as if there were nobody."""
    one, before = clerk(Role.UNIT, "court"), acts_about(knowledge, zhang)
    assert one.get(f"/people/{zhang}/{act}").status_code == 404
    assert one.post(f"/people/{zhang}/{act}", ACTS[act]).status_code == 404
    assert acts_about(knowledge, zhang) == before


def test_nobody_is_moved_to_a_unit_that_one_does_not_see(knowledge, clerk):
    """It is as if there were no such unit."""
    subject = person_of(knowledge, "liting").subject
    answer = clerk(Role.UNIT, "court").post(f"/people/{subject}/move", {"to": "finance"})
    assert answer.status_code == 400
    assert "没有此单位" in answer.text
    assert person_of(knowledge, "liting").unit == "court"


@pytest.mark.parametrize("act", ACTS)
def test_nobody_changes_the_own_account(knowledge, clerk, zhang, act):
    """Another administrator does."""
    one, before = clerk(Role.SYSTEM), acts_about(knowledge, zhang)
    with knowledge.store.write() as unit:
        unit.session.get_one(AdministratorRow, one.number).person = zhang
    for answer in (one.get(f"/people/{zhang}/{act}"), one.post(f"/people/{zhang}/{act}", ACTS[act])):
        assert answer.status_code == 403
        assert "不能审批或更改自己" in answer.text
    assert acts_about(knowledge, zhang) == before
    assert "这是您本人" in one.get(f"/people/{zhang}").text


@pytest.mark.parametrize("act", ["suspend", "end"])
def test_a_units_administrator_ends_no_administrator(knowledge, clerk, zhang, act):
    """A system administrator does, and the way into the console closes with it."""
    number = add_administrator(knowledge, Role.SECURITY, "boss")
    with knowledge.store.write() as unit:
        unit.session.get_one(AdministratorRow, number).person = zhang
    one = clerk(Role.UNIT, "finance")
    assert one.get(f"/people/{zhang}/{act}").status_code == 403
    assert one.post(f"/people/{zhang}/{act}", ACTS[act]).status_code == 403
    assert person_of(knowledge, "zhangwei").state == "active"
    assert clerk(Role.SYSTEM).post(f"/people/{zhang}/{act}", ACTS[act]).status_code == 303
