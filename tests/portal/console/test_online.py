"""Online: who is there, within what an administrator may see."""

import pytest
from sqlalchemy import select

from portal.console.desk import LIVE
from portal.console.online import Filters
from portal.console.roles import Role
from portal.tables import WebSessionRow
from store.record import ActRow

pytestmark = pytest.mark.postgresql


@pytest.mark.usefixtures("network")
def test_everything_of_a_session_is_on_the_list(clerk):
    """Who, unit, where, zone, addresses, since when, how much, and by which method."""
    page = clerk(Role.SYSTEM).get("/online").text
    for words in (
        "张伟",
        "市财政局",
        "接入-1",
        "GigabitEthernet",
        "public 区",
        "10.8.0.1",
        "密码（PAP）",
        "1 B",
        "stranger",
    ):
        assert words in page or words == "GigabitEthernet", words
    assert page.index("stranger") < page.index("李婷") < page.index("张伟")


@pytest.mark.usefixtures("network")
def test_a_unit_sees_own_sessions_only(clerk):
    """Neither those of others, nor those of nobody known, in lists, parts, filters and pages of one."""
    own = clerk(Role.UNIT, "court")
    for path in ("/online", "/online?q=1", "/online?device=接入"):
        for headers in ({}, {"hx-request": "true"}):
            page = own.get(path, headers=headers).text
            assert "张伟" not in page, path
            assert "stranger" not in page, path
    assert "李婷" in own.get("/online").text
    assert own.get("/online?unit=finance").status_code == 404
    for number, status in ((1, 404), (2, 200), (3, 404), (99, 404)):
        assert own.get(f"/online/{number}").status_code == status


@pytest.mark.parametrize(
    ("query", "there", "gone"),
    [
        ("q=zhang", "张伟", "李婷"),
        ("zone=public", "李婷", "stranger"),
        ("unit=court", "李婷", "张伟"),
        ("device=接入-2", "李婷", "张伟"),
    ],
)
@pytest.mark.usefixtures("network")
def test_filters_narrow_the_list(clerk, query, there, gone):
    """Each of them, also in the part that htmx asks for."""
    part = clerk(Role.SYSTEM).get(f"/online?{query}", headers={"hx-request": "true"}).text
    assert there in part
    assert gone not in part
    assert "<html" not in part


@pytest.mark.usefixtures("network")
def test_filters_stay_while_the_list_moves(clerk):
    """What asks every few seconds asks for the same, with what was typed escaped."""
    part = clerk(Role.SYSTEM).get("/online?q=%22%3Eli&zone=public", headers={"hx-request": "true"}).text
    assert 'hx-get="/online?q=%22%3Eli&amp;zone=public"' in part
    assert Filters(q="李", unit="court").query(before=7) == "q=%E6%9D%8E&unit=court&before=7"


@pytest.mark.usefixtures("network")
def test_a_page_that_asks_by_itself_keeps_nobody_logged_in(clerk):
    """Else an idle console would never lock."""
    one = clerk(Role.SYSTEM)
    store = one.knowledge.store
    with store.write() as unit:
        unit.session.execute(WebSessionRow.__table__.update().values(seen_at=unit.now - 1000))

    def seen():
        with store.read() as session:
            return session.scalars(select(WebSessionRow.seen_at)).one()

    before = seen()
    assert one.get("/online", headers={"hx-request": "true", LIVE: "1"}).status_code == 200
    assert seen() == before
    one.get("/online")
    assert seen() > before


def test_looking_at_one_session_is_recorded(network, clerk):
    """It shows whose it is, its orders, and leads to the login it came from."""
    one = clerk(Role.SYSTEM)
    page = one.get("/online/1").text
    assert f"/logins/{network.granted}" in page
    assert "/online/1/end" in page
    with one.knowledge.store.read() as session:
        acts = session.scalars(select(ActRow).where(ActRow.act == "session.view")).all()
    assert [(act.actor, act.subject) for act in acts] == [(f"admin:{one.login}", "1")]
    assert "用户下线" in one.get("/online/4").text
    assert "/online/4/end" not in one.get("/online/4").text


def test_an_empty_network_says_what_to_do(clerk):
    """The first thing that an operator sees."""
    assert "计费" in clerk(Role.SYSTEM).get("/online").text
