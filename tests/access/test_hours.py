"""Hours of rules, and the city's clock."""

import string
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from access.hours import DAY, DAYS, WEEK, CityClock, parse_hours
from access.malformed import RuleMalformed


def minute(day: str, time: str) -> int:
    return DAYS.index(day) * DAY + int(time[:2]) * 60 + int(time[3:])


def covers(text: str, day: str, time: str) -> bool:
    hours = parse_hours(text)
    assert hours is not None
    return minute(day, time) in hours


@pytest.mark.parametrize(
    ("text", "day", "time", "inside"),
    [
        ("mon-fri 08:00-18:00; sat 09:00-12:00", "mon", "08:00", True),
        ("mon-fri 08:00-18:00; sat 09:00-12:00", "mon", "07:59", False),
        ("mon-fri 08:00-18:00; sat 09:00-12:00", "fri", "17:59", True),
        ("mon-fri 08:00-18:00; sat 09:00-12:00", "fri", "18:00", False),
        ("mon-fri 08:00-18:00; sat 09:00-12:00", "sat", "11:59", True),
        ("mon-fri 08:00-18:00; sat 09:00-12:00", "sun", "10:00", False),
        ("FRI 22:00-06:00", "fri", "23:00", True),
        ("fri 22:00-06:00", "sat", "05:59", True),
        ("fri 22:00-06:00", "fri", "05:59", False),
        ("sun 22:00-06:00", "mon", "01:00", True),
        ("sat-mon 10:00-11:00", "sun", "10:30", True),
        ("sat-mon 10:00-11:00", "tue", "10:30", False),
        ("mon, wed 08:00-09:00, 20:00-21:00", "wed", "20:30", True),
        ("mon, wed 08:00-09:00, 20:00-21:00", "tue", "20:30", False),
        ("sun 00:00-24:00", "sun", "23:59", True),
        ("sun 00:00-24:00", "mon", "00:00", False),
    ],
)
def test_spans(text: str, day: str, time: str, inside: bool):
    """The end is not included; a span over midnight belongs to the day on which it begins."""
    assert covers(text, day, time) is inside


def test_empty_means_always():
    """No hours is no condition."""
    assert parse_hours("  ") is None


@pytest.mark.parametrize(
    "text",
    [
        "mon", "mon 8:00-18:00", "mon 08:00", "mon 08:00-08:00", "mon 24:00-06:00", "mon 08:60-09:00",
        "mon 08:00-24:01", "day 08:00-09:00", "mon-xyz 08:00-09:00", ";", "mon 08:00-09:00;", "mon08:00-09:00",
        "mon ٠٨:00-09:00", "mon 08:00-09:00\n", "mon 08:00-09:00; " * 40,
    ],
)  # fmt: skip
def test_refused(text: str):
    """Anything else names the field."""
    with pytest.raises(RuleMalformed) as refused:
        parse_hours(text)
    assert refused.value.field == "hours"


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=string.ascii_lowercase + string.digits + " -:;,", max_size=60) | st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str):
    """Accept, or raise the one error, nothing else."""
    try:
        hours = parse_hours(text)
    except RuleMalformed:
        return
    assert hours is None or len(hours.minutes) == WEEK


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["Asia/Shanghai", "Asia/Urumqi", "Europe/Berlin", "Asia/Kathmandu", "America/St_Johns", "UTC"]),
    st.floats(min_value=946_684_800, max_value=4_000_000_000),
)
def test_clock_agrees_with_the_calendar(zone: str, now: float):
    """The cached offset gives what the calendar says, also across a change of the offset."""
    clock = CityClock(zone)
    for later in (0, 900, 3600, 7 * 3600):
        there = datetime.fromtimestamp(int(now) + later, UTC).astimezone(ZoneInfo(zone))
        assert clock.minute(int(now) + later) == there.weekday() * DAY + there.hour * 60 + there.minute


def test_clock_follows_summer_time():
    """In a zone with summer time the same UTC time is another local hour."""
    clock = CityClock("Europe/Berlin")
    before = datetime(2026, 3, 29, 0, 59, tzinfo=UTC)
    assert clock.minute(before.timestamp()) % DAY == 1 * 60 + 59
    assert clock.minute((before + timedelta(minutes=1)).timestamp()) % DAY == 3 * 60
