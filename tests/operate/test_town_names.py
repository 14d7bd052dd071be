from itertools import islice
from random import Random

from directory import spelling
from operate.town_names import REMARKABLE, ordinary


def test_remarkable_names_are_kept_as_they_are():
    """Every remarkable name is one that the registry keeps unchanged, and each login is single."""
    for resident in REMARKABLE:
        assert spelling.name(resident.name) == resident.name
        assert spelling.login(resident.login) == resident.login
    assert len({resident.login for resident in REMARKABLE}) == len(REMARKABLE)
    assert len({resident.name for resident in REMARKABLE}) < len(REMARKABLE)


def test_ordinary_names_repeat_and_logins_do_not():
    """A login that is taken gets a number; the same chance gives the same people."""
    first = list(islice(ordinary(Random(1), {"wangwei"}), 500))  # noqa: S311 - made-up people
    assert first == list(islice(ordinary(Random(1), {"wangwei"}), 500))  # noqa: S311 - made-up people
    assert len({resident.login for resident in first}) == 500
    assert len({resident.name for resident in first}) < 500
    assert "wangwei" not in {resident.login for resident in first}
    assert all(spelling.login(each.login) == each.login for each in first)
