"""radius.vendors.cisco."""

import pytest

from radius.vendors.cisco import VENDOR
from tests.radius.vendors.reading import NO_SESSION, PLAIN, STANDARD, TARGET, fields, read, rendered


@pytest.mark.parametrize(("acl", "sent"), [("101", "101.in"), ("guests.in", "guests.in"), ("g.out", "g.out")])
def test_a_filter_has_a_direction(acl: str, sent: str):
    """IOS guide: without .in an ACL would filter what leaves the port and let everything in."""
    assert rendered(VENDOR, PLAIN._replace(acl=acl)) == STANDARD | {"Filter-Id": [sent]}
    assert fields(VENDOR, PLAIN._replace(acl="a" * 251)) == {"acl"}


def test_a_redirect_needs_its_acl():
    """IOS guide: url-redirect is nothing without url-redirect-acl."""
    zone = PLAIN._replace(redirect_url="https://portal.example/", redirect_acl="REDIRECT")
    assert fields(VENDOR, zone) == set()
    assert rendered(VENDOR, zone)["Cisco-AVPair"] == [
        "url-redirect=https://portal.example/",
        "url-redirect-acl=REDIRECT",
    ]
    assert fields(VENDOR, zone._replace(redirect_acl=None)) == {"redirect_url"}
    assert rendered(VENDOR, zone._replace(redirect_acl=None)) == STANDARD
    too_long = zone._replace(redirect_url="h" * 235, redirect_acl="a" * 231)
    assert fields(VENDOR, too_long) == {"redirect_url", "redirect_acl"}


def test_what_it_cannot_carry_is_refused():
    """A role or a rate has no attribute here."""
    assert fields(VENDOR, PLAIN._replace(role="r", rate_up=1, rate_down=1)) == {"role", "rate_up", "rate_down"}


def test_orders_name_the_audit_session_first():
    """IOS guide: audit-session-id names a session for certain; Acct-Session-Id and hardware address follow."""
    first, *others = VENDOR.disconnect_attempts(TARGET._replace(audit_session="0A0909090000001A"))
    assert read(first.attributes) == {
        "NAS-IP-Address": ["10.9.9.9"],
        "Cisco-AVPair": ["audit-session-id=0A0909090000001A"],
    }
    assert tuple(others) == VENDOR.disconnect_attempts(TARGET)


def test_a_device_asks_again_by_coa():
    """IOS guide: the command and what names the session; without a session it is the hardware address."""
    (attempt,) = VENDOR.reauthentication_attempts(NO_SESSION)
    assert read(attempt.attributes) == {
        "Calling-Station-Id": ["0A-1B-2C-3D-4E-5F"],
        "Cisco-AVPair": ["subscriber:command=reauthenticate"],
    }
    assert VENDOR.reauthentication_attempts(TARGET) == VENDOR.coa_attempts(TARGET, PLAIN)


def test_a_change_is_a_new_login():
    """IOS guide: subscriber:command=reauthenticate; the zone is told in the answer to that login."""
    for attempt in VENDOR.coa_attempts(TARGET, PLAIN):
        found = read(attempt.attributes)
        assert found["Cisco-AVPair"] == ["subscriber:command=reauthenticate"]
        assert "Tunnel-Type" not in found
