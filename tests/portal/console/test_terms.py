"""Every code that the program itself gives has a word in both languages."""

import re

import pytest

from access.enforcement import Kind, Outcome
from access.evidence import Medium, Method, Strength
from access.lifetime import CAUSES, Ending
from directory.import_verdicts import Verdict
from directory.person import State
from directory.spelling import CATEGORIES, UNIT_KINDS
from portal.console.terms import TERMS, term

CODES = {
    "state": list(State),
    "category": CATEGORIES,
    "unit_kind": UNIT_KINDS,
    "assurance": range(4),
    "verdict": list(Verdict),
    "method": list(Method),
    "medium": list(Medium),
    "strength": [int(each) for each in Strength],
    "order": list(Kind),
    "outcome": list(Outcome),
    "ending": [*CAUSES.values(), *Ending],
}


@pytest.mark.parametrize("field", CODES)
def test_every_code_has_its_word(field):
    """What a page shows is a word, never a code of ours."""
    assert set(TERMS[field]) == {str(code) for code in CODES[field]}


def test_words_are_in_both_languages():
    """The first is Chinese, the second has no Chinese."""
    for words in TERMS.values():
        for text in words.values():
            assert re.search(r"[\u4e00-\u9fff]", text.chinese), text
            assert not re.search(r"[\u4e00-\u9fff]", text.english), text


def test_a_code_without_a_word_is_shown_as_it_is():
    """A kind that somebody typed, a cause that a device made up."""
    assert term("endpoint_kind", "scale") == ("scale", "scale")
    assert term("ending", "cause 99") == ("cause 99", "cause 99")
