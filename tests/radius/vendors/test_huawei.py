"""radius.vendors.huawei."""

import pytest

from radius.vendors.huawei import VENDOR
from tests.radius.vendors.reading import NO_SESSION, PLAIN, STANDARD, TARGET, fields, read, rendered


def test_acl_and_group_share_filter_id():
    """S series guide: Filter-Id is an ACL number or the name of a group, never both in one packet."""
    assert rendered(VENDOR, PLAIN._replace(acl="3001")) == STANDARD | {"Filter-Id": ["3001"]}
    assert rendered(VENDOR, PLAIN._replace(role="访客组")) == STANDARD | {"Filter-Id": ["访客组"]}
    assert fields(VENDOR, PLAIN._replace(acl="3001", role="guests")) == {"role"}


@pytest.mark.parametrize("acl", ["2999", "4000", "03001", "guests", "３００１", "-3001"])
def test_an_acl_is_a_number_from_3000_to_3999(acl: str):
    """S series guide: another number is not found, and by default the device then opens the port."""
    assert "acl" in fields(VENDOR, PLAIN._replace(acl=acl))
    assert fields(VENDOR, PLAIN._replace(acl="3000")) == fields(VENDOR, PLAIN._replace(acl="3999")) == set()


def test_a_group_of_digits_is_refused():
    """S series guide: a Filter-Id of digits is an ACL."""
    assert fields(VENDOR, PLAIN._replace(role="3001")) == {"role"}


def test_rates_are_committed_information_rates_in_bits():
    """S series guide: 2011/2 and 2011/5, bit/s; input is what the subject sends."""
    zone = PLAIN._replace(rate_up=20_000_000, rate_down=100_000_000)
    assert fields(VENDOR, zone) == set()
    assert rendered(VENDOR, zone) == STANDARD | {
        "Huawei-Input-Committed-Information-Rate": [20_000_000],
        "Huawei-Output-Committed-Information-Rate": [100_000_000],
    }


def test_a_redirect_names_portal_and_acl():
    """S series guide: HW-Portal-URL 156, HW-Redirect-ACL 173."""
    zone = PLAIN._replace(redirect_url="https://portal.example/?a=1", redirect_acl="3999")
    assert fields(VENDOR, zone) == set()
    found = rendered(VENDOR, zone)
    assert found["Huawei-Portal-URL"] == ["https://portal.example/?a=1"]
    assert found["Huawei-Redirect-ACL"] == ["3999"]
    assert fields(VENDOR, zone._replace(redirect_url="h" * 248, redirect_acl="2000")) == {
        "redirect_url",
        "redirect_acl",
    }


def test_an_order_names_the_hardware_address_alone_first():
    """Field knowledge: a stale Acct-Session-Id is ignored without a NAK, so it comes last and alone."""
    found = [read(attempt.attributes) for attempt in VENDOR.disconnect_attempts(TARGET)]
    assert found[0] == {"NAS-IP-Address": ["10.9.9.9"], "Calling-Station-Id": ["0A-1B-2C-3D-4E-5F"]}
    assert set(found[1]) == {"NAS-IP-Address", "User-Name", "Framed-IP-Address"}
    assert set(found[2]) == {"NAS-IP-Address", "Acct-Session-Id"}


def test_a_device_asks_again_by_coa():
    """S series guide: user-command=1, named by hardware address: all that a login at the portal knows."""
    (attempt,) = VENDOR.reauthentication_attempts(NO_SESSION)
    assert attempt.label == "hardware address, reauthenticate"
    assert read(attempt.attributes) == {
        "Calling-Station-Id": ["0A-1B-2C-3D-4E-5F"],
        "Huawei-Ext-Specific": ["user-command=1"],
    }


def test_a_change_may_end_in_a_new_login():
    """S series guide: user-command=1 in HW-Ext-Specific reauthenticates, and takes no other attribute beside it."""
    *changes, again = VENDOR.coa_attempts(TARGET, PLAIN)
    assert all(read(attempt.attributes)["Tunnel-Private-Group-Id"] == ["120"] for attempt in changes)
    assert read(again.attributes) == {
        "NAS-IP-Address": ["10.9.9.9"],
        "Calling-Station-Id": ["0A-1B-2C-3D-4E-5F"],
        "Huawei-Ext-Specific": ["user-command=1"],
    }
