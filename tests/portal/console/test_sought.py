"""What people type into search fields."""

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory import endpoints
from portal.console import sought
from portal.console.refusals import ConsoleRefused
from portal.console.sought import Whose

CITY = ZoneInfo("Asia/Shanghai")


def test_times_without_an_offset_are_the_citys():
    """A field of a browser tells no offset; a link may."""
    assert sought.moment("1970-01-01T08:00", "at", CITY) == 0
    assert sought.moment("1970-01-01T00:00:01Z", "at", CITY) == 1
    assert sought.moment(" ", "at", CITY) is None
    assert sought.local(0, CITY) == "1970-01-01T08:00:00"
    assert sought.local(None, CITY) == ""
    with pytest.raises(ConsoleRefused) as refused:
        sought.moment("soon", "until", CITY)
    assert refused.value.field == "until"


@given(st.text(max_size=40))
def test_a_time_is_read_or_refused(text):
    """Nothing else comes out of whatever somebody types."""
    try:
        at = sought.moment(text, "at", CITY)
    except ConsoleRefused:
        return
    assert at is None or isinstance(at, float)


def test_hardware_addresses_in_any_spelling():
    """And nothing that merely looks like one."""
    for text in ("02-00-00-00-00-0A", "0200.0000.000a", "0200-0000-000a", " 02000000000A "):
        assert sought.hardware(text) == "02:00:00:00:00:0a"
    for text in ("02-00-00-00-00", "0200000000zz", "10.8.0.1", ""):
        assert sought.hardware(text) is None


def test_addresses_have_one_spelling():
    """As the records have it."""
    assert sought.address(" 2001:DB8::0001 ", "address") == "2001:db8::1"
    assert sought.address("::ffff:10.0.0.1", "address") == "10.0.0.1"
    with pytest.raises(ConsoleRefused):
        sought.address("10.0.0", "address")


def test_a_text_means_somebody_or_an_address(knowledge, network):
    """The exact login or name before parts of names; a name that nobody has is searched as it was claimed."""
    with knowledge.store.write() as unit:
        printer = endpoints.add(
            unit, "test", hardware="02:00:00:00:00:99", name="打印机", kind="printer", owner=network.zhang
        )
    meant = {
        "": Whose(),
        "10.8.0.1": Whose(address="10.8.0.1"),
        "2001:DB8::1": Whose(address="2001:db8::1"),
        "0200-0000-0099": Whose(hardware="02:00:00:00:00:99"),
        "ZhangWei": Whose(subjects=(network.zhang,)),
        "张伟": Whose(subjects=(network.zhang,)),
        "zhangw": Whose(subjects=(network.zhang,)),
        network.li: Whose(subjects=(network.li,)),
        "打印": Whose(subjects=(printer,)),
        "Nobody": Whose(login="nobody"),
    }
    with knowledge.store.read() as session:
        for text, whose in meant.items():
            assert sought.whose(session, text, None) == whose, text
        assert sought.whose(session, "张伟", {"court"}) == Whose(login="张伟")
        assert sought.whose(session, network.zhang, {"court"}) == Whose(login=network.zhang)


@pytest.mark.usefixtures("network")
def test_devices_are_found_by_a_part_of_their_name(knowledge):
    """A whole name means that one alone."""
    with knowledge.store.read() as session:
        assert sought.devices_named(session, "") is None
        assert sought.devices_named(session, "接入") == [1, 2]
        assert sought.devices_named(session, "接入-2") == [2]
        assert sought.devices_named(session, "%") == []
        assert sought.devices_named(session, "2") == [2]
        assert sought.devices_named(session, "1") == [1]  # and not every name with a 1 in it
        assert sought.devices_named(session, "77") == []
