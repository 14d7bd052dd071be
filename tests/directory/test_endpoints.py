import pytest

from directory import endpoints, people
from directory.person import State
from directory.refusal import Flaw, RegistryRefused
from tests.support.registry import ACTOR, add_active, build_city

HARDWARE = "00:11:22:33:44:55"


@pytest.fixture
def store(store):
    with store.write() as unit:
        build_city(unit)
    return store


def refused(flaw):
    return pytest.raises(RegistryRefused, match=flaw.code)


def add_printer(unit, owner, **more):
    return endpoints.add(unit, ACTOR, hardware=HARDWARE, name="打印机", kind="printer", owner=owner, **more)


def test_an_endpoint_belongs_to_a_person(store):
    """An endpoint is registered under an active person's answer, in that person's unit where none is said."""
    with store.write() as unit:
        owner = add_active(unit, "a")
        subject = add_printer(unit, owner, zones=["public"], valid_until=unit.now + 60)
        row = endpoints.find(unit.session, subject)
        assert (row.unit, row.owner, row.state, row.zones) == ("north-1", owner, "active", "public")
        assert endpoints.by_hardware(unit.session, HARDWARE) is row
        assert endpoints.listed(unit.session, unit="north") == [row] == endpoints.listed(unit.session, owner=owner)
        assert endpoints.listed(unit.session, unit="south") == []


def test_only_an_active_person_answers(store):
    """A suspended or unknown owner is refused."""
    with store.write() as unit:
        owner = add_active(unit, "a")
        people.suspend(unit, ACTOR, owner)
    with refused(Flaw.OWNER_NOT_ACTIVE), store.write() as unit:
        add_printer(unit, owner)
    with refused(Flaw.PERSON_UNKNOWN), store.write() as unit:
        add_printer(unit, "p-nobody")


def test_one_record_for_one_device(store):
    """A hardware address is registered once; a retired device comes back under its own id."""
    with store.write() as unit:
        owner = add_active(unit, "a")
        subject = add_printer(unit, owner)
    with refused(Flaw.HARDWARE_TAKEN), store.write() as unit:
        add_printer(unit, owner)
    with store.write() as unit:
        endpoints.retire(unit, ACTOR, subject)
    with refused(Flaw.STATE_FORBIDS), store.write() as unit:
        endpoints.extend(unit, ACTOR, subject, None)
    with store.write() as unit:
        assert add_printer(unit, owner) == subject
        assert endpoints.find(unit.session, subject).state == "active"


def test_extend(store):
    """An endpoint's end is moved, and is never in the past."""
    with store.write() as unit:
        subject = add_printer(unit, add_active(unit, "a"), valid_until=unit.now + 60)
        endpoints.extend(unit, ACTOR, subject, unit.now + 3600)
        assert endpoints.find(unit.session, subject).valid_until == float(int(unit.now + 3600))
        endpoints.extend(unit, ACTOR, subject, None)
        assert endpoints.find(unit.session, subject).valid_until is None
        with refused(Flaw.TIME_MALFORMED):
            endpoints.extend(unit, ACTOR, subject, unit.now - 1)


def test_a_subject_id_is_ten_octets():
    """Subject ids are opaque; too little chance is a mistake of the program."""
    assert endpoints.new_subject("e", bytes(10)) == "e-aaaaaaaaaaaaaaaa"
    assert endpoints.new_subject("e", None) != endpoints.new_subject("e", None)
    with pytest.raises(ValueError, match="10 octets"):
        endpoints.new_subject("e", b"short")


def test_change(store):
    """Name, kind, unit and rights change; the hardware address is the device, and stays."""
    with store.write() as unit:
        subject = add_printer(unit, add_active(unit, "a"), zones=["public"])
        endpoints.change(unit, ACTOR, subject, name="新打印机", kind="camera", home="south", zones=["b", "a"])
        row = endpoints.find(unit.session, subject)
        assert (row.name, row.kind, row.unit, row.zones) == ("新打印机", "camera", "south", "a,b")
        assert row.hardware == HARDWARE
        endpoints.retire(unit, ACTOR, subject)
        with refused(Flaw.STATE_FORBIDS):
            endpoints.change(unit, ACTOR, subject, name="x", kind="camera", home="south", zones=[])


def test_search_by_text_unit_state_and_end(store):
    """By a part of name or address; what ends soon comes first, what is retired does not end any more."""
    with store.write() as unit:
        owner = add_active(unit, "a")
        now = unit.now
        printer = add_printer(unit, owner, valid_until=now + 500)
        more = {"kind": "camera", "owner": owner, "home": "south"}
        camera = endpoints.add(unit, ACTOR, hardware="00:11:22:aa:bb:cc", name="东门%", valid_until=now + 90, **more)
        endpoints.add(unit, ACTOR, hardware="00:11:22:aa:bb:cd", name="西门", **more)
        gone = endpoints.add(unit, ACTOR, hardware="00:11:22:aa:bb:ce", name="北门", valid_until=now + 60, **more)
        endpoints.retire(unit, ACTOR, gone)

        def found(**wanted):
            return [row.subject for row in endpoints.search(unit.session, **wanted)]

        assert found(text="AA:BB:cc") == [camera] == found(text="%")
        assert found(text="打印", unit="north") == [printer]
        assert found(text="打印", unit="south") == []
        assert found(ends_before=now + 1000) == [camera, printer]
        assert found(state=State.LEFT) == [gone]
        assert len(found(limit=2)) == 2
        assert found(text="\udc80\x00") == []


def test_a_row_is_an_endpoint_as_a_login_sees_one(store):
    """By its record; the state that the mirror would have."""
    with store.write() as unit:
        owner = add_active(unit, "a")
        row = endpoints.find(unit.session, add_printer(unit, owner))
    found = endpoints.as_endpoint(row)
    assert (found.subject, found.hardware, found.owner) == (row.subject, row.hardware, owner)
    assert found.state is State.ACTIVE
