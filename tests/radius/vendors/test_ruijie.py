"""radius.vendors.ruijie."""

from radius.vendors.ruijie import VENDOR
from tests.radius.vendors.reading import PLAIN, STANDARD, TARGET, fields, read, rendered


def test_an_order_tries_the_three_spellings():
    """RG-S2900G-E guide: Calling-Station-Id is in the format ietf, normal or unformatted."""
    found = [read(attempt.attributes) for attempt in VENDOR.disconnect_attempts(TARGET)]
    assert [one["Calling-Station-Id"][0] for one in found[:3]] == [
        "0A-1B-2C-3D-4E-5F",
        "0a1b.2c3d.4e5f",
        "0a1b2c3d4e5f",
    ]
    assert all(set(one) == {"NAS-IP-Address", "Calling-Station-Id"} for one in found[:3])
    assert "Acct-Session-Id" in found[3]


def test_changes_are_not_tried():
    """RG-S2900G-E guide: the extension ends sessions (DM); it changes none."""
    assert not VENDOR.supports_coa
    assert VENDOR.coa_attempts(TARGET, PLAIN) == ()


def test_acl_and_redirect():
    """WLAN guide: the ACL by standard attribute, a redirect by Cisco's pairs and never without its ACL."""
    zone = PLAIN._replace(acl="guests", redirect_url="http://portal.example/", redirect_acl="redirect")
    assert fields(VENDOR, zone) == set()
    assert rendered(VENDOR, zone) == STANDARD | {
        "Filter-Id": ["guests"],
        "Cisco-AVPair": ["url-redirect=http://portal.example/", "url-redirect-acl=redirect"],
    }
    assert fields(VENDOR, zone._replace(redirect_acl=None)) == {"redirect_url"}


def test_what_it_cannot_carry_is_refused():
    """No public attribute of Ruijie carries a role or a rate."""
    assert fields(VENDOR, PLAIN._replace(role="r", rate_up=1, rate_down=1)) == {"role", "rate_up", "rate_down"}
