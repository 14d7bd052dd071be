"""The devices with which people logged in at the portal."""

import pytest
from sqlalchemy import select

from access import own_devices
from access.evidence import Strength
from access.tables import BindingRow, OwnDeviceRow
from directory.refusal import Flaw, RegistryRefused
from store.changes import ChangeRow
from store.engine import Store
from store.record import ActRow
from tests.access.test_bindings import PHONE, TABLET, bind


def test_a_device_has_a_first_and_a_last_time(store: Store):
    """The name stays while its person comes again; with another person the device begins anew."""
    with store.write() as unit:
        own_devices.seen(unit, PHONE, "P1")
        own_devices.rename(unit, PHONE, "P1", " 阿依古丽·买买提的手机 ", "P1")
        first = unit.now
    with store.write() as unit:
        unit.now = first + 60
        own_devices.seen(unit, PHONE, "P1")
        (row,) = own_devices.of_subject(unit.session, "P1")
        assert (row.name, row.first_at, row.last_at) == ("阿依古丽·买买提的手机", first, first + 60)
        own_devices.seen(unit, PHONE, "P2")
        assert own_devices.of_subject(unit.session, "P1") == []
        (row,) = own_devices.of_subject(unit.session, "P2")
        assert (row.name, row.first_at) == ("", first + 60)


def test_the_last_used_device_is_first(store: Store):
    """A list that somebody looks through for the phone of today."""
    with store.write() as unit:
        own_devices.seen(unit, PHONE, "P1")
        unit.now += 1
        own_devices.seen(unit, TABLET, "P1")
        assert [row.hardware for row in own_devices.of_subject(unit.session, "P1")] == [TABLET, PHONE]


def test_nobody_touches_the_device_of_another(store: Store):
    """A device of somebody else and one that nobody has are the same answer."""
    with store.write() as unit:
        own_devices.seen(unit, PHONE, "P1")
        for act in (own_devices.forget, own_devices.report_lost, own_devices.taken_back):
            for hardware in (PHONE, TABLET):
                with pytest.raises(RegistryRefused) as refused:
                    act(unit, hardware, "P2", "P2")
                assert refused.value.flaw is Flaw.ENDPOINT_UNKNOWN
        with pytest.raises(RegistryRefused):
            own_devices.rename(unit, PHONE, "P2", "mine", "P2")


@pytest.mark.parametrize("name", ["", "   ", "a\u202eb", "a\nb", "x" * 41])
def test_a_name_is_shown_on_pages(store: Store, name: str):
    """Nothing that turns or breaks a line, and not without end."""
    with store.write() as unit:
        own_devices.seen(unit, PHONE, "P1")
        with pytest.raises(RegistryRefused) as refused:
            own_devices.rename(unit, PHONE, "P1", name, "P1")
        assert refused.value.flaw is Flaw.NAME_MALFORMED


def test_a_lost_device_is_unbound_and_cannot_be_forgotten(store: Store):
    """Forgotten, it would be let in again; every step is in the record, and told to followers."""
    with store.write() as unit:
        bind(unit, strength=Strength.STRONG)
    with store.write() as unit:
        own_devices.report_lost(unit, PHONE, "P1", "P1")
        own_devices.report_lost(unit, PHONE, "P1", "P1")
        assert own_devices.is_lost(unit.session, PHONE)
        assert unit.session.get(BindingRow, PHONE) is None
        with pytest.raises(RegistryRefused) as refused:
            own_devices.forget(unit, PHONE, "P1", "P1")
        assert refused.value.flaw is Flaw.STATE_FORBIDS
    with store.write() as unit:
        own_devices.taken_back(unit, PHONE, "P1", "admin")
        own_devices.taken_back(unit, PHONE, "P1", "admin")
        assert not own_devices.is_lost(unit.session, PHONE)
    with store.read() as session:
        acts = session.scalars(select(ActRow.act).order_by(ActRow.number)).all()
        assert acts == ["binding.make", "own_device.lost", "own_device.taken_back"]
        assert session.scalars(select(ChangeRow.kind).order_by(ChangeRow.number)).all() == ["binding"] * 3


def test_a_forgotten_device_is_nobodys(store: Store):
    """Its binding ends with it."""
    with store.write() as unit:
        bind(unit)
        own_devices.forget(unit, PHONE, "P1", "P1")
        assert unit.session.scalars(select(OwnDeviceRow)).all() == []
        assert unit.session.scalars(select(BindingRow)).all() == []
        assert not own_devices.is_lost(unit.session, PHONE)
