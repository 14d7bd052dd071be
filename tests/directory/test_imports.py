"""Lists of people into the registry: a plan that writes nothing, then all of it or nothing."""

import time
from collections import Counter
from datetime import timedelta, timezone

import pytest
from sqlalchemy import func, select, text

from directory import documents, imports, people
from directory.identity_numbers import Kind
from directory.import_columns import Field, guess_mapping
from directory.import_files import read_file
from directory.import_verdicts import Verdict
from directory.refusal import Flaw, RegistryRefused
from directory.registry import DocumentRow, PersonRow, PublicationRow
from store.record import ActRow, verify
from store.sealing import Sealer
from tests.directory.test_identity_numbers import made
from tests.support.registry import ACTOR, add_active, build_city

CHINA = timezone(timedelta(hours=8))
SEALER = Sealer({1: bytes(range(32))})
NUMBER, OTHER = made(), made(born="19910101")
LIST = (
    "姓名,单位,手机,身份证号,权限区域,有效期至\n"
    f"张伟,北山社区,13800000000,{NUMBER},internet,2027-12-31\n"
    f"阿依古丽·买买提,北山镇/北山社区,,{OTHER},,\n"
)


@pytest.fixture
def store(store):
    with store.write() as unit:
        build_city(unit)
    return store


def planned(store, content, **more):
    """The plan of a list that is written as lines with commas."""
    sheet = read_file("a.csv", content.encode())
    with store.read() as session:
        now = more.pop("now", 1_760_000_000.0)
        scope = more.pop("scope", None)
        mapping = more.pop("mapping", guess_mapping(sheet.headings))
        return imports.plan(session, SEALER, sheet, mapping, scope, now=now, zone=CHINA, **more)


def carried_out(store, plan, **more):
    """What carrying a plan out returns, and what it told of its progress."""
    told = []
    ready = prepared(store, plan, **more)
    with store.write() as unit:
        counts = imports.carry_out(unit, SEALER, ACTOR, ready, lambda *at: told.append(at))
    return counts, told


def prepared(store, plan, **more):
    """What is worked out before anything is written."""
    with store.read() as session:
        return imports.prepare(session, SEALER, plan, now=time.time(), **more)


def contents(store):
    """Everything that a list may change."""
    with store.read() as session:
        tables = (PersonRow, DocumentRow, ActRow, PublicationRow)
        return [session.scalar(select(func.count()).select_from(table)) for table in tables]


def refused(flaw):
    return pytest.raises(RegistryRefused, match=flaw.code)


def test_a_list_and_the_same_list_again(store):
    """A plan writes nothing; carried out it adds; the same list again changes nothing at all."""
    before = contents(store)
    plan = planned(store, LIST)
    assert contents(store) == before
    assert not plan.refused
    counts, told = carried_out(store, plan)
    assert counts == Counter({Verdict.ADD: 2})
    assert told[0] == (0, 2)
    assert told[-1] == (2, 2)
    with store.read() as session:
        row = people.by_login(session, "zhangwei")
        assert (row.name, row.unit, row.state, row.telephone) == ("张伟", "north-1", "draft", "13800000000")
        assert (row.zones, row.valid_until) == ("internet", 1_830_268_800.0)  # 2028-01-01T00:00+08:00
        assert documents.find(session, SEALER, Kind.RESIDENT, NUMBER) == row.subject
        assert people.by_login(session, "ayigulimaimaiti").name == "阿依古丽·买买提"
        (act,) = session.scalars(select(ActRow).where(ActRow.act == "people.import"))
        assert act.after == '{"add":2,"change":0,"unchanged":0}'
        assert verify(session).broken is None
    after = contents(store)
    again = planned(store, LIST)
    assert again.counts == Counter({Verdict.UNCHANGED: 2})
    assert again.fingerprint != plan.fingerprint
    carried_out(store, again)
    assert contents(store) == after


def test_verified_names_begin_at_once(store):
    """With an assurance the new accounts are released."""
    carried_out(store, planned(store, LIST), assurance=2)
    with store.read() as session:
        row = people.by_login(session, "zhangwei")
        assert (row.state, row.assurance) == ("active", 2)


def test_changes_of_every_kind(store):
    """A list changes names, moves, rights and documents, each by its own act."""
    carried_out(store, planned(store, LIST), assurance=1)
    changed = LIST.replace("张伟,北山社区,13800000000", "张维,南街道,13900000000").replace("internet", "public")
    plan = planned(store, changed)
    assert plan.counts == Counter({Verdict.CHANGE: 1, Verdict.UNCHANGED: 1})
    carried_out(store, plan)
    with store.read() as session:
        row = people.by_login(session, "zhangwei")
        assert (row.name, row.unit, row.telephone, row.zones) == ("张维", "south", "13900000000", "public")
        acts = session.scalars(select(ActRow.act).where(ActRow.subject == row.subject).order_by(ActRow.number)).all()
        assert acts == ["person.add", "document.record", "person.change", "person.move", "person.rights"]
    number = made(born="19900301")
    carried_out(store, planned(store, f"登录名,身份证号,单位\nzhangwei,{number},court\n"))
    with store.read() as session:
        row = people.by_login(session, "zhangwei")
        assert (row.unit, row.zones) == ("court", ""), "a move without a word of rights ends them"
        assert documents.find(session, SEALER, Kind.RESIDENT, number) == row.subject
        assert documents.find(session, SEALER, Kind.RESIDENT, NUMBER) is None


