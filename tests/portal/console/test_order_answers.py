"""Answers of devices in words: each says what happened, and what to do where something can be done."""

import pytest

from access.enforcement import Kind, Outcome
from portal.console.order_answers import WAITING, answered


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("outcome", list(Outcome))
def test_every_outcome_has_words(kind, outcome):
    """Of every kind of order."""
    answer = answered(kind.value, outcome.value, None)
    assert answer.says.chinese
    assert answer.says.english
    assert (answer.mood == "bad") == (outcome in (Outcome.NAK, Outcome.TIMEOUT, Outcome.UNREACHABLE))


def test_another_secret_is_told_from_silence():
    """It came, and proves nothing."""
    assert "密钥" in answered("disconnect", "timeout", "session id: unproven").says.chinese
    assert "没有应答" in answered("disconnect", "timeout", "session id: timeout").says.chinese


def test_no_outcome_yet_is_waiting():
    """Whatever the record may say besides."""
    assert answered("disconnect", None, None) is WAITING


def test_the_last_cause_that_is_known_decides_what_to_do():
    """Of several attempts the last one was the best bet; unknown causes say nothing (RFC 5176 §3.5)."""
    detail = "session id: nak 402 missing attribute; name and address: nak 503 session context not found"
    assert "没有这个会话" in answered("disconnect", "nak", detail).do.chinese
    assert answered("disconnect", "nak", "session id: nak 599 unknown cause").do is None
    assert answered("disconnect", "nak", None).do is None


def test_what_was_never_sent_says_so():
    """By its code, and unknown codes fall back to the outcome."""
    assert "3799" in answered("coa", "unreachable", "OR-102 the device takes no orders (dynauth port 0)").do.chinese
    assert answered("coa", "unreachable", "OR-999 new").says == answered("coa", "unreachable", None).says
