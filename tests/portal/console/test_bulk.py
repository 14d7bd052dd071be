"""One act for many: said before, done for whom it is possible."""

import pytest

from directory import people
from directory.refusal import RegistryRefused
from portal.console import bulk
from portal.console.roles import Role
from portal.tables import AdministratorRow
from tests.support.doors import add_administrator, person_of
from tests.support.records import write_session


def said(knowledge, act, logins, **more):
    told = {"own": None, "role": Role.SYSTEM, **more}
    with knowledge.store.read() as session:
        rows = bulk.rows_of(session, [person_of(knowledge, login).subject for login in logins])
        return [
            (found.row.login, found.possible, found.says.chinese) for found in bulk.verdicts(session, act, rows, **told)
        ]


def test_verdicts_say_what_happens_to_each(knowledge):
    """Sessions and rights that end; states in which it is not possible; oneself."""
    wang = person_of(knowledge, "wangfang").subject
    write_session(knowledge.store, 1, subject=wang)
    assert said(knowledge, "suspend", ["wangfang", "zhangwei"]) == [
        ("wangfang", True, "停用；断开 1 个会话"), ("zhangwei", True, "停用"),
    ]  # fmt: skip
    assert said(knowledge, "move", ["wangfang"]) == [("wangfang", True, "调动；原有个人权限失效")]
    assert said(knowledge, "sessions", ["zhangwei"]) == [("zhangwei", False, "没有打开的会话。")]
    assert said(knowledge, "resume", ["zhangwei"]) == [("zhangwei", False, "当前状态下不能进行此操作。")]
    assert said(knowledge, "end", ["wangfang"], own=wang)[0][1:] == (False, "不能审批或更改自己。")


def test_an_administrator_is_not_for_a_units_clerk_to_end(knowledge):
    """Whoever could end the others' accounts would be above them."""
    number = add_administrator(knowledge, Role.SECURITY, "boss")
    with knowledge.store.write() as unit:
        unit.session.get_one(AdministratorRow, number).person = person_of(knowledge, "liting").subject
    assert said(knowledge, "end", ["liting"], role=Role.UNIT)[0][1] is False
    assert said(knowledge, "move", ["liting"], role=Role.UNIT)[0][1] is True
    assert said(knowledge, "end", ["liting"], role=Role.SYSTEM)[0][1] is True


@pytest.mark.parametrize(
    ("wanted", "field", "value"),
    [
        (bulk.Wanted("suspend"), "state", "suspended"),
        (bulk.Wanted("end"), "state", "left"),
        (bulk.Wanted("move", to="court"), "unit", "court"),
        (bulk.Wanted("grant", zone="public"), "zones", "dedicated,public"),
        (bulk.Wanted("withdraw", zone="dedicated"), "zones", ""),
        (bulk.Wanted("until", until=2e9), "valid_until", 2e9),
        (bulk.Wanted("sessions"), "state", "active"),
    ],
)
def test_each_act_is_carried_out(knowledge, wanted, field, value):
    """And the orders that came of it are known by their first number."""
    wang = person_of(knowledge, "wangfang").subject
    write_session(knowledge.store, 1, subject=wang)
    done, first = bulk.carry_out(knowledge.store, "admin:test", wanted, [wang])
    assert done == 1
    assert (first is not None) is (wanted.act in ("suspend", "end", "sessions"))
    assert getattr(person_of(knowledge, "wangfang"), field) == value


def test_release_and_resume(knowledge):
    """From draft, and from a suspension."""
    with knowledge.store.write() as unit:
        people.add(unit, "test", people.NewPerson(login="new", name="新人", unit="court"))
    subject = person_of(knowledge, "new").subject
    assert bulk.carry_out(knowledge.store, "a", bulk.Wanted("release", assurance=3), [subject]) == (1, None)
    assert person_of(knowledge, "new").assurance == 3
    bulk.carry_out(knowledge.store, "a", bulk.Wanted("suspend"), [subject])
    assert bulk.carry_out(knowledge.store, "a", bulk.Wanted("resume"), [subject]) == (1, None)
    assert person_of(knowledge, "new").state == "active"


def test_who_changed_meanwhile_is_left_out(knowledge):
    """The others are done all the same; who is not there is no error."""
    subjects = [person_of(knowledge, login).subject for login in ("zhangwei", "liting")]
    with knowledge.store.write() as unit:
        people.suspend(unit, "test", subjects[0])
    assert bulk.carry_out(knowledge.store, "a", bulk.Wanted("suspend"), [*subjects, "p-nobody"]) == (1, None)
    assert person_of(knowledge, "liting").state == "suspended"
    with pytest.raises(RegistryRefused), knowledge.store.write() as unit:
        people.find(unit.session, "p-nobody")
