"""Times as operators type them."""

import contextlib
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from operate.exits import CommandFailed
from operate.times import point

CITY = ZoneInfo("Asia/Shanghai")
NOW = 1_800_000_000.0


@pytest.mark.parametrize(
    ("text", "more", "expected"),
    [
        ("2026-12-31", {}, 1798646400.0),
        ("2026-12-31", {"end": True}, 1798732800.0),
        ("2026-12-31 18:00", {"end": True}, 1798711200.0),
        ("2026-12-31T18:00+00:00", {}, 1798740000.0),
        ("30d", {}, NOW + 30 * 86400),
        ("+8h", {}, NOW + 8 * 3600),
        ("15m", {"past": True}, NOW - 900),
    ],
)
def test_times_are_read_in_the_zone_of_the_city(text, more, expected):
    """A date alone is a whole day; a span counts from now."""
    assert point(text, CITY, NOW, **more) == expected


@given(st.text(max_size=30))
@settings(max_examples=200, deadline=None)
def test_any_other_text_is_refused(text):
    """A time, or CommandFailed, and nothing else."""
    with contextlib.suppress(CommandFailed):
        assert isinstance(point(text, CITY, NOW), float)
