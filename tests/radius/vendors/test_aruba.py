"""radius.vendors.aruba."""

from radius.vendors.aruba import VENDOR
from tests.radius.vendors.reading import PLAIN, STANDARD, TARGET, fields, read, rendered


def test_a_zone_is_a_role():
    """Aruba guides: 14823/1 names the role, 14823/43 the portal."""
    zone = PLAIN._replace(role="guest", redirect_url="https://portal.example/")
    assert fields(VENDOR, zone) == set()
    assert rendered(VENDOR, zone) == STANDARD | {
        "Aruba-User-Role": ["guest"],
        "Aruba-Captive-Portal-URL": ["https://portal.example/"],
    }


def test_what_belongs_into_the_role_is_refused():
    """Aruba guides: filters, rates and what a portal lets through are parts of the role."""
    zone = PLAIN._replace(acl="a", rate_up=1, rate_down=1, redirect_url="http://p/", redirect_acl="b")
    assert fields(VENDOR, zone) == {"acl", "rate_up", "rate_down", "redirect_url", "redirect_acl"}
    assert fields(VENDOR, PLAIN._replace(role="r" * 64)) == {"role"}


def test_orders_use_the_number_of_the_port():
    """Field knowledge: ArubaOS-Switch wants NAS-Port rather than NAS-Port-Id; controllers want no separators."""
    found = [read(attempt.attributes) for attempt in VENDOR.disconnect_attempts(TARGET)]
    assert {"Calling-Station-Id": ["0A-1B-2C-3D-4E-5F"], "NAS-Port": [17], "NAS-IP-Address": ["10.9.9.9"]} in found
    assert found[-1]["Calling-Station-Id"] == ["0a1b2c3d4e5f"]
    assert not any("NAS-Port-Id" in one for one in found)


def test_a_change_carries_the_role():
    """RFC 5176 §3.6: the new role and VLAN go into the CoA-Request."""
    found = read(VENDOR.coa_attempts(TARGET, PLAIN._replace(role="staff"))[0].attributes)
    assert found["Aruba-User-Role"] == ["staff"]
    assert found["Tunnel-Private-Group-Id"] == ["120"]
