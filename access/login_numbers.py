"""Numbers of logins: they grow with time, and no two makers of an installation give the same one. Pure."""


class LoginNumbers:
    """Counts logins of one maker: milliseconds since the epoch, 8 bits of who makes them, a count of 12 bits."""

    def __init__(self, lane: int, first: int) -> None:
        """`lane` is 0 to 255 and this maker's alone; `first` any number, so that a restart repeats none."""
        self._lane = lane
        self._count = first

    def __call__(self, now: float) -> int:
        """Return the next number; `now` is in seconds since the epoch."""
        self._count = (self._count + 1) & 0xFFF
        return (int(now * 1000) << 20) | (self._lane << 12) | self._count
