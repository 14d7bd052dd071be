"""Times that people type, in the city's zone. Pure."""

from datetime import datetime
from zoneinfo import ZoneInfo

EARLIEST, LATEST = 0.0, 7_258_118_400.0  # seconds since the epoch: 1970 to 2200; numbers of logins end later


class TimeMalformed(ValueError):  # noqa: N818 - says what is the matter, as all our errors do
    """What was typed is no time, or none of this age."""


def typed(text: str, zone: ZoneInfo) -> float | None:
    """Return a typed time in seconds since the epoch, None for an empty text. Raises TimeMalformed.

    ISO 8601 in any of its lengths, as a field of the kind datetime-local sends it; without an offset it is the zone's.
    """
    wanted = text.strip()
    if not wanted:
        return None
    try:
        told = datetime.fromisoformat(wanted)
        at = (told if told.tzinfo is not None else told.replace(tzinfo=zone)).timestamp()
    except (ValueError, OverflowError):
        raise TimeMalformed("a time") from None
    if not EARLIEST <= at < LATEST:
        raise TimeMalformed("a time of this age")
    return at
