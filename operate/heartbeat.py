"""A child process tells its parent once a second that it lives, what it counts, and whether it is ready.

One JSON object a line over an inherited pipe. The pipe is also how a child learns that its parent has gone: writing
to it fails, and the child stops in good order.
"""

import contextlib
import json
import os
from collections.abc import Mapping
from typing import Any, NamedTuple

DESCRIPTOR = "TRUENAME_HEARTBEAT"
INTERVAL = 1.0  # seconds
SILENCE = 15.0  # seconds without a beat after which the parent ends a child that hangs
FIRST_BEAT = 120.0  # seconds that a child may take until its first beat: a busy machine compiles modules slowly
LONGEST = 1_048_576  # octets of one line; a child's counters fit many times


class ParentGone(Exception):  # noqa: N818 - a state of the world, not a fault
    """Nobody listens any more."""


class Beat(NamedTuple):
    """One heartbeat: counters as (name, labels...) → count, gauges as name → value."""

    ready: bool
    counters: tuple[tuple[tuple[str, ...], int], ...] = ()
    gauges: tuple[tuple[str, float], ...] = ()


class Heart:
    """The child's end."""

    def __init__(self) -> None:
        """Find the pipe in the environment; without one (a child started by hand) beats go nowhere."""
        text = os.environ.get(DESCRIPTOR, "")
        self._descriptor = int(text) if text.isdigit() else None
        if self._descriptor is not None:
            os.set_blocking(self._descriptor, False)

    def beat(self, *, ready: bool, counters: Mapping[tuple[str, ...], int], gauges: Mapping[str, float]) -> None:
        """Send one beat; raises ParentGone. A parent that reads too slowly misses a beat, not more."""
        if self._descriptor is None:
            return
        said: dict[str, Any] = {
            "ready": ready,
            "counters": [[list(name), count] for name, count in counters.items()],
            "gauges": list(gauges.items()),
        }
        line = json.dumps(said, separators=(",", ":")).encode() + b"\n"
        try:
            with contextlib.suppress(BlockingIOError):
                os.write(self._descriptor, line)
        except BrokenPipeError as gone:
            raise ParentGone from gone


def read_beat(line: bytes) -> Beat | None:
    """Parse a line of a child; None where it was cut (a beat that met a full pipe)."""
    try:
        said = json.loads(line)
        return Beat(
            bool(said["ready"]),
            tuple((tuple(str(part) for part in name), int(count)) for name, count in said["counters"]),
            tuple((str(name), float(value)) for name, value in said["gauges"]),
        )
    except (ValueError, KeyError, TypeError):
        return None
