"""Traces of decisions, each kept once: a city's logins follow few ways through its rules.

A login names its trace by a number that is made of the trace itself, so that workers and nodes agree on it without
asking each other, and writing one down twice is harmless.
"""

import hashlib
import json
from collections import deque
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from access.decision import Step
from access.tables import TraceRow

Steps = tuple[Step, ...]
MOST_KNOWN = 8192  # traces whose number is remembered; beyond it all are looked at anew
_CHUNK = 500
_KEEP = "INSERT INTO login_trace (number, steps) VALUES (:number, :steps) ON CONFLICT (number) DO NOTHING"


class Trace(NamedTuple):
    """A trace to write down; field for field a row of access.tables.TraceRow."""

    number: int
    steps: str


def trace_of(steps: Steps) -> Trace:
    """Return a trace as it is kept: JSON, [[rule, failed condition or null, what would have passed], ...].

    The number is 63 bits of a BLAKE2b digest of it: with a million traces the chance that two share one is 1 in 10
    million.
    """
    told = json.dumps(steps, ensure_ascii=False, separators=(",", ":"))
    digest = hashlib.blake2b(told.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return Trace(int.from_bytes(digest, "big") >> 1, told)


class Traces:
    """The numbers of traces, and which are not written down yet. Any thread may ask; one takes."""

    def __init__(self) -> None:
        self._numbers: dict[Steps, int] = {}
        self._fresh: deque[Trace] = deque()

    def number_of(self, steps: Steps) -> int | None:
        """Return the number of a trace, None for one without steps; a new one waits to be taken from then on."""
        if not steps:
            return None
        number = self._numbers.get(steps)
        if number is None:
            if len(self._numbers) >= MOST_KNOWN:
                self._numbers.clear()
            trace = trace_of(steps)
            self._fresh.append(trace)
            number = self._numbers[steps] = trace.number
        return number

    def take(self) -> list[Trace]:
        """Return the traces that were not taken yet; logins that were handed over before name no others."""
        return [self._fresh.popleft() for _ in range(len(self._fresh))]

    def put_back(self, traces: Iterable[Trace]) -> None:
        """Keep traces that could not be written down for the next time."""
        self._fresh.extend(traces)


def keep(session: Session, steps: Steps) -> int | None:
    """Write a trace down within a unit of work unless it is there, and return its number, None without steps."""
    if not steps:
        return None
    trace = trace_of(steps)
    session.execute(text(_KEEP), trace._asdict())
    return trace.number


def steps_of(session: Session, numbers: Iterable[int | None]) -> dict[int | None, Sequence[Sequence[Any]]]:
    """Return the steps of these traces: rule, failed condition or None, what would have passed. None has no steps."""
    wanted = sorted({number for number in numbers if number is not None})
    found: dict[int | None, Sequence[Sequence[Any]]] = {number: [] for number in (None, *wanted)}
    for start in range(0, len(wanted), _CHUNK):
        chosen = TraceRow.number.in_(wanted[start : start + _CHUNK])
        found.update((row.number, json.loads(row.steps)) for row in session.scalars(select(TraceRow).where(chosen)))
    return found
