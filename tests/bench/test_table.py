"""Medians, spreads, ratios and the table."""

import json

import pytest

from bench import table
from bench.load import Outcome
from bench.table import Row, Turn

QUIET = Outcome(
    seconds=2.0,
    answered=0,
    refused=0,
    repeated=0,
    lost=0,
    faults={},
    p50=0.002,
    p99=0.004,
    used={},
    own=0.5,
    others=0.0,
)


def _turn(rate: float, cost: float, **fields: object) -> Turn:
    values = {name: getattr(QUIET, name) for name in Outcome.__dataclass_fields__}
    outcome = Outcome(**{**values, "answered": int(rate * 2), **fields})
    return Turn(outcome, cost, 0.000005)


FAST = Row("fast", tuple(_turn(rate, 0.000025) for rate in (30_000, 36_000, 33_000)))
SLOW = Row("slow", tuple(_turn(rate, 0.000085) for rate in (10_000, 9_000, 11_000)))


def test_a_row_is_the_median_of_its_windows():
    """One slow window does not move the figure; processor time counts server and directory."""
    assert FAST.rate() == 33_000
    assert FAST.cost() == pytest.approx(0.000030)


def test_a_ratio_is_that_of_the_medians_with_the_spread_of_pairs():
    """Windows that followed each other are compared; processor time is compared the other way round."""
    found = table.ratio(FAST, SLOW)

    assert found.rate == pytest.approx(3.3)
    assert (found.lowest, found.highest) == (3.0, 4.0)
    assert found.cost == pytest.approx(3.0)


def test_a_server_without_an_answer_does_not_break_the_table():
    """Nothing answered is an infinite cost, and null in the file."""
    dead = Row("dead", (_turn(0, float("inf")),) * 3)

    assert table.ratio(FAST, dead).rate == float("inf")
    assert table.lines([FAST, dead], FAST)
    told = json.loads(json.dumps(table.record([FAST, dead], FAST), allow_nan=False))
    assert told[1]["processor_seconds"] is None


def test_a_restless_row_is_marked():
    """A window more than a fifth from the median: the machine was doing something else."""
    restless = Row("restless", tuple(_turn(rate, 0.00003) for rate in (10_000, 30_000, 31_000)))

    assert FAST.steady()
    assert not restless.steady()
    assert any(line.startswith("!:") for line in table.lines([restless], None))


def test_a_busy_load_program_is_told():
    """Where the load program was the limit the rate is only a lower bound."""
    limited = Row("limited", (_turn(90_000, 0.00001, own=1.95),))

    assert limited.saturated()
    assert any(line.startswith("*:") for line in table.lines([limited], None))
    assert not any(line.startswith("*:") for line in table.lines([FAST], None))


def test_what_others_used_is_told():
    """A disturbed measurement says so."""
    disturbed = Row("disturbed", (_turn(10_000, 0.00003, others=1.0),))

    assert any("50% of a core" in line for line in table.lines([disturbed], None))


def test_faults_are_counted_and_named():
    """A server that answers wrongly is not quick."""
    turn = _turn(10_000, 0.00003, lost=2, repeated=1, faults={"Response Authenticator": 4})
    row = Row("faulty", (turn, turn))

    assert row.wrong() == 14
    assert any("8 Response Authenticator, 4 lost, 2 sent again" in line for line in table.lines([row], None))


def test_the_table_compares_every_row_with_the_first():
    """The ratio stands beside each of the others, and columns keep their width."""
    head, rule, first, second, *_ = table.lines([FAST, SLOW], FAST)

    assert second.rstrip().endswith("3.30 [3.00-4.00]    3.00")
    assert "33,000 [30,000-36,000]" in first
    assert len(rule) >= max(len(head), len(first), len(second))


def test_the_record_keeps_every_window():
    """The file has all figures, in seconds."""
    told = table.record([FAST, SLOW], FAST)

    assert [len(row["windows"]) for row in told] == [3, 3]
    assert told[0]["ratio"] is None
    assert told[1]["ratio"]["rate"] == pytest.approx(3.3)
    assert told[0]["windows"][0]["server"] == 0.000025
