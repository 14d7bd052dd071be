"""When a repeated event deserves a line."""

from radius.dampener import Dampener


def test_the_first_speaks_and_a_flood_speaks_once_an_interval():
    """A line stands for all that was silent since the last one."""
    dampener = Dampener(60)

    assert dampener.note("unsigned", 0) == 1
    assert [dampener.note("unsigned", second) for second in range(1, 60)] == [None] * 59
    assert dampener.note("unsigned", 60) == 60
    assert dampener.note("unsigned", 61) is None


def test_keys_speak_for_themselves():
    """One device's flood hides no other device's first packet."""
    dampener = Dampener(60)
    dampener.note("one", 0)

    assert dampener.note("other", 0) == 1


def test_many_sources_do_not_grow_without_bound():
    """The one that spoke longest ago is forgotten."""
    dampener = Dampener(60, most=3)
    for key in "abcd":
        dampener.note(key, 0)

    assert len(dampener._since) == 3
    assert dampener.note("d", 1) is None
    assert dampener.note("a", 1) == 1
