"""What a page remembers without a cookie cannot be made or changed by anybody else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal import form_tokens
from portal.form_tokens import TokenBroken

KEY = bytes(range(32))


def test_a_token_gives_back_what_was_put_in():
    """Text of any script comes back."""
    token = form_tokens.make(KEY, "stage", 1000.0, subject="p-1", name="艾力江·买买提")
    assert form_tokens.read(KEY, "stage", token, 1010.0, seconds=60) == {"subject": "p-1", "name": "艾力江·买买提"}


def test_a_token_serves_one_purpose_and_not_for_ever():
    """Another purpose, another key, a later time, or a time before its own: refused."""
    token = form_tokens.make(KEY, "stage", 1000.0, subject="p-1")
    for key, purpose, now in ((KEY, "other", 1001.0), (bytes(32), "stage", 1001.0), (KEY, "stage", 1061.0),
                              (KEY, "stage", 900.0)):  # fmt: skip
        with pytest.raises(TokenBroken):
            form_tokens.read(key, purpose, token, now, seconds=60)


@given(st.text(max_size=80) | st.binary(max_size=60).map(lambda octets: octets.decode("latin-1")))
def test_no_text_crashes_the_reader(text):
    """Hostile input raises one family of errors."""
    with pytest.raises(TokenBroken):
        form_tokens.read(KEY, "stage", text, 1000.0, seconds=60)


@given(st.integers(min_value=0), st.integers(min_value=1, max_value=255))
def test_no_octet_of_a_token_can_be_changed(position, change):
    """One changed character is noticed, wherever it stands."""
    token = form_tokens.make(KEY, "stage", 1000.0, subject="p-1")
    place = position % len(token)
    forged = token[:place] + chr((ord(token[place]) ^ change) % 128) + token[place + 1 :]
    if forged != token:
        with pytest.raises(TokenBroken):
            form_tokens.read(KEY, "stage", forged, 1000.0, seconds=60)
