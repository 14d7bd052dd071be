"""The time of day, as something that can be handed in."""

import time
from typing import Protocol


class Clock(Protocol):
    """Whoever tells the time."""

    def now(self) -> float:
        """Return seconds since 1970-01-01T00:00:00Z, with a fraction."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> float:
        """Return the machine's idea of the time."""
        return time.time()
