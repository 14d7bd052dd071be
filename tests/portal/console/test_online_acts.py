"""Ending and moving sessions: named first, then ordered, never somebody else's."""

import pytest
from sqlalchemy import select

from access import enforcement
from access.tables import OrderRow
from portal.console.roles import Role
from store.record import ActRow


def orders(one):
    """Return kind, session and zone of all orders."""
    with one.knowledge.store.read() as session:
        return [
            (row.kind, row.session, row.zone) for row in session.scalars(select(OrderRow).order_by(OrderRow.number))
        ]


@pytest.mark.usefixtures("network")
def test_one_session_is_named_and_then_ended(clerk):
    """The page before says whom it concerns; the order carries who gave it, and its page is shown."""
    one = clerk(Role.SYSTEM)
    asked = one.get("/online/1/end").text
    assert "张伟" in asked
    assert "接入-1" in asked
    assert orders(one) == []
    answer = one.post("/online/end", {"session": "1"})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/orders/1"
    assert orders(one) == [("disconnect", 1, None)]
    with one.knowledge.store.read() as session:
        act = session.scalars(select(ActRow).where(ActRow.act == "session.disconnect")).one()
    assert act.actor == f"admin:{one.login}"


@pytest.mark.usefixtures("network")
def test_several_are_listed_before_they_end(clerk):
    """Ticked ones, or all that the filters found; those that ended meanwhile are left out."""
    one = clerk(Role.SYSTEM)
    page = one.post("/online/preview", {"session": ["1", "2", "4"]}).text
    assert "张伟" in page
    assert page.count('name="session"') == 2
    everything = one.post("/online/preview", {"all": "1", "zone": "public"}).text
    assert everything.count('name="session"') == 2
    answer = one.post("/online/end", {"session": ["1", "2", "4"]})
    assert answer.headers["location"] == "/orders?numbers=1,2"
    assert sorted(orders(one)) == [("disconnect", 1, None), ("disconnect", 2, None)]


@pytest.mark.usefixtures("network")
def test_nothing_ticked_says_so(clerk):
    """An act about nobody is not asked for."""
    one = clerk(Role.SYSTEM)
    answer = one.post("/online/preview")
    assert answer.status_code == 400
    assert "没有选中" in answer.text
    assert one.post("/online/end", {"session": "4"}).status_code == 400
    assert one.post("/online/end", {"session": "x"}).status_code == 400
    assert orders(one) == []


@pytest.mark.usefixtures("network")
def test_a_unit_ends_own_sessions_only(clerk):
    """Sideways it is as if there were none, and nothing changes; one strange number refuses the whole act."""
    own = clerk(Role.UNIT, "court")
    for number in (1, 3):
        assert own.get(f"/online/{number}/end").status_code == 404
        assert own.post("/online/preview", {"session": ["2", str(number)]}).status_code == 404
        assert own.post("/online/end", {"session": ["2", str(number)]}).status_code == 404
    assert own.post("/online/preview", {"all": "1", "unit": "finance"}).status_code == 404
    assert "张伟" not in own.post("/online/preview", {"all": "1"}).text
    assert orders(own) == []
    assert own.post("/online/end", {"session": "2"}).status_code == 303
    assert orders(own) == [("disconnect", 2, None)]


@pytest.mark.usefixtures("network")
def test_a_session_is_moved_to_a_zone_that_exists(clerk):
    """The form comes back beside what is missing."""
    one = clerk(Role.SYSTEM)
    assert "dedicated 区" in one.get("/online/1/move").text
    assert one.post("/online/1/move", {"zone": ""}).status_code == 400
    assert one.post("/online/1/move", {"zone": "nowhere"}).status_code == 400
    assert one.post("/online/4/move", {"zone": "dedicated"}).status_code == 400  # it is over
    answer = one.post("/online/1/move", {"zone": "dedicated"})
    assert answer.headers["location"] == "/orders/1"
    assert orders(one) == [("coa", 1, "dedicated")]


@pytest.mark.usefixtures("network")
def test_units_give_no_zones(clerk):
    """A zone is a right: a unit's administrator ends sessions, and moves none."""
    own = clerk(Role.UNIT, "court")
    assert own.get("/online/2/move").status_code == 403
    assert own.post("/online/2/move", {"zone": "dedicated"}).status_code == 403
    assert "/online/2/move" not in own.get("/online/2").text
    assert orders(own) == []


@pytest.mark.parametrize("role", [Role.SECURITY, Role.AUDIT])
@pytest.mark.usefixtures("network")
def test_others_give_no_orders(clerk, role):
    """Security looks on, audit does not even that."""
    assert clerk(role).post("/online/end", {"session": "1"}).status_code == 403


@pytest.mark.usefixtures("network")
def test_an_order_that_is_open_is_not_given_twice(clerk):
    """A double click, or two administrators."""
    one = clerk(Role.SYSTEM)
    one.post("/online/end", {"session": "1"})
    assert one.post("/online/end", {"session": "1"}).headers["location"] == "/orders/1"
    with one.knowledge.store.write() as unit:
        enforcement.record_outcome(unit, 1, "timeout", "session id: timeout")
    assert one.post("/online/end", {"session": "1"}).headers["location"] == "/orders/2"
