"""Orders to end or move a session."""

import pytest
from sqlalchemy import select

from access import devices, zones
from access.decision import Zone
from access.enforcement import (
    PROBE_LASTS,
    Kind,
    Order,
    OrderRefused,
    Outcome,
    Senseless,
    close_ended,
    open_orders,
    order_all_at,
    order_all_of,
    order_coa,
    order_disconnect,
    order_probe,
    order_reauthentication,
    order_state,
    orders_from,
    record_outcome,
)
from access.lifetime import Status
from access.orders import about_session
from access.session_rows import BulkRows
from access.tables import OrderRow, SessionRow
from store.changes import ChangeRow
from store.engine import Store, Unit
from store.record import ActRow
from store.sealing import Sealer
from tests.access.builders import HARDWARE, NOW, record


@pytest.fixture
def sessions(store: Store) -> list[int]:
    """Two open sessions of one person, one of another."""
    told = {"address": "10.0.0.1", "port": "GE1/0/1", "nas_port": 7, "nas_address": "192.0.2.1"}
    records = [
        record(acct_session="a", subject="P1", **told),
        record(acct_session="b", subject="P1"),
        record(acct_session="c", subject="P2"),
    ]
    with store.write() as unit:
        BulkRows(store.dialect).write_records(unit.session.connection(), records)
        zones.add(unit, "admin", Zone("guest", "访客区"))
    with store.read() as session:
        return list(session.scalars(select(SessionRow.number).order_by(SessionRow.acct_session)))


def stop(store: Store, name: str) -> None:
    with store.write() as unit:
        told = record(Status.STOP, NOW + 60, acct_session=name)
        BulkRows(store.dialect).write_records(unit.session.connection(), [told])


def waiting(store: Store) -> list[Order]:
    with store.read() as session:
        return open_orders(session)


def test_an_order_tells_the_device_all_it_may_ask_for(store: Store, sessions: list[int]):
    """RFC 5176 §3: devices differ in what they know a session by; the feed tells that there is an order."""
    with store.write() as unit:
        number = order_disconnect(unit, sessions[0], "admin")
    (order,) = waiting(store)
    assert order == Order(
        number, Kind.DISCONNECT, None, "admin", order.ordered_at, sessions[0], 1, "a", "ayi", HARDWARE, "10.0.0.1",
        None, "GE1/0/1", 7, "192.0.2.1", "switch-1",
    )  # fmt: skip
    with store.read() as session:
        assert ("order", str(number)) in session.execute(select(ChangeRow.kind, ChangeRow.subject)).all()
        act = session.scalars(select(ActRow).order_by(ActRow.number.desc())).first()
        assert act is not None
        assert (act.actor, act.act, act.subject) == ("admin", "session.disconnect", str(number))


def test_an_order_is_not_given_twice(store: Store, sessions: list[int]):
    """While one is open, the same order again is that one; another kind is another."""
    with store.write() as unit:
        first = order_disconnect(unit, sessions[0], "admin")
        assert order_disconnect(unit, sessions[0], "other") == first
        moved = order_coa(unit, sessions[0], "guest", "admin")
        assert order_coa(unit, sessions[0], "guest", "admin") == moved != first
        assert record_outcome(unit, first, "timeout", "3 attempts")
        assert order_disconnect(unit, sessions[0], "admin") not in (first, moved)


def test_what_makes_no_sense_is_refused(store: Store, sessions: list[int]):
    """No such session, a session that is over, no such zone."""
    stop(store, "c")
    with store.write() as unit:
        for number, why in ((0, Senseless.NO_SUCH_SESSION), (sessions[2], Senseless.SESSION_OVER)):
            with pytest.raises(OrderRefused) as refused:
                order_disconnect(unit, number, "admin")
            assert refused.value.why is why
        with pytest.raises(OrderRefused) as refused:
            order_coa(unit, sessions[0], "nowhere", "admin")
        assert refused.value.why is Senseless.NO_SUCH_ZONE


def test_a_leaver_is_out_everywhere(store: Store, sessions: list[int]):
    """Every open session of the person is ordered to end, and nobody else's."""
    with store.write() as unit:
        numbers = order_all_of(unit, "P1", "lifecycle")
        assert order_all_of(unit, "P1", "lifecycle") == numbers
    assert {order.session for order in waiting(store)} == set(sessions[:2])


