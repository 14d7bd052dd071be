"""The hours of a rule, and the city's clock that they are read by. Pure: the time is an argument."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from access.malformed import RuleMalformed

# hours = clause *( ";" clause )            clause = days 1*SP span *( "," span )
# days  = part *( "," part )                part = day [ "-" day ]
# span  = HH:MM "-" HH:MM                   the end is not included; 24:00 may end a day
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WANTED = "days and times such as: mon-fri 08:00-18:00; sat,sun 09:00-12:00"
LONGEST = 400  # characters
DAY = 24 * 60
WEEK = 7 * DAY

_PART = r"[a-z]{3}(?:-[a-z]{3})?"
_SPAN = r"[0-9]{2}:[0-9]{2}-[0-9]{2}:[0-9]{2}"
_CLAUSE = re.compile(rf" *({_PART}(?: *, *{_PART})*) +({_SPAN}(?: *, *{_SPAN})*) *")
# 1970-01-01 was a Thursday, the fourth day of a week that begins on Monday.
_EPOCH_MINUTE = 3 * DAY
_STEP = 900  # seconds; in every zone of this century the offset changes on a quarter of an hour


@dataclass(frozen=True, slots=True)
class Hours:
    """A set of minutes of the week, minute 0 being Monday 00:00; `minute in hours` asks."""

    text: str
    minutes: bytes = field(repr=False)  # 10,080 octets, 1 where the minute belongs to it

    def __contains__(self, minute: Any) -> bool:
        return bool(self.minutes[minute])


def parse_hours(text: str) -> Hours | None:
    """Read the hours of a rule; None for an empty text, which means always. Raises RuleMalformed("hours").

    A span that ends before it begins goes over midnight and belongs to the day on which it begins: "fri
    22:00-06:00" covers Saturday's first six hours. A range of days may go over the weekend: "sat-mon".
    """
    if not text.strip():
        return None
    if len(text) > LONGEST:
        raise RuleMalformed("hours", f"at most {LONGEST} characters")
    minutes = bytearray(WEEK)
    for clause in text.lower().split(";"):
        matched = _CLAUSE.fullmatch(clause)
        if matched is None:
            raise RuleMalformed("hours", WANTED)
        spans = [_span(span) for span in matched[2].split(",")]
        for day in _days(matched[1]):
            for begin, end in spans:
                for minute in range(begin, end):
                    minutes[(day * DAY + minute) % WEEK] = 1
    return Hours(" ".join(text.split()), bytes(minutes))


def _days(text: str) -> set[int]:
    days: set[int] = set()
    for part in text.split(","):
        first, _, last = part.strip().partition("-")
        begin, end = _day(first), _day(last or first)
        days.update(day % 7 for day in range(begin, end + 1 if end >= begin else end + 8))
    return days


def _day(name: str) -> int:
    if name not in DAYS:
        raise RuleMalformed("hours", "days are mon, tue, wed, thu, fri, sat, sun")
    return DAYS.index(name)


def _span(text: str) -> tuple[int, int]:
    begin, end = (_minute(time) for time in text.strip().split("-"))
    if begin in (end, DAY):
        raise RuleMalformed("hours", "a span has a beginning and another end; a whole day is 00:00-24:00")
    return begin, end if end > begin else end + DAY


def _minute(text: str) -> int:
    hour, minute = int(text[:2]), int(text[3:])
    if minute > 59 or hour * 60 + minute > DAY:
        raise RuleMalformed("hours", "times from 00:00 to 24:00")
    return hour * 60 + minute


class CityClock:
    """Turns seconds since the epoch into the minute of the week in one time zone."""

    def __init__(self, zone: str) -> None:
        """Raise ZoneInfoNotFoundError (a KeyError) or ValueError for a zone that the system does not know."""
        self._zone = ZoneInfo(zone)
        self._known: tuple[int, int] = (-1, 0)  # quarter of an hour since the epoch, offset in seconds

    def minute(self, now: float) -> int:
        """Return the minute of the week, 0 to 10,079. The offset is looked up once in a quarter of an hour."""
        quarter, offset = self._known  # one tuple, so that threads never see halves of two answers
        if quarter != now // _STEP:
            quarter = int(now // _STEP)
            difference = datetime.fromtimestamp(quarter * _STEP, self._zone).utcoffset()
            offset = 0 if difference is None else int(difference.total_seconds())
            self._known = (quarter, offset)
        return (int(now + offset) // 60 + _EPOCH_MINUTE) % WEEK
