"""Words for what is known of a device."""

from access.reasons import Reason
from access.tables import DeviceRow
from portal.console.device_terms import OBSERVED, PROTECTION, reason, remedy, unprobeable
from radius.forgery import Observed


def test_everything_that_can_be_observed_has_words():
    """The words of radius.forgery, none left out."""
    assert set(OBSERVED) == {one.value for one in Observed}
    assert set(PROTECTION) == {"safe", "unseen", "exposed"}


def test_reasons_are_told_by_code():
    """A code that is no longer ours is shown as it is."""
    assert reason("TN-102").chinese == Reason.PASSWORD_WRONG.value.chinese
    assert remedy("TN-401").english == Reason.NO_RULE.value.remedy_english
    assert reason("TN-999").english == "TN-999"


def test_why_orders_cannot_be_probed():
    """One reason at a time, the first that is to be mended."""
    row = DeviceRow(enabled=True, dynauth_port=3799, prefix="192.0.2.1/32", dynauth_address=None)
    assert unprobeable(row) is None
    row.prefix = "192.0.2.0/24"
    assert "prefix" in unprobeable(row).english
    row.dynauth_address = "192.0.2.9"
    assert unprobeable(row) is None
    row.dynauth_port = 0
    assert "takes no orders" in unprobeable(row).english
    row.enabled = False
    assert "disabled" in unprobeable(row).english
