"""My sessions on the network and at these pages."""

import pytest
from sqlalchemy import select

from access import bindings
from access.tables import OrderRow
from portal.tables import WebSessionRow
from store.record import ActRow
from tests.portal.account.conftest import PHONE, Visitor

pytestmark = pytest.mark.postgresql

ROOM = "/account/sessions"


def orders(knowledge):
    with knowledge.store.read() as session:
        return session.execute(select(OrderRow.kind, OrderRow.session, OrderRow.hardware, OrderRow.ordered_by)).all()


def test_open_sessions_say_where(zhang, li):
    """Device name, port, zone, traffic; nothing that is over and nothing of others."""
    zhang.bind()
    zhang.online()
    zhang.online("02:00:5e:10:00:77", stopped_at=1.0)
    li.online("02:00:5e:10:00:88")
    page = zhang.get(ROOM).text
    for words in (
        PHONE,
        "sw-finance-2f (财政局二楼)",
        "GigabitEthernet0/0/5",
        "public 区",
        "上行 2.0 KiB",
        "下行 4.0 KiB",
    ):
        assert words in page
    assert "02:00:5e:10:00:77" not in page
    assert "02:00:5e:10:00:88" not in page


def test_an_end_is_asked_about_and_ordered(knowledge, zhang):
    """The page names what ends; the order is the person's own; one without a portal login is only disconnected."""
    number = zhang.online()
    page = zhang.get(f"{ROOM}/{number}/end").text
    assert PHONE in page
    assert "自动重新接入" in page
    assert zhang.post(f"{ROOM}/{number}/end").status_code == 303
    actor = f"person:{zhang.subject}"
    assert orders(knowledge) == [("disconnect", number, None, actor)]
    with knowledge.store.read() as session:
        assert actor in session.scalars(select(ActRow.actor).where(ActRow.act == "session.disconnect")).all()


def test_a_portal_login_ends_with_its_session(knowledge, zhang):
    """The hardware address is nobody's again, and the device is asked again."""
    zhang.bind()
    number = zhang.online()
    assert "重新登录" in zhang.get(f"{ROOM}/{number}/end").text
    zhang.post(f"{ROOM}/{number}/end")
    assert [(kind, hardware) for kind, _, hardware, _ in orders(knowledge)] == [
        ("disconnect", None), ("reauthenticate", PHONE),
    ]  # fmt: skip
    with knowledge.store.read() as session:
        assert bindings.find(session, PHONE, knowledge.clock()) is None


def test_nobody_sees_or_ends_the_session_of_another(knowledge, zhang, li):
    """A number of somebody else, one that nobody has, and one that no database has: the same answer."""
    number = li.online()
    for told in (number, 999, 0, 1 << 70):
        for answer in (zhang.get(f"{ROOM}/{told}/end"), zhang.post(f"{ROOM}/{told}/end")):
            assert answer.status_code == 404, told
            assert "AC-101" in answer.text
    assert orders(knowledge) == []


def test_a_session_that_is_over_is_not_ended_again(zhang):
    """The page says so."""
    number = zhang.online(stopped_at=1.0)
    answer = zhang.post(f"{ROOM}/{number}/end")
    assert answer.status_code == 409
    assert "AC-103" in answer.text


def test_other_logins_of_these_pages_end(knowledge, zhang, li):
    """Of this person; this session goes on."""
    other = Visitor(knowledge, "zhangwei", "10.9.9.9")
    assert "10.9.9.9" in zhang.get(ROOM).text
    assert zhang.post(f"{ROOM}/others").status_code == 303
    assert other.get("/account").status_code == 303
    assert zhang.get("/account").status_code == 200
    assert li.get("/account").status_code == 200
    with knowledge.store.read() as session:
        assert len(session.scalars(select(WebSessionRow)).all()) == 2
