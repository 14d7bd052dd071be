"""When a repeated event deserves a line in the log: the first time, then once an interval with the number since. Pure.

A flood of bad packets must not become a flood of lines, and must not stay unseen either.
"""

from collections.abc import Hashable


class Dampener:
    """Counts events by key."""

    __slots__ = ("_interval", "_most", "_since")

    def __init__(self, interval: float, most: int = 4096) -> None:
        """Let each key speak once in `interval` seconds; beyond `most` keys the oldest are forgotten."""
        self._interval = interval
        self._most = most
        self._since: dict[Hashable, tuple[float, int]] = {}  # when it spoke last, and how many were silent since

    def note(self, key: Hashable, now: float) -> int | None:
        """Return how many events a line would stand for now, this one included; None: say nothing."""
        known = self._since.get(key)
        if known is not None and now - known[0] < self._interval:
            self._since[key] = (known[0], known[1] + 1)
            return None
        if known is None and len(self._since) >= self._most:
            del self._since[next(iter(self._since))]
        self._since.pop(key, None)  # to the end: the first is the one that spoke longest ago
        self._since[key] = (now, 0)
        return 1 if known is None else known[1] + 1
