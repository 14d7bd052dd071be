"""radius.vendor: the interface of vendors, and what they share."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from access.decision import Zone
from radius.hardware import Spelling
from radius.packet import LONGEST_VENDOR_VALUE, Attribute
from radius.vendor import (
    BY_ADDRESS,
    BY_HARDWARE,
    BY_SESSION_ALONE,
    Effect,
    Target,
    UnknownVendor,
    attempts,
    identification,
    probe_attempts,
    standard_attributes,
    standard_objections,
    vendor_named,
    vendor_names,
)
from tests.radius.vendors.reading import PLAIN, STANDARD, TARGET, fields, read, rendered

NOTHING = Target(None, None, None, None, None, None, None, None, None)


def test_vendors_are_found_by_the_name_of_their_file():
    """A vendor is one file; nothing registers it anywhere else."""
    assert vendor_names() == ("aruba", "cisco", "h3c", "huawei", "ruijie", "standard")
    for name in vendor_names():
        assert vendor_named(name).name == name


@pytest.mark.parametrize(
    "name", ["", "nobody", "Huawei", "../huawei", "huawei.x", "os", "__init__", "huawei\n", "h" * 99]
)
def test_any_other_name_is_refused(name: str):
    """A name from a device record imports nothing but a file of radius/vendors."""
    with pytest.raises(UnknownVendor):
        vendor_named(name)


@pytest.mark.parametrize("name", vendor_names())
def test_every_vendor_carries_a_plain_zone_out(name: str):
    """RFC 3580 §3: VLAN and time limits are the same for all, and nobody objects to them."""
    vendor = vendor_named(name)
    assert rendered(vendor, PLAIN) == STANDARD
    assert vendor.objections(PLAIN) == ()
    assert vendor.render(Zone("empty", "空")) == b""


@pytest.mark.parametrize("name", vendor_names())
def test_every_vendor_names_a_session_in_several_ways(name: str):
    """RFC 5176 §3: only identification attributes go into a Disconnect-Request, and never a user's name alone."""
    vendor = vendor_named(name)
    found = vendor.disconnect_attempts(TARGET)
    assert len(found) >= 3
    assert len({attempt.label for attempt in found}) == len(found)
    allowed = {
        "User-Name",
        "NAS-IP-Address",
        "NAS-Port",
        "Calling-Station-Id",
        "Acct-Session-Id",
        "Framed-IP-Address",
    }
    for attempt in found:
        named = set(read(attempt.attributes)) - {"NAS-IP-Address"}
        assert named
        assert named != {"User-Name"}
        assert named <= allowed
    assert vendor.disconnect_attempts(NOTHING) == ()
    assert vendor.supports_coa == bool(vendor.coa_attempts(TARGET, PLAIN))


ZONES = st.builds(
    Zone,
    code=st.just("z"),
    name=st.just("区"),
    vlan=st.none() | st.text(max_size=90) | st.integers(-5, 5000).map(str),
    acl=st.none() | st.text(max_size=300) | st.integers(0, 9999).map(str),
    role=st.none() | st.text(max_size=90),
    rate_up=st.none() | st.integers(-1, 1 << 33),
    rate_down=st.none() | st.integers(-1, 1 << 33),
    session_timeout=st.none() | st.integers(-1, 1 << 33),
    reauthenticate=st.booleans(),
    idle_timeout=st.none() | st.integers(-1, 1 << 33),
    interim=st.none() | st.integers(-1, 1 << 33),
    redirect_url=st.none() | st.text(max_size=300),
    redirect_acl=st.none() | st.text(max_size=300),
)


