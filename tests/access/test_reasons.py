"""Reasons: stable codes, both languages."""

import re

import pytest

from access.reasons import Reason


def test_codes_are_unique():
    """No two reasons share a code, and Enum made no alias of two alike."""
    assert len({reason.code for reason in Reason}) == len(Reason) == len(Reason.__members__)


@pytest.mark.parametrize("reason", Reason)
def test_both_languages_say_something(reason: Reason):
    """Every reason has a code of ours and four sentences, two of them Chinese."""
    told = reason.value
    assert re.fullmatch(r"TN-[1-5][0-9]{2}", told.code)
    for sentence in (told.chinese, told.remedy_chinese):
        assert re.search(r"[\u4e00-\u9fff]", sentence)
        assert sentence.endswith("。")
    for sentence in (told.english, told.remedy_english):
        assert sentence[0].isupper() or sentence[0].isdigit()
        assert not re.search(r"[\u4e00-\u9fff]", sentence)
        assert sentence.endswith(".")


def test_an_unknown_name_reads_like_a_wrong_password():
    """Nobody can find out by asking which names exist."""
    assert Reason.PERSON_UNKNOWN.value[1:] == Reason.PASSWORD_WRONG.value[1:]
    assert Reason.PERSON_UNKNOWN.code != Reason.PASSWORD_WRONG.code
