"""Who had an address at a time."""

import pytest
from sqlalchemy import select

from access.tables import SessionRow
from directory import endpoints
from portal.console.roles import Role
from portal.console.sought import local
from store.record import ActRow
from tests.portal.console.pages import words

pytestmark = pytest.mark.postgresql


@pytest.mark.usefixtures("network")
def test_the_answer_names_person_place_and_time(clerk):
    """Now, or at a time of the city's clock."""
    one = clerk(Role.AUDIT)
    page = words(one.get("/logins/who-had?address=10.8.0.1"))
    for expected in ("张伟", "市财政局", "接入-1", "仍在使用", "aa:bb:cc:00:00:01", "会话 1"):
        assert expected in page, expected
    before = local(one.knowledge.clock() - 4000, one.knowledge.time_zone)
    assert "没有会话在那时用过" in words(one.get(f"/logins/who-had?address=10.8.0.1&at={before}")).replace(
        "使用过", "用过"
    )


@pytest.mark.usefixtures("network")
def test_each_question_is_recorded_with_its_address(clerk):
    """Opening the form asks nothing."""
    one = clerk(Role.SYSTEM)
    one.get("/logins/who-had")
    one.get("/logins/who-had?address=10.8.0.77&at=2026-01-02T03:04")
    with one.knowledge.store.read() as session:
        acts = session.scalars(select(ActRow).where(ActRow.act == "address.view")).all()
    assert [act.subject for act in acts] == ["10.8.0.77 2026-01-02T03:04:00"]


@pytest.mark.usefixtures("network")
def test_a_unit_learns_of_own_people_only(clerk):
    """Others' addresses are nobody's to it, and so is what nobody known had."""
    own = clerk(Role.UNIT, "court")
    for address, known in (("10.8.0.1", False), ("10.8.0.2", True), ("10.8.0.3", False)):
        page = words(own.get(f"/logins/who-had?address={address}"))
        assert ("李婷" in page) == known
        assert "张伟" not in page
        assert ("没有会话" in page) == (not known)


def test_without_our_class_the_devices_words_are_followed(network, clerk):
    """A login that somebody has, or a registered hardware address; it says by what it is known."""
    one = clerk(Role.SYSTEM)
    with one.knowledge.store.write() as unit:
        row = unit.session.get(SessionRow, 3)
        row.login = "wangfang"
        endpoints.add(unit, "test", hardware="aa:bb:cc:00:00:04", name="投影仪", kind="display", owner=network.zhang)
        other = unit.session.get(SessionRow, 4)
        other.login, other.subject = "aabbcc000004", None
    page = words(one.get("/logins/who-had?address=10.8.0.3"))
    assert "王芳" in page
    assert "设备所报的登录名" in page
    half = local(one.knowledge.clock() - 100, one.knowledge.time_zone)
    assert "投影仪" in words(one.get(f"/logins/who-had?address=10.8.0.4&at={half}"))


@pytest.mark.parametrize(("query", "field"), [("address=nonsense", "address"), ("address=10.0.0.1&at=soon", "at")])
def test_what_is_malformed_is_told_beside_its_field(clerk, query, field):
    """And is not recorded as asked."""
    one = clerk(Role.SYSTEM)
    answer = one.get(f"/logins/who-had?{query}")
    assert answer.status_code == 400
    assert f'id="d-{field}"' in answer.text
    with one.knowledge.store.read() as session:
        assert session.scalars(select(ActRow).where(ActRow.act == "address.view")).all() == []
