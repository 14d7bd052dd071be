"""What the answer to a probe proves."""

import pytest

from access.enforcement import Outcome
from operate.order_words import Unsent
from portal.console.probe_answers import Verdict, proven, verdict


@pytest.mark.parametrize(
    ("outcome", "detail", "found", "mood"),
    [
        (None, None, Verdict.WAITING, "plain"),
        ("nak", "made-up session: nak 503 session context not found", Verdict.ANSWERS, "good"),
        ("nak", "made-up session: nak 402 missing attribute", Verdict.ANSWERS, "good"),
        ("nak", "made-up session: nak 403 nas identification mismatch", Verdict.ANSWERS, "warn"),
        ("nak", None, Verdict.ANSWERS, "good"),
        ("ack", "made-up session: ack", Verdict.ANSWERS, "good"),
        ("nak", "made-up session: nak 405 unsupported service", Verdict.DECLINES, "warn"),
        ("nak", "made-up session: nak 501 administratively prohibited", Verdict.DECLINES, "warn"),
        ("timeout", "made-up session: unproven", Verdict.UNPROVEN, "bad"),
        ("timeout", "made-up session: timeout", Verdict.SILENT, "bad"),
        ("unreachable", "made-up session: unreachable", Verdict.CLOSED, "bad"),
        ("unreachable", Unsent.TAKES_NONE.detail, Verdict.NOT_SENT, "bad"),
        ("unreachable", Unsent.ADDRESS_UNKNOWN.detail, Verdict.NOT_SENT, "bad"),
        ("ended", None, Verdict.LAPSED, "plain"),
    ],
)
def test_what_is_proven(outcome, detail, found, mood):
    """A signed refusal is what one hopes for (RFC 5176 §3.5); silence proves nothing."""
    assert verdict(outcome, detail) is found
    assert proven(outcome, detail).mood == mood


@pytest.mark.parametrize("outcome", list(Outcome))
def test_every_outcome_has_words(outcome):
    """In both languages; what is wrong comes with what to do."""
    answer = proven(outcome.value, None)
    assert answer.says.chinese
    assert answer.says.english
    assert answer.mood != "bad" or answer.do is not None


def test_an_acknowledged_end_of_nothing_is_not_taken_for_more():
    """Whether a real session ends shows only then."""
    assert "made up" in proven("ack", None).do.english


def test_a_prefix_without_an_address_is_told_what_to_enter():
    """And a device that is gone, what any order to it would say."""
    assert "命令地址" in proven("unreachable", Unsent.ADDRESS_UNKNOWN.detail).do.chinese
    assert "启用" in proven("unreachable", Unsent.DEVICE_GONE.detail).do.chinese
