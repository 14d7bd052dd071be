"""What network devices sent and got no answer to."""

from access import devices
from access.device_drops import FEW, PAUSE, DeviceDrop, count_unheard, drops, record_drops, unheard
from access.tables import DeviceDropRow, DeviceRow
from store.engine import Store

AT = 1_700_000_000.0


def keep(store: Store, at: float, heard: dict[tuple[int, str], tuple[int, str]], monkeypatch) -> None:
    """Record at a time of our choice."""
    with store.write() as unit:
        monkeypatch.setattr(unit, "now", at)
        record_drops(unit, heard)


def add(store: Store, number: int, *, enabled: bool = True) -> None:
    with store.write() as unit:
        unit.session.add(
            DeviceRow(
                number=number, name=f"switch-{number}", prefix=f"192.0.2.{number}/32", vendor="huawei", secret=b"",
                created_at=AT, enabled=enabled,
            )
        )  # fmt: skip


def test_drops_are_counted_by_device_and_reason(store: Store, monkeypatch):
    """Two workers tell of the same fault: one row, the packets of both, the address of the last."""
    add(store, 1)
    add(store, 2)
    keep(store, AT, {(1, "authenticator"): (3, "192.0.2.1"), (2, "unsigned"): (1, "192.0.2.2")}, monkeypatch)
    keep(store, AT + 9, {(1, "authenticator"): (4, "192.0.2.9"), (1, "length"): (1, "192.0.2.1")}, monkeypatch)
    with store.read() as session:
        assert drops(session, 1, AT) == [
            DeviceDrop("authenticator", 7, "192.0.2.9", AT, AT + 9),
            DeviceDrop("length", 1, "192.0.2.1", AT + 9, AT + 9),
        ]
        assert drops(session, 2, AT + 1) == []


def test_after_a_day_without_it_a_fault_is_counted_anew(store: Store, monkeypatch):
    """What was mended last month says nothing about today."""
    add(store, 1)
    keep(store, AT, {(1, "authenticator"): (900, "192.0.2.1")}, monkeypatch)
    later = AT + PAUSE + 1
    keep(store, later, {(1, "authenticator"): (2, "192.0.2.1")}, monkeypatch)
    with store.read() as session:
        assert drops(session, 1, AT) == [DeviceDrop("authenticator", 2, "192.0.2.1", later, later)]


def test_a_stray_packet_alarms_nobody(store: Store, monkeypatch):
    """Source addresses can be forged; a fault that goes on is told, of devices that are served."""
    for number in (1, 2, 3):
        add(store, number, enabled=number != 3)
    heard = {(1, "unsigned"): (FEW, "a"), (2, "unsigned"): (FEW - 1, "b"), (3, "unsigned"): (FEW, "c")}
    keep(store, AT, heard, monkeypatch)
    with store.read() as session:
        assert count_unheard(session, AT) == 1
        assert count_unheard(session, AT + 1) == 0
        assert unheard(session, [1, 2], AT) == {1}
        assert unheard(session, [], AT) == set()


def test_a_device_that_is_gone_leaves_nothing(store: Store, monkeypatch):
    """Taken out, and told of by a worker that has not heard of it yet."""
    add(store, 1)
    keep(store, AT, {(1, "unsigned"): (9, "192.0.2.1")}, monkeypatch)
    with store.write() as unit:
        devices.remove(unit, "test", 1)
    keep(store, AT, {(1, "unsigned"): (9, "192.0.2.1")}, monkeypatch)
    with store.read() as session:
        assert session.query(DeviceDropRow).count() == 0
