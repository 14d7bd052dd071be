"""radius.vendors.h3c."""

import pytest

from radius.vendors.h3c import VENDOR
from tests.radius.vendors.reading import PLAIN, STANDARD, TARGET, fields, read, rendered


def test_acl_role_and_rates():
    """H3C attributes reference: Filter-Id, User-Group 140, Input- and Output-Average-Rate 2 and 5 in bit/s."""
    zone = PLAIN._replace(acl="3001", role="访客", rate_up=1_000_000, rate_down=2_000_000)
    assert fields(VENDOR, zone) == set()
    assert rendered(VENDOR, zone) == STANDARD | {
        "Filter-Id": ["3001"],
        "H3C-User-Group": ["访客"],
        "H3C-Input-Average-Rate": [1_000_000],
        "H3C-Output-Average-Rate": [2_000_000],
    }


@pytest.mark.parametrize("acl", ["guests", "1999", "6000", "300", "03001"])
def test_a_filter_that_is_no_acl_number_is_refused(acl: str):
    """H3C guide: a Filter-Id that is not all digits is read as a user profile, so an ACL's name would be lost."""
    assert fields(VENDOR, PLAIN._replace(acl=acl)) == {"acl"}


def test_a_redirect_is_two_pairs():
    """Comware 7 guide, AV-Pair 210: url-redirect and url-redirect-acl."""
    zone = PLAIN._replace(redirect_url="https://portal.example/", redirect_acl="3002")
    assert fields(VENDOR, zone) == set()
    assert rendered(VENDOR, zone)["H3C-AV-Pair"] == [
        "url-redirect=https://portal.example/",
        "url-redirect-acl=3002",
    ]
    too_long = zone._replace(redirect_url="h" * 235, redirect_acl="a" * 231, role="r" * 248)
    assert fields(VENDOR, too_long) == {"redirect_url", "redirect_acl", "role"}


def test_orders_name_the_session_first():
    """RFC 5176 §3: session, then hardware address, then name and address; a change carries the zone."""
    found = [read(attempt.attributes) for attempt in VENDOR.disconnect_attempts(TARGET)]
    assert set(found[0]) == {"NAS-IP-Address", "User-Name", "Acct-Session-Id", "Calling-Station-Id"}
    assert set(found[-1]) == {"NAS-IP-Address", "User-Name", "Framed-IP-Address"}
    assert read(VENDOR.coa_attempts(TARGET, PLAIN)[0].attributes)["Tunnel-Private-Group-Id"] == ["120"]
