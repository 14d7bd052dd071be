"""How much of its own work each network device, and each client behind it, may ask of us. Pure, bounded in memory.

One device that runs wild, or one client that asks without a pause, takes its own share and not that of the others. Who
asks too much is not answered: RFC 2865 knows no answer for it, and the device repeats what it did not get an answer to
(§2.5). Only requests whose signature was checked are counted, or forged ones would use up the share of an honest
device; repeats of a request are answered from memory and are not counted at all. Each worker counts for itself.
"""

from collections.abc import Hashable
from typing import NamedTuple

# Far more clients than one worker serves in the two seconds that matter by default. A bucket costs about 250 octets,
# and a made-up name of 253 octets at most a KiB more.
MOST_CLIENTS = 16_384


class Rate(NamedTuple):
    """A token bucket: refilled with `per_second` tokens a second, and never with more than `burst`. 0: no limit."""

    per_second: float
    burst: int


class Buckets:
    """A token bucket for each key, in two generations: one that nobody touched for a while is full, and forgotten."""

    __slots__ = ("_empty", "_interval", "_most", "_new", "_old", "_reach", "_turn")

    def __init__(self, rate: Rate, most: int = MOST_CLIENTS) -> None:
        """Start with full buckets, and keep at most twice `most`."""
        self._interval = 1 / rate.per_second if rate.per_second else 0.0  # seconds that one token takes
        # Half a token beside whole ones, so that the rounding of a time since the epoch never costs or gives one.
        self._reach = (rate.burst - 0.5) * self._interval
        self._empty = (rate.burst + 1) * self._interval
        self._most = most
        # When each bucket will be full again, in seconds since the epoch: all that there is to know of it.
        self._new: dict[Hashable, float] = {}
        self._old: dict[Hashable, float] = {}
        self._turn = 0.0

    def take(self, key: Hashable, now: float) -> bool:
        """Take a token of this key's bucket, or return False where none is left. `now`: seconds since the epoch."""
        interval = self._interval
        if not interval:
            return True
        if now >= self._turn or len(self._new) >= self._most:
            # Past `most` the idlest go early: a flood of made-up names gives bursts away, never memory without bound.
            self._old, self._new = self._new, {}
            self._turn = now + self._empty  # whoever is not touched in this time is full at the end of it
        full_at = self._new.get(key) or self._old.get(key) or now
        missing = full_at - now  # tokens, as seconds of refilling
        if missing > self._reach:
            if missing <= self._empty:
                self._new[key] = full_at  # who goes on asking is not forgotten
                return False
            missing = 0.0  # more than can be missing: the clock was set back
        self._new[key] = (full_at if missing > 0.0 else now) + interval
        return True

    def __len__(self) -> int:
        """Count the buckets that are kept."""
        return len(self._new) + len(self._old)


class Admission:
    """Buckets for network devices and for the clients behind them."""

    __slots__ = ("_accounting", "_clients", "_logins")

    def __init__(self, device: Rate, login: Rate) -> None:
        """Limit each device to `device`, for each of the two ports, and the logins of each client to `login`."""
        self._clients = Buckets(login)
        self._logins = Buckets(device)
        self._accounting = Buckets(device)

    def login(self, device: int, client: str, now: float) -> bool:
        """Whether an Access-Request of this client (hardware address, else claimed name) is not one too many.

        The client is asked first: what a wild one asks beyond its own share is not taken from its device's.
        """
        return self._clients.take((device, client), now)

    def device_login(self, device: int, now: float) -> bool:
        """Whether an Access-Request of this device is not one too many."""
        return self._logins.take(device, now)

    def device_accounting(self, device: int, now: float) -> bool:
        """Whether an Accounting-Request of this device is not one too many.

        Counted apart from logins: who floods one port must not make the record of who was where incomplete.
        """
        return self._accounting.take(device, now)


UNLIMITED = Admission(Rate(0, 1), Rate(0, 1))
