"""Numbers of logins."""

from access.login_numbers import LoginNumbers
from access.logins import first_number


def test_numbers_grow_with_time_and_differ_between_makers():
    """A time is a range of numbers."""
    one, other = LoginNumbers(1, 5), LoginNumbers(31, 5)
    earlier, later = one(1000.0), one(1000.001)
    assert first_number(1000.0) <= earlier < later
    assert one(2000.0) != other(2000.0)
    assert len({one(3000.0) for _ in range(4096)}) == 4096
