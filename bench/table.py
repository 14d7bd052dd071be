"""From measured runs to one table: medians, spreads, and ratios of what was measured in the same run."""

from collections import Counter
from collections.abc import Sequence
from math import isfinite
from statistics import median
from typing import Any, NamedTuple

from bench.load import Outcome

STEADY = 0.2  # a spread beyond this share of the median says that something else was going on
SATURATED = 0.9  # of a core: from here on the load program was the limit, not the server
DISTURBED = 0.1  # of a core, used by others


class Turn(NamedTuple):
    """One window of one server."""

    outcome: Outcome
    server: float  # seconds of processor time for each answer, the RADIUS server alone
    directory: float  # the same of the directory beside it


class Row(NamedTuple):
    """One server over all its windows."""

    name: str
    turns: tuple[Turn, ...]

    def rate(self) -> float:
        """Median of answers in a second."""
        return median(turn.outcome.rate for turn in self.turns)

    def cost(self) -> float:
        """Median of processor seconds for each answer, server and directory together."""
        return median(turn.server + turn.directory for turn in self.turns)

    def steady(self) -> bool:
        """Say whether every window lies within a fifth of the median."""
        middle = self.rate()
        return all(abs(turn.outcome.rate - middle) <= STEADY * middle for turn in self.turns)

    def wrong(self) -> int:
        """Events that a faultless measurement does not have."""
        return sum(turn.outcome.wrong for turn in self.turns)

    def saturated(self) -> bool:
        """Say whether the load program was the limit: then the rate is a lower bound, and the cost still holds."""
        return median(turn.outcome.busy for turn in self.turns) >= SATURATED

    def disturbed(self) -> bool:
        """Say whether something else used a noticeable part of a core."""
        return self.others() >= DISTURBED

    def others(self) -> float:
        """Median share of a core that everything else on the machine used."""
        return median(turn.outcome.others / turn.outcome.seconds for turn in self.turns)


class Ratio(NamedTuple):
    """How the first row compares with another: above 1 the first is better."""

    rate: float  # of the medians
    lowest: float  # of the pairs of windows that followed each other
    highest: float
    cost: float  # processor time of the other over that of the first


def ratio(first: Row, other: Row) -> Ratio:
    """Compare two rows that were measured in turns, both with as many windows."""
    pairs = [
        mine.outcome.rate / theirs.outcome.rate
        for mine, theirs in zip(first.turns, other.turns, strict=True)
        if theirs.outcome.answered
    ]
    return Ratio(
        rate=first.rate() / other.rate() if other.rate() else float("inf"),
        lowest=min(pairs, default=float("inf")),
        highest=max(pairs, default=float("inf")),
        cost=other.cost() / first.cost() if first.cost() else float("inf"),
    )


_HEAD = (
    "server",
    "req/s [low-high]",
    "CPU µs + LDAP",
    "p50 / p99 ms",
    "load",
    "wrong",
    "ratio [low-high]",
    "by CPU",
)


def lines(rows: Sequence[Row], first: Row | None) -> list[str]:
    """Return the table as text; `first` is the row that the others are compared with, if it was measured."""
    cells = [_HEAD, *(_cells(row, first) for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(_HEAD))]
    text = []
    for name, *figures in cells:
        right = (cell.rjust(width) for cell, width in zip(figures, widths[1:], strict=True))
        text.append("  ".join((name.ljust(widths[0]), *right)).rstrip())
    text.insert(1, "-" * (sum(widths) + 2 * len(widths) - 2))
    return [*text, *_notes(rows, first)]


def _cells(row: Row, first: Row | None) -> tuple[str, ...]:
    rates = [turn.outcome.rate for turn in row.turns]
    compared = ("", "")
    if first is not None and row is not first:
        by = ratio(first, row)
        compared = (f"{by.rate:.2f} [{by.lowest:.2f}-{by.highest:.2f}]", f"{by.cost:.2f}")
    server = median(turn.server for turn in row.turns) * 1e6
    directory = median(turn.directory for turn in row.turns) * 1e6
    p50 = median(turn.outcome.p50 for turn in row.turns)
    p99 = median(turn.outcome.p99 for turn in row.turns)
    return (
        row.name,
        f"{row.rate():,.0f} [{min(rates):,.0f}-{max(rates):,.0f}]{'' if row.steady() else ' !'}",
        f"{server:.1f} + {directory:.1f}",
        f"{p50 * 1e3:.2f} / {p99 * 1e3:.2f}",
        f"{median(turn.outcome.busy for turn in row.turns):.0%}{' *' if row.saturated() else ''}",
        str(row.wrong()),
        *compared,
    )


def _notes(rows: Sequence[Row], first: Row | None) -> list[str]:
    notes = ["CPU µs + LDAP: processor time for each answer, of server and directory. load: share of a core it took."]
    if first is not None and len(rows) > 1:
        notes.append(f"ratio: {first.name} over this row; by CPU: processor time of this row over {first.name}.")
    if any(row.saturated() for row in rows):
        notes.append("*: the load program was the limit; the rate is a lower bound, processor time still compares.")
    if not all(row.steady() for row in rows):
        notes.append("!: a window lies more than a fifth from the median; measure again on a quiet machine.")
    notes.extend(
        f"{row.name}: something else used {row.others():.0%} of a core meanwhile." for row in rows if row.disturbed()
    )
    notes.extend(f"{row.name}: not faultless: {_faults(row)}." for row in rows if row.wrong())
    return notes


def _faults(row: Row) -> str:
    """Return what went wrong in a row and how often, most frequent first."""
    counts: Counter[str] = Counter()
    for turn in row.turns:
        outcome = turn.outcome
        counts.update({"refused": outcome.refused, "sent again": outcome.repeated, "lost": outcome.lost})
        counts.update(outcome.faults)
    return ", ".join(f"{count} {what}" for what, count in counts.most_common() if count)


def record(rows: Sequence[Row], first: Row | None) -> list[dict[str, Any]]:
    """Return the rows as plain data for a file; times in seconds."""
    return [
        {
            "server": row.name,
            "rate": row.rate(),
            "processor_seconds": _finite(row.cost()),
            "steady": row.steady(),
            "load_program_was_the_limit": row.saturated(),
            "wrong": row.wrong(),
            "ratio": _ratio(first, row) if first is not None and row is not first else None,
            "windows": [
                {
                    "rate": turn.outcome.rate,
                    "seconds": turn.outcome.seconds,
                    "answered": turn.outcome.answered,
                    "refused": turn.outcome.refused,
                    "repeated": turn.outcome.repeated,
                    "lost": turn.outcome.lost,
                    "faults": turn.outcome.faults,
                    "p50": turn.outcome.p50,
                    "p99": turn.outcome.p99,
                    "server": _finite(turn.server),
                    "directory": _finite(turn.directory),
                    "load_program": turn.outcome.busy,
                    "others": turn.outcome.others,
                }
                for turn in row.turns
            ],
        }
        for row in rows
    ]


def _ratio(first: Row, other: Row) -> dict[str, float | None]:
    return {name: _finite(value) for name, value in ratio(first, other)._asdict().items()}


def _finite(value: float) -> float | None:
    """Return the value, or None where nothing was answered: JSON has no infinity (RFC 8259 §6)."""
    return value if isfinite(value) else None
