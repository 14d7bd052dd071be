"""Who is online, found by what people type."""

import pytest

from access import online
from access.tables import DeviceRow
from directory import endpoints, people, units
from directory.people import NewPerson
from tests.support.records import write_login, write_session


@pytest.fixture
def city(store):
    """A person with two sessions, a camera with one, one of nobody, and one that is over; return subjects by name."""
    with store.write() as unit:
        units.add(unit, "test", code="north", name="北镇", kind="town")
        units.add(unit, "test", code="south", name="南镇", kind="town")
        new = [
            NewPerson(login="zhangwei", name="张伟", unit="north"),
            NewPerson(login="ayi", name="阿依·古丽", unit="south"),
        ]
        zhang, ayi = people.add_many(unit, "test", new, assurance=1)
        camera = endpoints.add(
            unit, "test", hardware="02:00:00:00:00:99", name="大门摄像头", kind="camera", owner=ayi
        )  # fmt: skip
        unit.session.add(
            DeviceRow(number=1, name="接入-1", prefix="10.0.0.1/32", vendor="huawei", secret=b"x", created_at=unit.now)
        )
    number = write_login(store, 1, subject=zhang, method="portal", ssid="gov")
    write_session(store, 1, subject=zhang, login="zhangwei", zone="public", login_number=number)
    write_session(store, 2, subject=zhang, login="zhangwei", zone="office", device=2, address6="2001:db8::1")
    write_session(store, 3, subject=camera, login="020000000099", hardware="02:00:00:00:00:99", zone="office")
    write_session(store, 4, login="stranger", zone=None)
    write_session(store, 5, subject=ayi, login="ayi", stopped_at=1_790_000_900.0)
    return {"zhang": zhang, "ayi": ayi, "camera": camera}


def numbers(found):
    """Return the numbers of what was found."""
    return [one.session.number for one in found]


@pytest.mark.usefixtures("city")
def test_sessions_are_found_by_what_people_type(store):
    """Name, pinyin, login, hardware address in any spelling, address; signs of LIKE mean themselves."""
    wanted = {
        "": [4, 3, 2, 1], "张伟": [2, 1], "zhangw": [2, 1], "zw": [2, 1], "摄像": [3], "STRANGER": [4],
        "02-00-00-00-00-99": [3], "0200.0000.0099": [3], "10.8.0.2": [2], "2001:db8": [2], "阿依": [], "%": [], "_": [],
    }  # fmt: skip
    with store.read() as session:
        for text, found in wanted.items():
            assert numbers(online.found(session, text=text)) == found, text
            assert online.count(session, text=text) == len(found), text


@pytest.mark.usefixtures("city")
def test_places_narrow_it(store):
    """By zone, network device, unit, page; a unit never sees whom nobody knows."""
    with store.read() as session:
        assert numbers(online.found(session, zone="office")) == [3, 2]
        assert numbers(online.found(session, devices=[2])) == [2]
        assert numbers(online.found(session, devices=[])) == []
        assert numbers(online.found(session, units={"north"})) == [2, 1]
        assert numbers(online.found(session, units={"south"})) == [3]
        assert online.count(session, units={"north", "south"}) == 3
        assert numbers(online.found(session, before=3, limit=1)) == [2]


@pytest.mark.usefixtures("city")
def test_names_belong_to_sessions(store):
    """Who, unit, who answers for it, where and by which method, as far as each is known."""
    with store.read() as session:
        found = {one.session.number: one for one in online.of_numbers(session, [1, 3, 4, 5, 77])}
    assert list(found) == [5, 4, 3, 1]
    assert (found[1].who.name, found[1].unit_name, found[1].device_name) == ("张伟", "北镇", "接入-1")
    assert (found[1].method, found[1].ssid) == ("portal", "gov")
    assert (found[3].who.name, found[3].owner_name) == ("大门摄像头", "阿依·古丽")
    assert found[4].who is None
    assert found[4].method is None
    assert found[5].session.stopped_at is not None
