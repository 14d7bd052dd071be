"""Times as operators type them."""

import re
from datetime import datetime, timedelta, tzinfo

from operate.exits import CommandFailed, Exit
from operate.words import t

# What stands in the help of every option that takes a time.
TIME_HELP = t(
    "时间：2026-12-31（整天）、2026-12-31 18:00、2026-12-31T18:00+08:00，或 30d、8h、15m",
    "A time is 2026-12-31 (the whole day), 2026-12-31 18:00, 2026-12-31T18:00+08:00, or 30d, 8h, 15m",
)
_SPAN = re.compile(r"\+?(\d{1,5})([dhm])")
_UNIT = {"d": 86400, "h": 3600, "m": 60}


def point(text: str, zone: tzinfo, now: float, *, end: bool = False, past: bool = False) -> float:
    """Return the seconds since the epoch that `text` means.

    A time without an offset is in `zone`; a span counts from now on, or back where `past`; a date alone is its
    first moment, or where `end` the first moment after it. Raises CommandFailed.
    """
    if found := _SPAN.fullmatch(text):
        seconds = int(found[1]) * _UNIT[found[2]]
        return now - seconds if past else now + seconds
    try:
        moment = datetime.fromisoformat(text)
        if re.fullmatch(r"\d{4}-?\d{2}-?\d{2}", text) and end:
            moment += timedelta(days=1)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=zone)
        return moment.timestamp()
    except (ValueError, OverflowError):
        says = t("不是时间：{text}", "This is no time: {text}").fill(text=repr(text))
        raise CommandFailed(Exit.USAGE, says, TIME_HELP) from None
