"""What a child tells its parent once a second."""

import contextlib
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operate.heartbeat import DESCRIPTOR, Beat, Heart, ParentGone, read_beat


@pytest.fixture
def pipe(monkeypatch):
    """A pipe whose writing end the child inherits."""
    reading, writing = os.pipe()
    monkeypatch.setenv(DESCRIPTOR, str(writing))
    yield reading, writing
    for one in (reading, writing):
        with contextlib.suppress(OSError):
            os.close(one)


def test_a_beat_arrives_as_it_was_sent(pipe):
    """Counters keep their labels, gauges their values."""
    Heart().beat(ready=True, counters={("refused", "TN-102", "pap"): 3}, gauges={"mirror_age": 0.5})

    assert read_beat(os.read(pipe[0], 4096)) == Beat(True, ((("refused", "TN-102", "pap"), 3),), (("mirror_age", 0.5),))


def test_a_child_notices_that_its_parent_is_gone(pipe):
    """Nobody at the other end: the child stops in good order."""
    heart = Heart()
    os.close(pipe[0])

    with pytest.raises(ParentGone):
        heart.beat(ready=True, counters={}, gauges={})


def test_a_parent_that_does_not_read_costs_a_beat_only(pipe):
    """A full pipe never blocks the event loop of a child."""
    heart = Heart()
    for _ in range(3000):
        heart.beat(ready=True, counters={("accepted", "z" * 50, "pap"): 1}, gauges={})

    assert read_beat(os.read(pipe[0], 200).splitlines()[0]) is not None


def test_without_a_parent_beats_go_nowhere(monkeypatch):
    """A worker that was started by hand runs just as well."""
    monkeypatch.delenv(DESCRIPTOR, raising=False)
    Heart().beat(ready=True, counters={}, gauges={})


@given(st.binary(max_size=80))
def test_any_line_is_read_or_ignored(line):
    """A cut line is no beat, and no error."""
    assert read_beat(line) is None or isinstance(read_beat(line), Beat)
