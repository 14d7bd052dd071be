"""radius.vendors.standard."""

from radius.vendors.standard import VENDOR
from tests.radius.vendors.reading import PLAIN, STANDARD, TARGET, fields, read, rendered


def test_the_acl_is_filter_id():
    """RFC 2865 §5.11: Filter-Id names the filter of the port."""
    assert rendered(VENDOR, PLAIN._replace(acl="guests")) == STANDARD | {"Filter-Id": ["guests"]}


def test_what_no_standard_attribute_carries_is_refused():
    """There is no standard attribute for a role, a rate or a redirect."""
    zone = PLAIN._replace(role="r", rate_up=1000, rate_down=1000, redirect_url="http://portal/")
    assert fields(VENDOR, zone) == {"role", "rate_up", "rate_down", "redirect_url"}


def test_a_change_carries_the_whole_zone():
    """RFC 5176 §3.6: a CoA-Request names the session and carries the new attributes."""
    for attempt in VENDOR.coa_attempts(TARGET, PLAIN):
        found = read(attempt.attributes)
        assert {name: found[name] for name in STANDARD} == STANDARD
    assert read(VENDOR.coa_attempts(TARGET, PLAIN)[0].attributes)["Acct-Session-Id"] == ["0A1B2C3D"]
