"""The noun `endpoint`."""

from sqlalchemy import select

from access.tables import OrderRow
from tests.support.records import write_session


def test_an_endpoint_is_added_in_any_spelling_and_retired(operator):
    """A hardware address is kept in one spelling and found in each."""
    operator.town()
    operator.done("endpoint", "add", "A8BB.CC11.2233", "二楼打印机", "--owner", "zhangsan", "--kind", "printer")

    (row,) = operator.data("endpoint", "list", "--owner", "zhangsan")
    assert (row["hardware"], row["owner"], row["unit"]) == ("a8:bb:cc:11:22:33", "zhangsan", "north")
    operator.done("endpoint", "retire", "a8-bb-cc-11-22-33")
    assert operator.data("endpoint", "list")[0]["state"] == "left"


def test_what_is_no_hardware_address_is_refused(operator):
    """A slip is a usage error, with an example."""
    operator.town()

    said = operator("endpoint", "add", "printer-1", "打印机", "--owner", "zhangsan", "--kind", "printer", lang="zh")

    assert said.exit_code == 2
    assert "aa:bb:cc:dd:ee:ff" in said.err
    assert operator("endpoint", "retire", "printer-1").exit_code == 1


def test_endpoints_of_a_leaver_are_suspended(operator):
    """Nobody answers for them then."""
    operator.town()
    operator.done("endpoint", "add", "a8bbcc112233", "摄像头", "--owner", "ayi", "--kind", "camera", "--until", "30d")
    operator.done("person", "end", "ayi", "--yes")

    assert operator.data("endpoint", "list", "--unit", "city")[0]["state"] == "suspended"
    assert operator("endpoint", "hand-over", "a8bbcc112233", "ayi").exit_code == 1
    handed = operator.data("endpoint", "hand-over", "a8bbcc112233", "zhangsan")
    assert (handed["owner"], handed["state"]) == ("zhangsan", "active")


def test_an_endpoint_gets_another_end(operator):
    """Until the end of a day of the city, or without end; a time that was is refused."""
    operator.town()
    operator.done("endpoint", "add", "a8bbcc112233", "摄像头", "--owner", "ayi", "--kind", "camera")

    extended = operator.data("endpoint", "extend", "a8bbcc112233", "--until", "2099-12-31")
    assert extended["valid_until"] == "2099-12-31T16:00:00Z"
    assert "2100-01-01" in operator.done("endpoint", "extend", "a8bbcc112233", "--until", "2099-12-31", lang="zh")
    assert operator("endpoint", "extend", "a8bbcc112233", "--until", "2001-01-01").exit_code == 1
    assert operator.data("endpoint", "extend", "a8bbcc112233", "--until", "")["valid_until"] is None


def test_a_retired_endpoint_is_ended_where_it_is(operator):
    """Off the network means now: its open session gets an order in the same unit of work."""
    operator.town()
    operator.done("endpoint", "add", "A8BB.CC11.2233", "二楼打印机", "--owner", "zhangsan", "--kind", "printer")
    (row,) = operator.data("endpoint", "list")
    store = operator.store()
    try:
        write_session(store, 1, subject=row["subject"])
        operator.done("endpoint", "retire", "a8-bb-cc-11-22-33")
        with store.read() as session:
            assert session.scalars(select(OrderRow.kind)).all() == ["disconnect"]
    finally:
        store.close()
