"""Words of rules, and hours as people type them."""

import pytest

from access.evidence import Medium, Strength
from access.hours import parse_hours
from access.rulebook import KNOWN_CATEGORIES
from portal.console.rule_words import CATEGORIES, MEDIA, STRENGTHS, hours_typed


def test_every_code_has_words():
    """Whatever a rule may say can be read."""
    assert set(CATEGORIES) == KNOWN_CATEGORIES
    assert set(MEDIA) == {one.value for one in Medium}
    assert set(STRENGTHS) == set(Strength)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("mon-fri 08:00-18:00; sat 09:00-12:00", "mon-fri 08:00-18:00; sat 09:00-12:00"),
        ("周一至周五 08:00-18:00；周六 09:00-12:00", "mon-fri 08:00-18:00; sat 09:00-12:00"),
        ("周一至周五08：00～18：00", "mon-fri 08:00-18:00"),
        ("星期一、星期三 08:00 - 12:00，14:00 - 18:00", "mon,wed 08:00-12:00,14:00-18:00"),
        ("周天 00:00-24:00", "sun 00:00-24:00"),
        ("", ""),
    ],
)
def test_hours_are_read_in_chinese_too(typed, kept):
    """Days and signs as an input method gives them."""
    assert hours_typed(typed) == kept
    parse_hours(kept)
