"""What came of network devices lately."""

import pytest

from access.device_activity import Activity, activity, heard, last_order, listed, refusals
from access.device_drops import record_drops
from access.tables import DeviceRow, OrderRow
from store.engine import Store
from tests.support.records import AT, write_login, write_session


def device(store: Store, name: str, **fields) -> None:
    row = {"prefix": f"{name}/32", "vendor": "huawei", "secret": b"", "created_at": AT, "observed": ""}
    with store.write() as unit:
        unit.session.add(DeviceRow(name=name, **row | fields))


def test_logins_refusals_and_sessions_are_counted_for_each_device(store: Store):
    """Only from the time on that is asked for; a device that did nothing is absent."""
    write_login(store, -10)
    write_login(store, 5)
    write_login(store, 6, reason="TN-102", zone=None, rule=None)
    write_login(store, 7, reason="TN-102", zone=None, rule=None)
    write_login(store, 8, reason="TN-401", zone=None, rule=None)
    write_session(store, 1)
    write_session(store, 2, device=3)
    write_session(store, 3, stopped_at=AT + 700)
    with store.read() as session:
        assert activity(session, [1, 2, 3], AT) == {
            1: Activity(AT + 600, logins=4, refused=3, sessions=1),
            3: Activity(AT + 600, sessions=1),
        }
        assert activity(session, [], AT) == {}
        assert [(one.reason, one.times, one.last_at) for one in refusals(session, 1, AT)] == [
            ("TN-102", 2, AT + 7),
            ("TN-401", 1, AT + 8),
        ]


def test_the_first_sign_of_life_is_found(store: Store):
    """The first login since then, and an open session that was heard of since then."""
    first = write_login(store, 20)
    write_login(store, 30)
    write_session(store, 1)
    with store.read() as session:
        found = heard(session, 1, AT + 10)
        assert found.login is not None
        assert found.login.number == first
        assert found.session is not None
        assert found.session.number == 1
        assert heard(session, 1, AT + 700) == (None, None)
        assert heard(session, 2, AT) == (None, None)


def test_the_last_order_with_an_outcome_tells_whether_orders_arrive(store: Store):
    """By the session's device or the order's own; one under way says nothing yet."""
    write_session(store, 1, device=4)
    order = {"kind": "disconnect", "ordered_by": "test", "ordered_at": AT}
    with store.write() as unit:
        unit.session.add(OrderRow(**order, session=1, outcome="ack", done_at=AT + 1))
        unit.session.add(OrderRow(**order, device=5, hardware="aa:bb:cc:00:00:01", outcome="timeout", done_at=AT + 2))
        unit.session.add(OrderRow(**order, session=1))
    with store.read() as session:
        assert [getattr(last_order(session, number), "outcome", None) for number in (4, 5, 6)] == [
            "ack",
            "timeout",
            None,
        ]


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({}, ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"]),
        ({"text": "0.2"}, ["10.0.0.2"]),
        ({"text": "hall%"}, []),
        ({"text": "hall"}, ["10.0.0.1"]),
        ({"enabled": False}, ["10.0.0.3"]),
        ({"exposed": True}, ["10.0.0.2", "10.0.0.4"]),
        ({"unheard_since": AT}, ["10.0.0.2"]),
        ({"unheard_since": AT + 1e9}, []),
        ({"after": "10.0.0.3"}, ["10.0.0.4"]),
        ({"limit": 1}, ["10.0.0.1"]),
    ],
)
def test_devices_are_found_by_what_is_typed(store: Store, asked: dict, names: list[str]):
    """Signs of LIKE mean themselves; exposed ones are those that access.devices.protection calls so."""
    device(store, "10.0.0.1", site="hall", observed="signed")
    device(store, "10.0.0.2", observed="unsigned")
    device(store, "10.0.0.3", observed="unsigned", require_message_authenticator="yes", enabled=False)
    device(store, "10.0.0.4", require_message_authenticator="no", observed="signed")
    with store.write() as unit:
        for number, drop in ((1, "length"), (2, "unsigned"), (3, "unsigned")):
            record_drops(unit, {(number, drop): (1 if number == 1 else 9, "10.0.0.9")})
    with store.read() as session:
        assert [row.name for row in listed(session, **{"limit": 10, **asked})] == names
