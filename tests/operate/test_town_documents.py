"""Identity documents of the made-up town."""

from random import Random

from directory.identity_numbers import Kind, checked
from operate.town_documents import made_up


def test_numbers_are_possible_different_and_nobodys():
    """The check fits, and whoever had one would be older than anybody."""
    random = Random(1949)  # noqa: S311 - made up
    numbers = [made_up(random, number) for number in range(1, 201)]
    assert len(set(numbers)) == len(numbers)
    for number in numbers:
        assert checked(Kind.RESIDENT, number, 1.8e9) == number
        assert number[6:9] == "190"