def test_the_answer_is_kept(store: Store, sessions: list[int]):
    """What the device said is recorded once, with its time, and the order is no longer open."""
    with store.write() as unit:
        number = order_disconnect(unit, sessions[0], "admin")
    with store.write() as unit:
        assert record_outcome(unit, number, "nak", "503 session context not found")
        assert not record_outcome(unit, number, "ack", None)
        assert not record_outcome(unit, number + 1, "ack", None)
        with pytest.raises(ValueError, match="maybe"):
            record_outcome(unit, number, "maybe", None)
    assert waiting(store) == []
    with store.read() as session:
        ((row, *_),) = about_session(session, sessions[0])
        assert (row.outcome, row.detail) == (Outcome.NAK, "503 session context not found")
        assert row.done_at is not None


def test_a_session_that_was_moved_is_in_its_new_zone(store: Store, sessions: list[int]):
    """Only an ACK moves it."""
    for outcome, zone in (("nak", None), ("ack", "guest")):
        with store.write() as unit:
            record_outcome(unit, order_coa(unit, sessions[0], "guest", "admin"), outcome, None)
        with store.read() as session:
            row = session.get(SessionRow, sessions[0])
            assert row is not None
            assert row.zone == zone


def test_orders_about_sessions_that_ended(store: Store, sessions: list[int]):
    """They are not carried out, since the id may be another's by now; an ACK that comes late is still kept."""
    with store.write() as unit:
        number = order_disconnect(unit, sessions[0], "admin")
    stop(store, "a")
    assert waiting(store) == []
    with store.write() as unit:
        assert close_ended(unit) == 1
        assert close_ended(unit) == 0
    with store.write() as unit:
        assert about_session(unit.session, sessions[0])[0].order.outcome == Outcome.ENDED
        assert record_outcome(unit, number, "ack", None)
        assert not record_outcome(unit, number, "timeout", None)
    with store.read() as session:
        assert about_session(session, sessions[0])[0].order.outcome == Outcome.ACK


def again(unit: Unit, hardware: str = HARDWARE, device: int = 1, session: int | None = None) -> int:
    """Order that a device ask again, as the portal does."""
    return order_reauthentication(
        unit, device=device, hardware=hardware, port="GE1/0/9", nas_port=9, address="10.0.0.9", ordered_by="P1",
        session_number=session,
    )  # fmt: skip


def test_a_device_that_accounts_for_nothing_can_be_told_to_ask_again(store: Store):
    """The hardware address and the port are all that is known; the record says from where the person came."""
    with store.write() as unit:
        number = again(unit)
        assert again(unit) == number
        assert again(unit, device=2) != number
    order = waiting(store)[0]
    assert order == Order(
        number, Kind.REAUTHENTICATE, None, "P1", order.ordered_at, None, 1, "", "", HARDWARE, None, None, "GE1/0/9", 9,
        None, None,
    )  # fmt: skip
    with store.read() as session:
        acts = session.scalars(select(ActRow).where(ActRow.subject == str(number))).all()
        assert [act.act for act in acts] == ["session.reauthenticate"]
        assert "10.0.0.9" in acts[0].after
    with store.write() as unit:
        assert order_state(unit.session, number) == (None, None, None)
        assert order_state(unit.session, number + 9) is None
        assert close_ended(unit) == 0
        assert record_outcome(unit, number, "ack", "hardware address, reauthenticate: ack")
        done = order_state(unit.session, number)
        assert done == (unit.now, Outcome.ACK, "hardware address, reauthenticate: ack")
        assert again(unit) != number


def test_an_open_session_lends_what_the_device_knows_it_by(store: Store, sessions: list[int]):
    """The one that the caller knows, else the latest, of that hardware address at that device; its zone stays."""
    with store.write() as unit:
        again(unit, session=sessions[0])
    (order,) = waiting(store)
    assert (order.session, order.acct_session, order.nas_address) == (sessions[0], "a", "192.0.2.1")
    with store.write() as unit:
        assert record_outcome(unit, order.number, "ack", None)
        assert unit.session.get(SessionRow, sessions[0]).zone is None
        again(unit)
        again(unit, device=2)
        again(unit, "02:00:00:00:00:02")
    assert [order.session for order in waiting(store)] == [max(sessions), None, None]


