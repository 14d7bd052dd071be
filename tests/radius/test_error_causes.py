"""radius.error_causes: refusals of devices in words."""

from radius.dictionary import dictionary
from radius.error_causes import cause_in_words


def test_every_assigned_cause_has_words_in_both_languages():
    """RFC 5176 §3.5: an operator reads why a device refused, not a number."""
    for number in (201, 202, *range(401, 408), *range(501, 509)):
        assert cause_in_words(number) != "unknown cause"
        assert cause_in_words(number, chinese=True) != "未知原因"
        assert dictionary()["Error-Cause"].values.HasBackward(number.to_bytes(4, "big"))
    assert cause_in_words(503) == "session context not found"
    assert cause_in_words(503, chinese=True) == "设备上没有该会话"


def test_other_numbers_are_unknown():
    """A number from a device is never trusted to be one of ours."""
    assert cause_in_words(0) == cause_in_words(0xFFFFFFFF) == "unknown cause"
