"""States: what is wrong says what to do."""

import pytest

from portal.console import alarms

NOW = 1_790_000_000.0


def test_what_is_wrong_says_what_to_do():
    """And what is well needs nothing."""
    states = [
        alarms.directory(float("inf"), 60), alarms.directory(90, 60), alarms.directory(20, 60), alarms.directory(1, 60),
        alarms.publication(0, None, NOW), alarms.publication(3, NOW - 5, NOW), alarms.publication(3, NOW - 90, NOW),
        alarms.publication(3, NOW - 900, NOW), alarms.devices(0, 0), alarms.devices(5, 0), alarms.devices(5, 1),
        alarms.devices(5, 5), alarms.rules(0), alarms.refusals(50, 50), alarms.unheard(2),
    ]  # fmt: skip
    assert [state.mood for state in states] == [
        "bad", "bad", "warn", "good", "good", "good", "warn", "bad", "bad", "good", "warn", "bad", "bad", "warn",
        "bad",
    ]  # fmt: skip
    for state in states:
        assert (state.do is None) == (state.mood == "good"), state
        assert state.says.english
        assert "{" not in state.says.chinese + state.says.english


def test_what_is_as_usual_is_not_told():
    """Rules that are there, and refusals that are few or of few logins."""
    assert alarms.rules(1) is None
    assert alarms.unheard(0) is None
    assert alarms.refusals(90, 10) is None
    assert alarms.refusals(1, 9) is None
    assert alarms.refusals(0, 0) is None


@pytest.mark.parametrize(("seconds", "chinese", "english"), [(61, "1 分钟", "1 min"), (3, "3 秒", "3 s")])
def test_spans_read_well(seconds, chinese, english):
    """In both languages."""
    assert alarms.span(seconds) == (chinese, english)