def test_a_session_that_is_over_is_not_asked_about(store: Store, sessions: list[int]):
    """Its device has noticed already; the next session has a login of its own."""
    with store.write() as unit:
        number = again(unit, session=sessions[0])
    stop(store, "a")
    assert waiting(store) == []
    with store.write() as unit:
        assert close_ended(unit) == 1
        assert order_state(unit.session, number).outcome is Outcome.ENDED
        again(unit, session=sessions[0])
    assert [order.acct_session for order in waiting(store)] != ["a"]


def test_a_lost_device_is_out_everywhere(store: Store, sessions: list[int]):
    """Every open session of the hardware address is ordered to end, whoever is in it."""
    with store.write() as unit:
        assert len(order_all_at(unit, HARDWARE, "P1")) == len(sessions)
        assert order_all_at(unit, "02:00:00:00:00:02", "P1") == []


def test_orders_are_found_by_number_subject_and_giver(store: Store, sessions: list[int]):
    """Whoever ended an account follows the orders that came of it."""
    with store.write() as unit:
        first = order_disconnect(unit, sessions[2], "night")
        mine = order_all_of(unit, "P1", "admin:one")
    with store.read() as session:

        def found(*told, **more):
            return [(order.number, row.subject) for order, row in orders_from(session, *told, **more)]

        assert found(0) == [(first, "P2"), (mine[0], "P1"), (mine[1], "P1")]
        assert found(mine[0], subjects=["P1", "P9"]) == [(number, "P1") for number in mine]
        assert found(0, ordered_by="night") == [(first, "P2")]
        assert found(mine[1] + 1) == []
        assert len(found(0, limit=1)) == 1


@pytest.fixture
def switch(store: Store) -> int:
    """A registered device."""
    sealer = Sealer({1: bytes(range(32))})
    with store.write() as unit:
        number, _ = devices.add(unit, "admin", sealer, name="sw", prefix="192.0.2.1", vendor="standard")
    return number


def probe_acts(store: Store) -> list[tuple[str, str]]:
    with store.read() as session:
        acts = session.scalars(select(ActRow).where(ActRow.act.startswith("device.probe")).order_by(ActRow.number))
        return [(act.act, act.subject) for act in acts]


def test_a_probe_is_about_a_device_and_nobody(store: Store, switch: int):
    """Given once while it is open; on record under its device. A device that is none has none."""
    with store.write() as unit:
        number = order_probe(unit, switch, "admin")
        assert order_probe(unit, switch, "other") == number
        with pytest.raises(OrderRefused) as refused:
            order_probe(unit, switch + 1, "admin")
        assert refused.value.why is Senseless.NO_SUCH_DEVICE
    (order,) = waiting(store)
    assert (order.number, order.kind, order.device, order.session) == (number, Kind.PROBE, switch, None)
    assert (order.login, order.hardware, order.acct_session) == ("", None, "")
    with store.write() as unit:
        assert record_outcome(unit, number, "nak", "made-up session: nak 503 session context not found")
        assert order_probe(unit, switch, "admin") != number
    subject = str(switch)
    assert probe_acts(store) == [("device.probe", subject), ("device.probe.nak", subject), ("device.probe", subject)]


def test_nobody_stays_in_because_of_a_probe(store: Store, sessions: list[int], switch: int):
    """Orders that end a session come first; what the device calls its own address is told."""
    with store.write() as unit:
        number = order_probe(unit, switch, "admin")
        ended = order_disconnect(unit, sessions[0], "admin")
    found = waiting(store)
    assert [one.number for one in found] == [ended, number]
    assert switch == 1, "the device of the sessions"
    assert found[1].nas_address == "192.0.2.1"


def test_a_probe_that_nobody_carried_out_lapses(store: Store, switch: int):
    """After ten minutes, and not before: whoever asked is told so."""
    with store.write() as unit:
        number = order_probe(unit, switch, "admin")
        assert close_ended(unit) == 0
        unit.session.get_one(OrderRow, number).ordered_at -= PROBE_LASTS + 1
        unit.session.flush()
        assert close_ended(unit) == 1
    with store.read() as session:
        state = order_state(session, number)
    assert state is not None
    assert state.outcome is Outcome.ENDED
