"""How often one token may ask."""

from hypothesis import given
from hypothesis import strategies as st

from portal.api import rates
from portal.api.rates import Buckets, Rate


def test_a_burst_then_a_trickle():
    """So many at once, then as many a second as the rate says; each key has its own."""
    bucket = Buckets(Rate(a_second=2, at_once=3))
    assert [bucket.take(1, 0.0) for _ in range(3)] == [0, 0, 0]
    assert bucket.take(1, 0.0) == 0.5
    assert bucket.take(2, 0.0) == 0
    assert bucket.take(1, 0.5) == 0
    assert bucket.take(1, 0.5) > 0


@given(st.lists(st.floats(0, 100), min_size=1, max_size=200))
def test_never_more_than_the_rate(times):
    """Over any span, also where the clock goes back."""
    bucket = Buckets(Rate(a_second=1, at_once=5))
    let = sum(bucket.take(1, at) == 0 for at in sorted(times))
    assert let <= 5 + max(times) + 1


def test_memory_is_bounded(monkeypatch):
    """However many keys there were."""
    monkeypatch.setattr(rates, "MOST_KEYS", 10)
    bucket = Buckets(Rate(1, 1))
    for key in range(100):
        bucket.take(key, 0.0)
    assert len(bucket._levels) == 10
