"""Orders as people look at them."""

import pytest

from access import enforcement, orders
from directory import people, units
from directory.people import NewPerson
from tests.support.records import write_session


@pytest.fixture
def given(store):
    """Orders about a person of the north, about nobody known, and about a hardware address alone."""
    with store.write() as unit:
        units.add(unit, "test", code="north", name="北镇", kind="town")
        [zhang] = people.add_many(
            unit, "test", [NewPerson(login="zhangwei", name="张伟", unit="north")], assurance=1
        )  # fmt: skip
    write_session(store, 1, subject=zhang)
    write_session(store, 2)
    with store.write() as unit:
        first = enforcement.order_disconnect(unit, 1, "admin:a")
        second = enforcement.order_disconnect(unit, 2, "admin:b")
        third = enforcement.order_reauthentication(
            unit, device=7, hardware="02:00:00:00:00:07", port=None, nas_port=None, address=None, ordered_by="portal"
        )
        enforcement.record_outcome(unit, second, "ack", "session id: ack")
    return [first, second, third]


def test_orders_are_found_by_unit_number_and_whether_they_wait(store, given):
    """The latest first; a unit's administrator sees those about own people only."""
    first, second, third = given

    def found(**told):
        with store.read() as session:
            return [one.order.number for one in orders.found(session, **told)]

    assert found() == [third, second, first]
    assert found(units={"north"}) == [first]
    assert found(numbers=[second, first, 999]) == [second, first]
    assert found(waiting=True) == [third, first]
    assert found(limit=1) == [third]


def test_an_order_tells_whom_it_is_about(store, given):
    """Where accounting told of a session: its person; else what the order itself has."""
    first, _, third = given
    with store.read() as session:
        assert orders.find(session, first).about.who.name == "张伟"
        assert orders.find(session, third).about is None
        assert orders.find(session, 999) is None
        assert [one.order.number for one in orders.about_session(session, 1)] == [first]
