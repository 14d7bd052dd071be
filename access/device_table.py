"""The network devices in memory: which of them an address belongs to. Pure."""

import ipaddress
from collections.abc import Collection, Iterable
from typing import NamedTuple

_MOST_REMEMBERED = 65_536  # answers of DeviceTable kept for addresses that lie in a prefix or nowhere

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Device(NamedTuple):
    """A network device (RADIUS client) as requests are judged by it."""

    number: int
    name: str
    prefix: str  # canonical: 10.0.0.1/32, 2001:db8::/64
    vendor: str  # a file in radius/vendors
    group: str = ""
    site: str = ""
    secrets: tuple[bytes, ...] = ()  # the current one, and while rotating the next one
    require: str = "auto"  # Message-Authenticator required: yes, no, auto
    limit: str = "auto"  # Proxy-State only with Message-Authenticator: yes, no, auto
    observed: str = ""  # what auto saw, in the words of radius.forgery
    dynauth_port: int = 3799  # RFC 5176 §2.1; 0: takes no orders
    dynauth_address: str | None = None  # where orders go when not to the source of its requests

    def __repr__(self) -> str:
        return f"Device({self.number}, {self.name!r}, {self.prefix!r})"  # never the secrets


def own_address(prefix: str) -> str | None:
    """Return the address of a device whose record is one address; None where it is a prefix."""
    network = ipaddress.ip_network(prefix)
    return str(network.network_address) if network.num_addresses == 1 else None


def order_address(prefix: str, dynauth_address: str | None) -> str | None:
    """Return where orders to a device go by its record alone: as set, else its only address."""
    return dynauth_address or own_address(prefix)


class DeviceTable:
    """Finds the device that an address belongs to. Replaced as a whole when any device changes."""

    def __init__(self, devices: Iterable[Device] = ()) -> None:
        """Raise ValueError for a device whose prefix is none."""
        self._devices = {device.number: device for device in devices}
        self._exact: dict[str, Device] = {}
        prefixes: dict[tuple[int, int], dict[int, Device]] = {}
        for device in self._devices.values():
            network = ipaddress.ip_network(device.prefix)
            if network.prefixlen == network.max_prefixlen:
                self._exact[str(network.network_address)] = device
            else:
                shift = network.max_prefixlen - network.prefixlen
                table = prefixes.setdefault((network.version, shift), {})
                table[int(network.network_address) >> shift] = device
        # The longest prefix is the one that leaves the fewest bits over.
        self._prefixes = {
            version: [(shift, prefixes[each, shift]) for each, shift in sorted(prefixes) if each == version]
            for version in (4, 6)
        }
        self._remembered: dict[str, Device | None] = {}

    def __len__(self) -> int:
        """Return how many devices there are."""
        return len(self._devices)

    def find(self, address: str) -> Device | None:
        """Return the device of this source address: an exact one, else the longest prefix around it.

        The address may come as the kernel gives it, an IPv4-mapped IPv6 address or one with a scope (RFC 4291
        §2.5.5.2, RFC 4007 §11) included. What is no address belongs to nobody.
        """
        device = self._exact.get(address)
        if device is not None:
            return device
        try:
            return self._remembered[address]
        except KeyError:
            device = self._search(address)
        if len(self._remembered) >= _MOST_REMEMBERED:
            self._remembered.clear()
        self._remembered[address] = device
        return device

    def by_number(self, number: int) -> Device | None:
        """Return the device with this key."""
        return self._devices.get(number)

    def all(self) -> Collection[Device]:
        """Return all devices."""
        return self._devices.values()

    def _search(self, address: str) -> Device | None:
        try:
            found = plain_address(address)
        except ValueError:
            return None
        device = self._exact.get(str(found))
        if device is not None:
            return device
        number = int(found)
        for shift, table in self._prefixes[found.version]:
            device = table.get(number >> shift)
            if device is not None:
                return device
        return None


def plain_address(text: str) -> Address:
    """Return the address without scope, an IPv4-mapped one as IPv4. Raises ValueError for what is none."""
    address = ipaddress.ip_address(text.partition("%")[0])
    return getattr(address, "ipv4_mapped", None) or address
