"""Traces: written down once, found by number."""

from access.decision import Step
from access.tables import TraceRow
from access.traces import MOST_KNOWN, Traces, keep, steps_of, trace_of
from store.engine import Store

STEPS = (Step(1, "hours", "mon-fri 08:00-18:00"), Step(2, None, None))


def test_a_number_is_made_of_the_trace():
    """Two workers give a trace the same number, another trace another one, and it fits a signed 64-bit column."""
    assert trace_of(STEPS) == trace_of(tuple(STEPS))
    assert trace_of(STEPS).number != trace_of(STEPS[:1]).number
    assert 0 <= trace_of(STEPS).number < 1 << 63


def test_a_new_trace_is_taken_once():
    """Whoever writes gets each trace once, and what was put back once more; no steps need no trace."""
    traces = Traces()
    assert traces.number_of(()) is None
    number = traces.number_of(STEPS)
    assert traces.number_of(STEPS) == number == trace_of(STEPS).number
    assert traces.take() == [trace_of(STEPS)]
    assert traces.take() == []
    traces.put_back([trace_of(STEPS)])
    assert traces.take() == [trace_of(STEPS)]


def test_memory_is_bounded():
    """Beyond the limit traces are numbered anew, to the same numbers."""
    traces = Traces()
    first = traces.number_of(STEPS)
    for rule in range(MOST_KNOWN):
        traces.number_of((Step(rule, None, None),))
    assert len(traces._numbers) <= MOST_KNOWN
    assert traces.number_of(STEPS) == first


def test_kept_traces_are_found(store: Store):
    """Within a unit of work a trace is written down unless it is there; what is not there has no steps."""
    with store.write() as unit:
        assert keep(unit.session, ()) is None
        number = keep(unit.session, STEPS)
        assert keep(unit.session, STEPS) == number
    with store.read() as session:
        assert session.query(TraceRow).count() == 1
        found = steps_of(session, [number, None, 5])
    assert found == {number: [list(step) for step in STEPS], None: [], 5: []}
