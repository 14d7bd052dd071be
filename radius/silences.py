"""Packets that got no answer: counted for the metrics, and kept by device and stranger until they are written. Pure."""

from collections import Counter
from typing import NamedTuple

from access.device_table import Device
from radius.drops import Drop

Counts = Counter[tuple[str, ...]]
STRANGERS = 1024  # addresses that are kept between two writes; source addresses can be forged in any number


class Unheard(NamedTuple):
    """Packets of one device that got no answer for one reason."""

    packets: int
    address: str  # from which the last one came


class Noticed(NamedTuple):
    """What was heard in vain: by number and label of registered devices, and packets by address of strangers."""

    devices: dict[tuple[int, str], Unheard]
    strangers: dict[str, int]


class Silences:
    """Those of one worker; runs on its event loop."""

    def __init__(self, counts: Counts) -> None:
        """Count into `counts` as ("dropped", label, device name)."""
        self._counts = counts
        self._noticed = Noticed({}, {})

    def of_device(self, drop: Drop, device: Device, address: str) -> None:
        """Count a packet of a registered device, which came from `address`."""
        label = drop.label
        self._counts["dropped", label, device.name] += 1
        if drop is Drop.DUPLICATE_PENDING:
            return  # nothing is wrong: it is patient, and we are at it
        known = self._noticed.devices.get((device.number, label))
        packets = 1 if known is None else known.packets + 1
        self._noticed.devices[device.number, label] = Unheard(packets, address)

    def of_stranger(self, drop: Drop, address: str) -> None:
        """Count a packet of an address that belongs to no device."""
        self._counts["dropped", drop.label, ""] += 1
        strangers = self._noticed.strangers
        if address in strangers or len(strangers) < STRANGERS:
            strangers[address] = strangers.get(address, 0) + 1

    def take(self) -> Noticed:
        """Return what was noticed since the last time."""
        noticed, self._noticed = self._noticed, Noticed({}, {})
        return noticed
