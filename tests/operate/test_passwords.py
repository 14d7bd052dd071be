"""Passwords set by an operator."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from directory.password_policy import objections
from operate.exits import CommandFailed
from operate.passwords import read_password


@given(st.text(max_size=140))
@settings(max_examples=100, deadline=None)
def test_a_typed_password_passes_the_policy_or_is_refused(text):
    """What is returned has no objection against it; anything else is CommandFailed."""
    try:
        words = read_password(io.StringIO(text, newline=""), "zhangsan", "张三")
    except CommandFailed:
        return
    assert objections(words, "zhangsan", "张三") == []


def test_a_refusal_says_all_that_is_wrong():
    """Who chooses a password is told everything at once, under a stable code."""
    with pytest.raises(CommandFailed) as refused:
        read_password(io.StringIO("zhangsan\n"), "zhangsan", "张三")

    assert refused.value.code == "PW-101"
    assert "10" in refused.value.says.chinese
    assert "login name" in refused.value.says.english
