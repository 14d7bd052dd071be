"""How often somebody may try."""

from portal.guard import Tries


def test_a_burst_then_a_rate():
    """Who waits may try again; others are not disturbed."""
    tries = Tries(per_minute=60, burst=3)
    assert [tries.take("a", 0.0) for _ in range(4)] == [True, True, True, False]
    assert tries.take("b", 0.0)
    assert tries.take("a", 1.0)
    assert not tries.take("a", 1.0)


def test_memory_is_bounded():
    """A flood of addresses forgets the one that tried longest ago."""
    tries = Tries(per_minute=1, burst=1, most=10)
    for number in range(100):
        tries.take(str(number), 0.0)
    assert len(tries._left) == 10
