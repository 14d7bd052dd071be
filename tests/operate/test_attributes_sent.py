"""What a device is told, as people read it."""

import pytest

from access.decision import Zone
from operate.attributes_sent import attributes_sent
from radius.vendor import vendor_names

ZONE = Zone("office", "办公", vlan="120", session_timeout=3600, message="欢迎")


@pytest.mark.parametrize("vendor", sorted(vendor_names()))
def test_every_vendors_attributes_have_names(vendor):
    """Of the dictionaries that are tried against other servers; none is left as a number."""
    told = dict(attributes_sent(ZONE, vendor, interim=300))
    assert told["Tunnel-Private-Group-Id"] == "120"
    assert told["Session-Timeout"] == "3600"
    assert told["Acct-Interim-Interval"] == "300"
    assert told["Reply-Message"] == "欢迎"
    assert all(isinstance(name, str) and not name[0].isdigit() for name in told)


def test_what_cannot_be_rendered_tells_nothing():
    """A vendor that there is no file of, or a value that no attribute holds."""
    assert attributes_sent(ZONE, "nobody", interim=300) == []
    assert attributes_sent(ZONE._replace(acl="x" * 300), "standard", interim=300) == []
