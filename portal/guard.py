"""How often somebody may try: a bucket of tries for each address, beside the lockout of accounts. Pure."""

MOST_ADDRESSES = 65_536  # remembered; beyond it the one that tried longest ago is forgotten


class Tries:
    """Token buckets by address (RFC 2697 §2 in small): `burst` at once, then `per_minute`."""

    def __init__(self, *, per_minute: float, burst: int, most: int = MOST_ADDRESSES) -> None:
        self._rate = per_minute / 60
        self._burst = float(burst)
        self._most = most
        self._left: dict[str, tuple[float, float]] = {}  # address → (tries left, when)

    def take(self, address: str, now: float) -> bool:
        """Return whether this try is still within bounds; `now` is in seconds since the epoch."""
        left, at = self._left.pop(address, (self._burst, now))
        left = min(self._burst, left + max(now - at, 0.0) * self._rate)
        allowed = left >= 1
        self._left[address] = (left - 1 if allowed else left, now)
        if len(self._left) > self._most:
            del self._left[next(iter(self._left))]
        return allowed
