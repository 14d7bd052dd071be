"""The figures of a day."""

from zoneinfo import ZoneInfo

from access.statistics import LoginCount
from portal.console.figures import HOURS, figures, window

NOW = 1_790_000_000.0  # 2026-09-21 22:13:20 in Shanghai
ZONE = ZoneInfo("Asia/Shanghai")


def told(*counts):
    """Add these up."""
    names = {"public": "公用区", "a": "甲"}
    return figures(counts, window(NOW, ZONE), names, others="其他", refused="拒绝")


def test_the_window_is_24_hours_of_the_citys_clock():
    """It ends with the hour that runs, and contains today's midnight."""
    hours = window(NOW, ZONE)
    assert len(hours.begins) == HOURS
    assert hours.labels[0] == "23:00"
    assert hours.labels[-1] == "22:00"
    assert hours.since <= hours.midnight <= NOW < hours.until
    assert hours.begins[1] == hours.midnight
    half = window(NOW, ZoneInfo("Asia/Kolkata"))
    assert half.labels[-1] == "19:00"


def test_today_begins_at_midnight():
    """An hour of yesterday counts for the last 24 hours, and not for today."""
    found = told(
        LoginCount(0, "public", None, 5), LoginCount(1, "public", None, 7), LoginCount(23, None, "TN-102", 2)
    )  # fmt: skip
    assert (found.today, found.refused_today) == (9, 2)
    assert (found.granted, found.refused) == (12, 2)
    assert found.hours[0] == (5, 0)
    assert found.hours[23] == (0, 2)


def test_the_largest_zones_have_colours_of_their_own():
    """The others share one, and refusals have theirs; a zone that is gone shows its code."""
    found = told(*(LoginCount(2, code, None, 9 - at) for at, code in enumerate(("public", "a", "gone", "x", "y"))),
                 LoginCount(2, None, "TN-102", 1), LoginCount(3, None, "TN-401", 3))  # fmt: skip
    assert [(one.name, one.css, sum(one.values)) for one in found.series] == [
        ("公用区", "s1", 9), ("甲", "s2", 8), ("gone", "s3", 7), ("其他", "s4", 11), ("拒绝", "s5", 4),
    ]  # fmt: skip
    assert found.reasons == (("TN-401", 3), ("TN-102", 1))


def test_nothing_is_nothing():
    """No series, and hours outside of the window are left alone."""
    assert told(LoginCount(99, "public", None, 1)).series == ()
