"""The figures of a day: logins by hour and zone, and refusals by reason. Pure: counts in, what is drawn out."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from access.statistics import HOUR, LoginCount
from portal.console.charts import Series

HOURS = 24
_MOST_ZONES = 3  # drawn in a colour of their own; the others share one
REFUSED = "s5"


class Window(NamedTuple):
    """The last 24 hours, as whole hours of the city's clock, the one that runs among them."""

    since: float  # seconds since the epoch
    until: float
    labels: tuple[str, ...]  # 08:00
    begins: tuple[float, ...]
    midnight: float  # the beginning of today


class Figures(NamedTuple):
    """What the page of a day shows of logins."""

    today: int
    refused_today: int
    granted: int  # of the window
    refused: int
    series: tuple[Series, ...]
    hours: tuple[tuple[int, int], ...]  # let in and refused, by hour
    reasons: tuple[tuple[str, int], ...]  # code and how many, the most frequent first


def window(now: float, zone: ZoneInfo) -> Window:
    """Return the hours to count. Where the clock is set by other than whole hours, a label may be off for a day."""
    here = datetime.fromtimestamp(now, zone)
    full = here.replace(minute=0, second=0, microsecond=0)
    since = full.timestamp() - (HOURS - 1) * HOUR
    begins = tuple(since + HOUR * at for at in range(HOURS))
    labels = tuple(datetime.fromtimestamp(at, zone).strftime("%H:%M") for at in begins)
    midnight = full.replace(hour=0).timestamp()
    return Window(since, since + HOURS * HOUR, labels, begins, midnight)


def figures(
    counts: Iterable[LoginCount], hours: Window, zones: Mapping[str, str], *, others: str, refused: str
) -> Figures:
    """Add up. `zones` are names by code; `others` and `refused` name what has no zone of its own to show."""
    rows = [row for row in counts if 0 <= row.hour < HOURS]
    by_zone: Counter[str] = Counter()
    by_reason: Counter[str] = Counter()
    granted, not_granted = [0] * HOURS, [0] * HOURS
    for row in rows:
        if row.reason is None:
            granted[row.hour] += row.logins
            by_zone[row.zone or ""] += row.logins
        else:
            not_granted[row.hour] += row.logins
            by_reason[row.reason] += row.logins
    shown = [code for code, _ in by_zone.most_common(_MOST_ZONES)]
    series = [Series(zones.get(code, code or others), f"s{at}", _of(rows, {code})) for at, code in enumerate(shown, 1)]
    rest = set(by_zone) - set(shown)
    if rest:
        series.append(Series(others, "s4", _of(rows, rest)))
    if any(not_granted):
        series.append(Series(refused, REFUSED, not_granted))
    today = [at for at, begin in enumerate(hours.begins) if begin >= hours.midnight]
    return Figures(
        today=sum(granted[at] + not_granted[at] for at in today),
        refused_today=sum(not_granted[at] for at in today),
        granted=sum(granted),
        refused=sum(not_granted),
        series=tuple(series),
        hours=tuple(zip(granted, not_granted, strict=True)),
        reasons=tuple(by_reason.most_common()),
    )


def _of(rows: Sequence[LoginCount], codes: set[str]) -> list[int]:
    values = [0] * HOURS
    for row in rows:
        if row.reason is None and (row.zone or "") in codes:
            values[row.hour] += row.logins
    return values
