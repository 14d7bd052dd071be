"""Repeats of a request (RFC 2865 §3, RFC 5080 §2.2.2)."""

from radius import duplicates
from radius.duplicates import Duplicates, Pending

KEY = ("192.0.2.1", 40000, 7)
ONE, OTHER = b"a" * 16, b"b" * 16


def test_a_new_request_is_noted_as_pending():
    """The first copy is worked on; a second one meanwhile is known to be under way."""
    repeats = Duplicates(5)

    assert repeats.seen(KEY, ONE, 0) is None
    assert repeats.seen(KEY, ONE, 1) == Pending(ONE, None)


def test_an_answered_request_gets_the_same_octets():
    """A repeat within the time is answered byte for byte the same."""
    repeats = Duplicates(5)
    repeats.seen(KEY, ONE, 0)
    repeats.answered(KEY, ONE, b"answer")

    assert repeats.seen(KEY, ONE, 4.9) == Pending(ONE, b"answer")


def test_another_authenticator_pushes_the_old_request_out():
    """The same Identifier with a new Request Authenticator is a new request (RFC 5080 §2.2.2)."""
    repeats = Duplicates(5)
    repeats.seen(KEY, ONE, 0)

    assert repeats.seen(KEY, OTHER, 1) is None
    repeats.answered(KEY, ONE, b"late")

    assert repeats.seen(KEY, OTHER, 2) == Pending(OTHER, None)


def test_an_answer_outlives_its_time_and_then_goes():
    """An entry lives at least `seconds` and at most twice that."""
    repeats = Duplicates(5)
    repeats.seen(KEY, ONE, 0)
    repeats.answered(KEY, ONE, b"answer")
    other = ("192.0.2.1", 40000, 8)
    repeats.seen(other, ONE, 5.1)

    assert repeats.seen(KEY, ONE, 9.9) == Pending(ONE, b"answer")
    repeats.seen(other, OTHER, 10.3)
    repeats.seen(other, ONE, 15.5)

    assert repeats.seen(KEY, ONE, 15.6) is None


def test_a_request_that_was_given_up_is_heard_again():
    """Where nobody will answer, the repeat is a new request."""
    repeats = Duplicates(5)
    repeats.seen(KEY, ONE, 0)
    repeats.forget(KEY, ONE)

    assert repeats.seen(KEY, ONE, 1) is None


def test_a_flood_does_not_grow_without_bound(monkeypatch):
    """Two generations of LIMIT entries are the most that is kept."""
    monkeypatch.setattr(duplicates, "LIMIT", 100)
    repeats = Duplicates(5)
    for number in range(1000):
        repeats.seen(("192.0.2.1", number, 1), ONE, 0)

    assert len(repeats) <= 200
