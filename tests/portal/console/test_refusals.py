"""The closed list of what the console refuses."""

import re

from portal.console.refusals import ConsoleRefused, Why


def test_codes_are_unique_and_both_languages_are_there():
    """Codes are never used again."""
    assert len({why.code for why in Why}) == len(Why)
    for why in Why:
        assert re.fullmatch(r"CN-\d{3}", why.code)
        assert re.search(r"[\u4e00-\u9fff]", why.value.text.chinese)
        assert not re.search(r"[\u4e00-\u9fff]", why.value.text.english)


def test_refusal_repeats_no_value():
    """Its text names code and field, never what was typed."""
    assert str(ConsoleRefused(Why.FIELD_MISSING, "login")) == "CN-301 login"
