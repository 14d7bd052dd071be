"""Audit: found, read as differences, and itself recorded."""

from urllib.parse import quote

import pytest
from sqlalchemy import select

from directory import people
from portal.console.roles import Role
from store.record import ActRow

pytestmark = pytest.mark.postgresql


def suspended(knowledge, login="zhangwei"):
    """Suspend somebody; return the subject."""
    with knowledge.store.write() as unit:
        subject = people.by_login(unit.session, login).subject
        people.suspend(unit, "admin:someone", subject)
    return subject


def acts_of(knowledge, act):
    """Return who did this, and to whom."""
    with knowledge.store.read() as session:
        return [tuple(row) for row in session.execute(select(ActRow.actor, ActRow.subject).where(ActRow.act == act))]


def test_an_act_reads_as_a_sentence(clerk, knowledge):
    """Who, what, to whom by name, and what is different since."""
    suspended(knowledge)
    text = clerk(Role.AUDIT).get("/audit?act=person.suspend").text
    assert "人员：停用" in text
    assert "张伟" in text
    assert "<del>有效</del>" in text
    assert "<ins>已停用</ins>" in text


def test_a_search_narrows_and_pages(clerk, knowledge):
    """By login as well as by subject; older acts by the number of the last."""
    subject = suspended(knowledge)
    one = clerk(Role.AUDIT)
    for query in ("actor=someone", "subject=zhangwei", f"subject={subject}", "act=person", "since=2020-01-01T00:00"):
        assert "人员：停用" in one.get(f"/audit?{query}").text, query
    for query in ("actor=nobody", "subject=wangfang&act=person.suspend", "act=person.end", "until=2020-01-01T00:00"):
        assert "人员：停用" not in one.get(f"/audit?{query}").text, query
    assert one.get("/audit?since=junk").status_code == 400
    with knowledge.store.write() as unit:
        for number in range(120):
            unit.act("x", "reader.add", f"r{number}", None, None)
    first = one.get("/audit?act=reader")
    older = first.text.partition('href="/audit?act=reader&amp;before=')[2].partition('"')[0]
    assert "r69" in one.get(f"/audit?act=reader&before={older}").text


def test_looking_at_a_person_is_recorded(clerk, knowledge):
    """Whoever watches is watched."""
    subject = suspended(knowledge)
    one = clerk(Role.AUDIT)
    one.get("/audit?subject=zhangwei")
    assert acts_of(knowledge, "audit.view") == [(f"admin:{one.login}", subject)]


def test_one_act_is_shown_with_its_place_in_the_chain(clerk, knowledge):
    """With the hash of the one before; what is not there is not there."""
    suspended(knowledge)
    one = clerk(Role.AUDIT)
    with knowledge.store.read() as session:
        rows = session.scalars(select(ActRow).order_by(ActRow.number.desc()).limit(2)).all()
    text = one.get(f"/audit/{rows[0].number}").text
    assert rows[0].hash.hex() in text
    assert rows[1].hash.hex() in text
    for number in ("0", "999999", "9" * 30, "x"):
        assert one.get(f"/audit/{number}").status_code == 404


def test_hostile_words_are_words(clerk, knowledge):
    """What somebody wrote into a field runs nowhere."""
    with knowledge.store.write() as unit:
        unit.act("<script>", "person.change", "<b>", {"name": "<img src=x>"}, {"name": "{{7*7}}"})
    text = clerk(Role.AUDIT).get("/audit?subject=" + quote("<b>")).text
    assert "<img" not in text.replace('<img src="/static', "")
    assert "&lt;img src=x&gt;" in text
    assert "{{7*7}}" in text


def test_the_chain_is_checked_in_the_background(clerk, knowledge):
    """The page says what was found, the record who asked, and a head that was cut off is missed."""
    one = clerk(Role.AUDIT)
    assert one.post("/audit/integrity").status_code == 303
    check = one.client.app._app._made.state.integrity
    check.wait()
    assert "全部完整" in one.get("/audit/integrity").text
    head = check.last.chain.head.hex()
    assert "至今没有被截去" in one.get(f"/audit/integrity?noted={head}").text
    assert "记录中没有此摘要" in one.get("/audit/integrity?noted=" + "0" * 64).text
    assert one.get("/audit/integrity?noted=junk").status_code == 400
    assert acts_of(knowledge, "audit.verify") == [(f"admin:{one.login}", "record")]