def test_one_refused_row_refuses_all(store):
    """Twenty good rows with a bad one among them change nothing."""
    rows = "".join(f"p{at},某人,yz\n" for at in range(20))
    plan = planned(store, f"登录名,姓名,单位\n{rows}bad one,某人,yz\n")
    assert plan.counts == Counter({Verdict.ADD: 20, Verdict.REFUSED: 1})
    before = contents(store)
    with refused(Flaw.PLAN_REFUSED):
        carried_out(store, plan)
    assert contents(store) == before


def test_a_plan_that_is_out_of_date(store):
    """If anything changed since the plan that makes a verdict another one, nothing is done."""
    plan = planned(store, LIST)
    with store.write() as unit:
        add_active(unit, "zhangwei")  # the login that the list would get
    with refused(Flaw.PLAN_OUTDATED):
        carried_out(store, plan)
    fresh = planned(store, LIST)
    assert fresh.rows[0].login == "zhangwei2"
    carried_out(store, fresh)
    late = planned(store, "登录名,职务\nzhangwei,科长\n")
    with store.write() as unit:
        people.change(unit, ACTOR, people.by_login(unit.session, "zhangwei").subject, title="局长")
    with refused(Flaw.PLAN_OUTDATED):
        carried_out(store, late)
    with store.write() as unit:
        people.end(unit, ACTOR, people.by_login(unit.session, "zhangwei").subject)
    with refused(Flaw.PLAN_OUTDATED):
        carried_out(store, late)


def test_nothing_is_judged_while_others_wait_for_the_database(store, monkeypatch):
    """Unless somebody was quicker: then it is judged again, and refused where it would come out otherwise."""
    ready = prepared(store, planned(store, LIST))
    with monkeypatch.context() as patch:
        patch.setattr(imports, "plan", None)
        patch.setattr(people, "new_rows", None)
        patch.setattr(documents, "new_rows", None)
        with store.write() as unit:
            assert imports.carry_out(unit, SEALER, ACTOR, ready) == Counter({Verdict.ADD: 2})
    second, third = (prepared(store, planned(store, f"登录名,职务\nzhangwei,{title}\n")) for title in ("科长", "局长"))
    with store.write() as unit:
        imports.carry_out(unit, SEALER, ACTOR, second)
    with refused(Flaw.PLAN_OUTDATED), store.write() as unit:
        imports.carry_out(unit, SEALER, ACTOR, third)
    other = prepared(store, planned(store, "登录名,姓名,单位\nliming,李明,yz\n"))
    with store.write() as unit:
        add_active(unit, "zhaoliu")  # it changes nothing about this list
    with store.write() as unit:
        assert imports.carry_out(unit, SEALER, ACTOR, other) == Counter({Verdict.ADD: 1})


def test_a_plan_of_an_hour_ago_is_judged_again(store):
    """Time alone changes verdicts."""
    plan = planned(store, "登录名,姓名,单位,有效期至\nliming,李明,yz,2027-12-31\n")
    with store.read() as session:
        assert imports.prepare(session, SEALER, plan, now=plan.made_at + 59.0).plan is plan
        assert imports.prepare(session, SEALER, plan, now=plan.made_at + 3600.0).plan is not plan


def test_what_fails_half_way_leaves_nothing(store):
    """An error in the middle undoes all of it."""
    rows = "".join(f"p{at},某人,yz\n" for at in range(700))
    plan = planned(store, f"登录名,姓名,单位\n{rows}")
    before, ready = contents(store), prepared(store, plan)

    def stop(done, _total):
        if done:
            raise InterruptedError

    with pytest.raises(InterruptedError), store.write() as unit:
        imports.carry_out(unit, SEALER, ACTOR, ready, stop)
    assert contents(store) == before


def test_a_leaver_who_comes_back(store):
    """The number goes over from the old account to the new one."""
    with store.write() as unit:
        old = add_active(unit, "zhangwei")
        documents.record(unit, SEALER, ACTOR, old, Kind.RESIDENT, NUMBER)
        people.end(unit, ACTOR, old)
    carried_out(store, planned(store, f"登录名,姓名,单位,身份证号\nzhangwei2,张伟,yz,{NUMBER}\n"))
    with store.read() as session:
        assert documents.find(session, SEALER, Kind.RESIDENT, NUMBER) == people.by_login(session, "zhangwei2").subject


def test_numbers_are_nowhere_in_clear(store):
    """No act, no repr, and no table has a number of the list."""
    plan = planned(store, LIST)
    carried_out(store, plan)
    shown = [repr(plan), repr(plan.rows), repr(plan.sheet)]
    with store.read() as session:
        for table in ("document", "act", "person", "change", "publication"):
            shown.extend(repr(row) for row in session.execute(text(f"SELECT * FROM {table}")))  # noqa: S608 - ours
    assert not any(number in told for number in (NUMBER, OTHER) for told in shown)
    assert any("659999********" in told for told in shown)


def test_a_mapping_is_checked(store):
    """A mapping by hand that does not fit the list is refused."""
    for mapping in ({Field.NAME: 0}, {Field.LOGIN: 9}):
        with refused(Flaw.COLUMN_MISSING):
            planned(store, LIST, mapping=mapping)
