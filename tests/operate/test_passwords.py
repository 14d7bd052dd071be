"""Passwords set by an operator."""

import io

from hypothesis import given, settings
from hypothesis import strategies as st

from operate.exits import CommandFailed
from operate.passwords import ALPHABET, new_password, read_password


def test_a_password_can_be_read_aloud():
    """Three groups of four characters that nobody mistakes for others, and never the same twice."""
    made = {new_password() for _ in range(50)}

    assert len(made) == 50
    for words in made:
        assert [len(group) for group in words.split("-")] == [4, 4, 4]
        assert set(words) <= {*ALPHABET, "-"}
    assert not set("il1o0") & set(ALPHABET)


@given(st.text(max_size=140))
@settings(max_examples=100, deadline=None)
def test_a_typed_password_is_usable_or_refused(text):
    """8 characters or more, 128 octets or less (RFC 2865 §5.2), printable; else CommandFailed and nothing else."""
    try:
        words = read_password(io.StringIO(text, newline=""))
    except CommandFailed:
        return
    assert len(words) >= 8
    assert len(words.encode()) <= 128
    assert words.isprintable()
