"""How often one token may ask: a bucket that fills by itself. Pure; time is an argument."""

from typing import NamedTuple

MOST_KEYS = 10_000


class Rate(NamedTuple):
    """So many requests a second for long, and so many at once."""

    a_second: float
    at_once: int


class Buckets:
    """One bucket for each key. Each process counts for itself."""

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._levels: dict[int, tuple[float, float]] = {}  # what is left, and when that was so

    def take(self, key: int, now: float) -> float:
        """Take one; return 0, or after how many seconds there is one again. `now` is in seconds since the epoch."""
        level, at = self._levels.pop(key, (float(self._rate.at_once), now))
        level = min(self._rate.at_once, level + max(now - at, 0.0) * self._rate.a_second)
        allowed = level >= 1
        if len(self._levels) >= MOST_KEYS:
            del self._levels[next(iter(self._levels))]  # the one that asked longest ago is full by now
        self._levels[key] = (level - 1 if allowed else level, now)
        return 0.0 if allowed else (1 - level) / self._rate.a_second
