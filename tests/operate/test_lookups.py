"""What an operator typed, found."""

from contextlib import suppress
from ipaddress import ip_address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from directory.refusal import RegistryRefused
from operate.exits import CommandFailed
from operate.lookups import (
    address_of,
    check_zones,
    device_names,
    find_endpoint,
    find_person,
    hardware_of,
    person_names,
    sessions_of,
)
from tests.support.records import write_session


def test_people_and_endpoints_are_found_in_each_way(operator):
    """By login however it is capitalised, by subject id, by hardware address in any spelling."""
    operator.town()
    operator.done("endpoint", "add", "a8bbcc112233", "打印机", "--owner", "ayi", "--kind", "printer")
    store = operator.store()
    with store.read() as session:
        person = find_person(session, "ZhangSan")
        assert find_person(session, person.subject) is person
        assert find_endpoint(session, "A8BB.CC11.2233").owner == find_person(session, "ayi").subject
        assert person_names(session, {person.subject, "p-none"}) == {person.subject: "张三"}
        assert device_names(session, {1, 99}) == {1: "sw1"}
        for unknown in ("nobody", "", "\x00", "𠮷"):
            with pytest.raises(RegistryRefused):
                find_person(session, unknown)
        check_zones(session, ("internet",))
        with pytest.raises(CommandFailed):
            check_zones(session, ("intranet",))
    store.close()


def test_sessions_of_a_person_include_those_without_our_class(operator):
    """A device that does not give Class back leaves only the name to go by (RFC 2865 §5.25)."""
    operator.town()
    store = operator.store()
    subject = operator.data("person", "show", "zhangsan")["subject"]
    write_session(store, 1, subject=subject)
    write_session(store, 2)
    write_session(store, 3, subject="p-another")
    with store.read() as session:
        assert [row.number for row in sessions_of(session, "zhangsan", limit=10)] == [1, 2]
    store.close()


@given(st.text(max_size=20))
@settings(max_examples=100, deadline=None)
def test_a_hardware_address_is_read_or_refused(text):
    """One spelling, or CommandFailed, and nothing else."""
    try:
        assert len(hardware_of(text)) == 17
    except CommandFailed as error:
        text = error.says.english
    assert text


def test_an_address_has_one_spelling():
    """IPv4 within IPv6 is IPv4 (RFC 4291 §2.5.5.2), IPv6 is written short (RFC 5952)."""
    assert address_of("::ffff:10.8.0.7") == "10.8.0.7"
    assert address_of("2001:DB8:0:0::7") == "2001:db8::7"


@settings(max_examples=100, deadline=None)
@given(st.text())
def test_what_is_no_address_is_refused(text):
    """Anything typed is an address or one error."""
    with suppress(CommandFailed):
        assert ip_address(address_of(text))
