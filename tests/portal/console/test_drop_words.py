"""Why a network device got no answer, in words."""

from portal.console.drop_words import words_of
from portal.language import plain
from radius.drops import Drop

# Of no device, and of one that is merely patient: neither is written down (radius.silences).
_UNWRITTEN = {Drop.UNKNOWN_SOURCE, Drop.DUPLICATE_PENDING}


def test_every_reason_that_is_written_down_has_words():
    """In both languages, with what to do."""
    for drop in set(Drop) - _UNWRITTEN:
        told = words_of(drop.label)
        assert told.says != plain(drop.label), drop
        assert all((*told.says, *told.do)), drop


def test_a_reason_of_another_version_is_shown_as_it_is():
    """An upgrade takes no row away."""
    assert words_of("from-the-future").says == plain("from-the-future")
