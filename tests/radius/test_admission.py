"""Shares of devices and of the clients behind them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radius.admission import UNLIMITED, Admission, Buckets, Rate

NOW = 1_790_000_000.0  # some moment of this decade: floats of this size round to 0.24 microseconds


@pytest.mark.parametrize("rate", [Rate(10, 20), Rate(2000, 4000), Rate(100_000, 1), Rate(1, 3)])
def test_a_burst_at_once_and_then_the_rate(rate):
    """A full bucket gives its burst and no more, an empty one as many a second as the rate says."""
    buckets = Buckets(rate)

    assert [buckets.take("a", NOW) for _ in range(rate.burst + 2)] == [True] * rate.burst + [False] * 2
    later = NOW + 1.2 / rate.per_second

    assert [buckets.take("a", later) for _ in range(2)] == [True, False]


def test_an_idle_bucket_fills_up_to_its_burst_only():
    """Who was silent for an hour may ask no more at once than who was silent for two seconds."""
    buckets = Buckets(Rate(10, 20))
    for _ in range(20):
        buckets.take("a", NOW)

    assert sum(buckets.take("a", NOW + 3600) for _ in range(100)) == 20


@settings(max_examples=100, deadline=None)
@given(st.lists(st.floats(0, 3), max_size=300))
def test_no_stretch_of_time_gives_more_than_burst_and_rate(steps):
    """The rule of a token bucket: within t seconds at most burst + rate x t."""
    buckets, now, given_at = Buckets(Rate(10, 20)), NOW, []
    for step in steps:
        now += step / 10
        if buckets.take("a", now):
            given_at.append(now)
    for first, start in enumerate(given_at):
        for count, end in enumerate(given_at[first:], 1):
            assert count <= 20.5 + 10 * (end - start)


def test_keys_have_buckets_of_their_own():
    """One client's loop takes nothing from the next one."""
    buckets = Buckets(Rate(10, 2))

    assert [buckets.take("a", NOW) for _ in range(3)] == [True, True, False]
    assert buckets.take("b", NOW)


def test_no_rate_is_no_limit_and_keeps_nothing():
    """0 switches it off."""
    buckets = Buckets(Rate(0, 1))

    assert all(buckets.take("a", NOW) for _ in range(1000))
    assert len(buckets) == 0
    assert all(UNLIMITED.login(1, "a", NOW) and UNLIMITED.device_login(1, NOW) for _ in range(1000))


def test_made_up_names_do_not_grow_it():
    """Twice the limit is the most that is kept, whatever is asked."""
    buckets = Buckets(Rate(10, 20), most=100)
    for number in range(5000):
        buckets.take(number, NOW)

    assert len(buckets) <= 200


def test_who_goes_on_asking_is_not_forgotten_in_a_flood_of_names():
    """Made-up names push out the idlest, and not the one whose bucket is empty and who still asks."""
    buckets = Buckets(Rate(10, 20), most=100)
    for number in range(5000):
        if number % 10 == 0:
            buckets.take("wild", NOW)
        buckets.take(number, NOW)

    assert not buckets.take("wild", NOW)


def test_a_flood_that_is_over_leaves_nothing_behind():
    """Full buckets are dropped: after two turns only those are kept that were touched since."""
    buckets = Buckets(Rate(10, 20))
    for number in range(1000):
        buckets.take(number, NOW)
    for second in (10, 20):
        buckets.take("a", NOW + second)

    assert len(buckets) <= 2


@pytest.mark.parametrize("back", [3.0, 3600.0, 1e8])
def test_a_clock_that_is_set_back_locks_nobody_out(back):
    """A bucket cannot miss more than its burst; what seems to is full, and not empty for an hour."""
    buckets = Buckets(Rate(10, 20))
    for _ in range(21):
        buckets.take("a", NOW)

    assert sum(buckets.take("a", NOW - back) for _ in range(100)) == 20
    assert not buckets.take("a", NOW - back)


def test_the_two_ports_of_a_device_are_counted_apart():
    """A flood of logins does not cost the record of who was where its accounting."""
    admission = Admission(device=Rate(10, 5), login=Rate(0, 1))

    assert [admission.device_login(1, NOW) for _ in range(6)][-1] is False
    assert admission.device_accounting(1, NOW)
    assert admission.device_login(2, NOW)


def test_a_client_is_counted_at_each_device():
    """The same hardware address behind another device is another share."""
    admission = Admission(device=Rate(0, 1), login=Rate(10, 1))

    assert [admission.login(1, "02:00:00:00:00:01", NOW) for _ in range(2)] == [True, False]
    assert admission.login(2, "02:00:00:00:00:01", NOW)
