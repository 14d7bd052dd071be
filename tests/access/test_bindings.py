"""Bindings: made at the portal, one for each hardware address, over by themselves."""

import pytest
from sqlalchemy import select

from access import bindings, own_devices
from access.bindings import BindingRefused
from access.evidence import Strength
from access.reasons import Reason
from access.tables import BindingRow, OwnDeviceRow
from directory.refusal import Flaw, RegistryRefused
from store.changes import ChangeRow
from store.engine import Store, Unit
from store.record import ActRow

PHONE, TABLET = "02:00:00:00:00:01", "02:00:00:00:00:02"


def bind(unit: Unit, hardware: str = PHONE, subject: str = "P1", seconds: float = 3600.0, **changes) -> None:
    """Bind a person as the portal does."""
    told = {
        "hardware": hardware,
        "subject": subject,
        "strength": Strength.PASSWORD,
        "device": 7,
        "address": "10.1.2.3",
        "valid_until": unit.now + seconds,
        "actor": "portal",
    }
    bindings.bind(unit, **{**told, **changes})


def changes(store: Store) -> list[str]:
    """Return the subjects of all changes that followers of bindings look at."""
    with store.read() as session:
        rows = session.execute(select(ChangeRow.kind, ChangeRow.subject).order_by(ChangeRow.number))
        return [subject for kind, subject in rows if kind == own_devices.CHANGED]


def test_a_binding_says_who_how_strongly_where_and_until_when(store: Store):
    """It is in the record of acts and in the feed, and the device is the person's own from now on."""
    with store.write() as unit:
        bind(unit, strength=Strength.STRONG)
        row = bindings.find(unit.session, PHONE, unit.now)
        assert row is not None
        assert (row.subject, row.strength, row.device, row.address) == ("P1", 2, 7, "10.1.2.3")
        assert (row.made_at, row.valid_until) == (unit.now, unit.now + 3600)
        assert bindings.find(unit.session, PHONE, unit.now + 3600) is None
    assert changes(store) == [PHONE]
    with store.read() as session:
        (act,) = session.scalars(select(ActRow))
        assert (act.actor, act.act, act.subject) == ("portal", "binding.make", PHONE)
        assert session.get(OwnDeviceRow, PHONE).subject == "P1"


def test_who_logs_in_last_stands_behind_the_device(store: Store):
    """One row for each hardware address, whether the same person or another logs in again."""
    with store.write() as unit:
        bind(unit)
        before = unit.session.get(BindingRow, PHONE)
        bind(unit, seconds=7200)
        assert before.valid_until == unit.now + 7200
        bind(unit, subject="P2")
        assert [row.subject for row in unit.session.scalars(select(BindingRow))] == ["P2"]
        assert bindings.of_subject(unit.session, "P1", unit.now) == []
        assert unit.session.get(OwnDeviceRow, PHONE).subject == "P2"


def test_a_lost_device_binds_nobody(store: Store):
    """Reported by whomever: not even its owner logs in with it before it is taken back."""
    with store.write() as unit:
        bind(unit)
        own_devices.report_lost(unit, PHONE, "P1", "P1")
        for subject in ("P1", "P2"):
            with pytest.raises(BindingRefused) as refused:
                bind(unit, subject=subject)
            assert refused.value.reason is Reason.DEVICE_LOST
        assert bindings.find(unit.session, PHONE, unit.now) is None
        own_devices.taken_back(unit, PHONE, "P1", "P1")
        bind(unit)


def test_what_is_no_hardware_address_binds_nobody(store: Store):
    """Group addresses and the zero address belong to no device; a time that is over binds for no time."""
    with store.write() as unit:
        for hardware in ("01:00:5e:00:00:01", "00:00:00:00:00:00", "0200.0000.0001", ""):
            with pytest.raises(RegistryRefused) as refused:
                bind(unit, hardware)
            assert refused.value.flaw is Flaw.HARDWARE_MALFORMED
        with pytest.raises(ValueError, match="ends after now"):
            bind(unit, seconds=0.0)


def test_bindings_of_a_person_end_one_by_one_or_all(store: Store):
    """What ended is told to followers by its hardware address."""
    with store.write() as unit:
        bind(unit)
        bind(unit, TABLET)
        bind(unit, "02:00:00:00:00:03", subject="P2")
    with store.write() as unit:
        assert {row.hardware for row in bindings.of_subject(unit.session, "P1", unit.now)} == {PHONE, TABLET}
        assert bindings.unbind(unit, PHONE, "P1")
        assert not bindings.unbind(unit, PHONE, "P1")
        assert bindings.unbind_all(unit, "P1", "admin") == [TABLET]
        assert [row.subject for row in unit.session.scalars(select(BindingRow))] == ["P2"]
    assert changes(store)[-2:] == [PHONE, TABLET]


def test_what_is_over_is_removed(store: Store, monkeypatch: pytest.MonkeyPatch):
    """Few are named to followers; for many of them one word stands for all."""
    with store.write() as unit:
        for number in range(1, 5):
            bind(unit, f"02:00:00:00:00:0{number}", seconds=10.0 if number < 4 else 9999.0)
    for most, told in ((3, 3), (1, 1)):
        with store.write() as unit:
            unit.now += 11
            monkeypatch.setattr(bindings, "_MOST_NAMED", most)
            assert bindings.prune(unit) == 3
            assert bindings.prune(unit) == 0
            assert len(unit.session.scalars(select(BindingRow)).all()) == 1
        assert len(changes(store)[4:]) == told
        with store.write() as unit:
            unit.session.execute(ChangeRow.__table__.delete().where(ChangeRow.number > 4))
            for number in range(1, 4):
                unit.session.add(BindingRow(
                    hardware=f"02:00:00:00:00:0{number}", subject="P1", strength=1, device=1, address="",
                    made_at=0.0, valid_until=1.0,
                ))  # fmt: skip
    assert changes(store)[4:] == []