@given(ZONES, st.sampled_from(vendor_names()))
@settings(max_examples=300, deadline=None)
def test_a_zone_without_objections_can_be_rendered(zone: Zone, name: str):
    """What passed when the zone was saved never fails at a login; what did not pass raises ValueError at most."""
    vendor = vendor_named(name)
    objections = vendor.objections(zone)
    try:
        octets = vendor.render(zone)
    except ValueError:
        assert objections
        return
    assert len(octets) < 2000
    read(octets)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"vlan": "0"}, "vlan"),
        ({"vlan": "4095"}, "vlan"),
        ({"vlan": "0120"}, "vlan"),
        ({"vlan": "\x01120"}, "vlan"),
        ({"vlan": "长" * 85}, "vlan"),
        ({"session_timeout": 0}, "session_timeout"),
        ({"idle_timeout": 1 << 32}, "idle_timeout"),
        ({"interim": 59}, "interim"),
        ({"redirect_acl": "3001"}, "redirect_acl"),
        ({"acl": "a\n"}, "acl"),
    ],
)
def test_what_no_device_could_carry_out(changes: dict[str, object], field: str):
    """RFC 3580 §3.31, RFC 2869 §5.16: numbers out of range and unprintable text are refused when saved."""
    zone = PLAIN._replace(**changes)  # type: ignore[arg-type] # - one field each, of its own type
    assert field in {objection.field for objection in standard_objections(zone)}
    assert all(field in fields(vendor_named(name), zone) for name in vendor_names())


def test_a_vlan_may_have_a_name():
    """RFC 3580 §3.31: Tunnel-Private-Group-Id is text; devices accept names of VLANs, Chinese ones too."""
    zone = Zone("z", "z", vlan="办公_㐂𠮷")
    assert list(standard_objections(zone)) == []
    assert read(standard_attributes(zone, None))["Tunnel-Private-Group-Id"] == ["办公_㐂𠮷"]


def test_termination_action_never_stands_alone():
    """RFC 2865 §5.29: it says what happens at the end of Session-Timeout; alone, devices invent a time."""
    assert standard_attributes(Zone("z", "z", reauthenticate=True), None) == b""
    cut = read(standard_attributes(Zone("z", "z", session_timeout=60, reauthenticate=False), None))
    assert cut == {"Session-Timeout": [60]}


def test_ways_without_their_facts_are_left_out():
    """A device is never asked with half of an identification, and never twice the same."""
    some = NOTHING._replace(acct_session=b"s", nas_address="2001:db8::1")
    found = attempts(some, (BY_HARDWARE, BY_SESSION_ALONE, BY_ADDRESS, ("again", BY_SESSION_ALONE[1])), Spelling.IETF)
    assert [attempt.label for attempt in found] == ["session id alone"]
    assert read(found[0].attributes) == {"NAS-IPv6-Address": ["2001:db8::1"], "Acct-Session-Id": ["s"]}
    assert identification(TARGET, (Attribute.NAS_PORT_ID, Attribute.NAS_IDENTIFIER), Spelling.IETF) is not None


def test_a_probe_names_no_session_that_could_be():
    """RFC 5176 §3: nothing by which a device could find somebody who is there."""
    (one,) = probe_attempts(b"made up", "192.0.2.1")
    assert one.label == "made-up session"
    assert read(one.attributes) == {"NAS-IP-Address": ["192.0.2.1"], "Acct-Session-Id": ["made up"]}
    (six,) = probe_attempts(b"made up", "2001:db8::1")
    assert set(read(six.attributes)) == {"NAS-IPv6-Address", "Acct-Session-Id"}
    (none,) = probe_attempts(b"made up", None)
    assert set(read(none.attributes)) == {"Acct-Session-Id"}


@pytest.mark.parametrize("name", ["aruba", "cisco", "h3c", "huawei", "ruijie"])
def test_a_redirect_is_judged_with_its_token(name: str):
    """What fits into the zone but not into the attribute once the token stands in it is refused when saved."""
    vendor = vendor_named(name)
    zone = PLAIN._replace(role="guests", redirect_acl=None if name == "aruba" else "3999")
    for signs, refused in ((0, False), (LONGEST_VENDOR_VALUE - len("https://p/{token}") - len("url-redirect="), True)):
        long = zone._replace(redirect_url="https://p/{token}" + "x" * signs)
        assert ("redirect_url" in fields(vendor, long)) is refused


def test_objections_say_what_would_happen():
    """An operator reads in both languages whether a limit would be ignored or a door left open."""
    for name in vendor_names():
        zone = PLAIN._replace(acl="x", role="1", rate_up=0, redirect_url="http://p/", redirect_acl=None)
        for objection in vendor_named(name).objections(zone):
            assert objection.chinese.endswith("。")
            assert objection.english.endswith(".")
            assert objection.effect in Effect
