"""Times that people type."""

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.times import EARLIEST, LATEST, TimeMalformed, typed

ZONE = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("", None),
        ("  ", None),
        ("1970-01-01T08:00", 0.0),
        ("1970-01-01 08:00:01", 1.0),
        ("1970-01-02", 57600.0),
        ("1970-01-01T00:00:00+00:00", 0.0),
    ],
)
def test_without_an_offset_it_is_the_citys_time(text, at):
    """As a field of a form sends it."""
    assert typed(text, ZONE) == at


@pytest.mark.parametrize("text", ["yesterday", "1969-12-31", "9999-12-31T23:59", "0001-01-01", "2026-13-01"])
def test_other_texts_are_refused(text):
    """Also times that no record has."""
    with pytest.raises(TimeMalformed):
        typed(text, ZONE)


@given(st.text(max_size=40))
def test_any_text_is_a_time_or_refused(text):
    """Nothing else comes out."""
    try:
        at = typed(text, ZONE)
    except TimeMalformed:
        return
    assert at is None or EARLIEST <= at < LATEST
