"""What every page may ask: the database, the directory as it is now, rules, devices, keys and the time.

Made by the process that serves the pages; the tests make a small one of their own.
"""

import hashlib
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from access.decision import Zone
from access.device_table import DeviceTable
from access.lockout import Lockout
from access.recorder import Recorder
from access.rulebook import Rulebook
from access.settings import AccessSettings
from directory.backends.connection import DirectoryPool
from directory.mirror import Mirror
from directory.passwords import Passwords
from directory.settings import DirectorySettings
from portal.language import Text
from portal.settings import PortalSettings
from store.engine import Store
from store.sealing import Sealer


def _none(_zone: Zone, _vendor: str) -> Sequence[Text]:
    return ()


@dataclass(kw_only=True)
class Knowledge:
    """Rulebook and devices are replaced as a whole when they change; readers take one reference and keep it."""

    store: Store
    sealer: Sealer
    mirror: Mirror
    passwords: Passwords
    rulebook: Rulebook
    devices: DeviceTable
    recorder: Recorder
    pool: DirectoryPool  # as the identity that may write verifiers
    lockout: Lockout
    directory: DirectorySettings
    access: AccessSettings
    portal: PortalSettings
    secret: bytes = field(repr=False)  # 32 octets, of which the key of each purpose is made
    redirect_key: bytes = field(repr=False)  # of access.redirects, which RADIUS workers have too
    clock: Callable[[], float]  # seconds since the epoch
    chance: Callable[[int], bytes]
    next_login: Callable[[float], int]  # the number of a login's record
    # A zone and a vendor → the attributes of an Access-Accept, name and value as people read them. Whoever serves the
    # pages knows vendors; they do not.
    render_attributes: Callable[[Zone, str], Sequence[tuple[str, str]]] | None = None
    # A zone and a vendor → why devices of that vendor would not carry it out. Vendors' files are no neighbours of ours.
    objections: Callable[[Zone, str], Sequence[Text]] = _none
    radius_ports: tuple[int, int] = (1812, 1813)  # UDP, of authentication and accounting, as devices are told
    radius_addresses: tuple[str, ...] = ()  # on which RADIUS listens; empty: on all

    @property
    def zones(self) -> dict[str, Zone]:
        """Zones by code."""
        return dict(self.rulebook.zones)

    @property
    def time_zone(self) -> ZoneInfo:
        """The zone in which times are shown."""
        return ZoneInfo(self.access.time_zone)

    def key(self, purpose: str) -> bytes:
        """Return the 32 octets for one purpose: HMAC-SHA-256 of its name under the common secret."""
        return hmac.digest(self.secret, purpose.encode(), hashlib.sha256)
