"""Words for what is known of a device."""

from access.reasons import Reason
from portal.console.device_terms import OBSERVED, PROTECTION, reason, remedy
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
