"""Network devices come, change and go while the service runs; nothing is started anew for them."""

import socket
from typing import NamedTuple

import pytest

from access import devices
from access.tables import DeviceRow
from tests.support.product import has_ipv6, until
from tests.support.switch import Switch

LOGIN, PASSWORD = "devices-person", "Gerät 设备 1"


class Site(NamedTuple):
    """The product, a person who may in, and what was registered here."""

    product: object
    numbers: list

    def add(self, name, prefix, **fields):
        """Register a device; return its number and secret."""
        with self.product.store.write() as unit:
            number, secret = devices.add(
                unit, "test", self.product.sealer, name=name, prefix=prefix, vendor="standard", **fields
            )
        self.numbers.append(number)
        return number, secret.encode()

    def change(self, number, **fields):
        """Change a device."""
        with self.product.store.write() as unit:
            devices.change(unit, "test", number, **fields)

    def ask(self, secret, source, *, sign=True, door=None, tries=1):
        """Ask as a switch at another address of loopback; wait shortly, since silence is an answer here."""
        switch = Switch(secret)
        request = switch.pap(LOGIN, PASSWORD, sign=sign)
        return switch.ask(request, door or self.product.auth, tries=tries, seconds=0.5, source=source)

    def heard(self, *arguments, **more):
        """Whether all workers answer: the kernel spreads sources over them."""
        return all(self.ask(*arguments, **more) is not None for _ in range(6))

    def ignored(self, *arguments, **more):
        """Whether no worker answers."""
        return all(self.ask(*arguments, **more) is None for _ in range(3))

    def row(self, number):
        """The record of a device."""
        with self.product.store.read() as session:
            return session.get(DeviceRow, number)


@pytest.fixture(scope="module", autouse=True)
def person(product):
    """Somebody whom every worker lets in."""
    product.person(LOGIN, b"{CLEARTEXT}" + PASSWORD.encode())
    switch = product.switch()
    until(lambda: all(switch.ask(switch.pap(LOGIN, PASSWORD), product.auth).code == 2 for _ in range(6)))


@pytest.fixture
def site(product):
    """A place for devices, cleared at the end; nothing was started anew meanwhile."""
    before = product.restarts()
    one = Site(product, [])
    yield one
    with product.store.write() as unit:
        for number in one.numbers:
            devices.remove(unit, "test", number)
    assert product.restarts() == before


def inbox(product):
    """The unknown sources by address."""
    with product.store.read() as session:
        return {each.address: each.packets for each in devices.unknown_sources(session)}


def test_an_unknown_source_waits_in_the_inbox_and_is_served_once_registered(site):
    """Unknown sources meet silence, one row each with a count, and no restart when they become devices."""
    for _ in range(3):
        assert site.ask(b"no secret at all", "127.0.0.21") is None
    until(lambda: inbox(site.product).get("127.0.0.21", 0) >= 3)
    text = site.product.metrics()
    assert 'drop="unknown-source"' in text

    _, secret = site.add("new-switch", "127.0.0.21")

    until(lambda: site.heard(secret, "127.0.0.21"))
    assert "127.0.0.21" not in inbox(site.product)
    assert site.ask(secret, "127.0.0.21").vlan == "130"


def test_a_prefix_serves_whoever_lies_in_it_and_the_longest_counts(site):
    """A device may be a prefix; one address of it with a record of its own has its own secret."""
    _, wide = site.add("campus", "127.7.0.0/16")
    until(lambda: site.heard(wide, "127.7.1.2"))
    _, own = site.add("campus-core", "127.7.1.2")
    until(lambda: site.heard(own, "127.7.1.2"))

    assert site.heard(wide, "127.7.9.9")
    assert site.ignored(wide, "127.7.1.2")


def test_two_secrets_are_valid_while_rotating_and_one_afterwards(site):
    """Rotation: the old one, both, the new one; logins go on all the time, accounting too."""
    number, old = site.add("rotating", "127.0.0.22")
    until(lambda: site.heard(old, "127.0.0.22"))
    with site.product.store.write() as unit:
        new = devices.rotate_secret(unit, "test", site.product.sealer, number).encode()
    until(lambda: site.heard(new, "127.0.0.22"))

    assert site.heard(old, "127.0.0.22")
    assert all(site.heard(secret, "127.0.0.22") for secret in (new, old, new))
    for secret, session in ((old, "rotate-1"), (new, "rotate-2")):
        switch = Switch(secret)
        assert switch.ask(switch.accounting(1, session), site.product.acct, source="127.0.0.22").code == 5
    with site.product.store.write() as unit:
        devices.finish_rotation(unit, "test", site.product.sealer, number)
    until(lambda: site.ignored(old, "127.0.0.22"))
    assert site.heard(new, "127.0.0.22")


def test_a_lock_on_signatures_holds_at_once(site):
    """CVE-2024-3596: require=yes turns unsigned requests into silence, and require=no lets them in again."""
    number, secret = site.add("old-switch", "127.0.0.23", require="no")
    until(lambda: site.heard(secret, "127.0.0.23", sign=False))
    site.change(number, require="yes")

    until(lambda: site.ignored(secret, "127.0.0.23", sign=False))
    assert site.heard(secret, "127.0.0.23")
    site.change(number, require="no")
    until(lambda: site.heard(secret, "127.0.0.23", sign=False))


def test_a_device_that_signed_once_is_held_to_it(site):
    """CVE-2024-3596, auto: the observation is kept with the device and holds in every worker."""
    number, secret = site.add("modern-switch", "127.0.0.24")
    until(lambda: site.ask(secret, "127.0.0.24"))
    until(lambda: site.row(number).observed == "signed")

    until(lambda: site.ignored(secret, "127.0.0.24", sign=False))
    with site.product.store.write() as unit:
        devices.forget_observed(unit, "test", number)
    # Asked again until it is kept: the first answer may come of a worker that has not heard of the act yet.
    until(lambda: site.ask(secret, "127.0.0.24", sign=False) and site.row(number).observed in ("unsigned", "mixed"))


def test_a_device_that_is_taken_out_meets_silence(site):
    """Disabled or removed: nothing that it sends is answered any more."""
    number, secret = site.add("leaving-switch", "127.0.0.25")
    until(lambda: site.heard(secret, "127.0.0.25"))
    site.change(number, enabled=False)
    until(lambda: site.ignored(secret, "127.0.0.25"))
    site.change(number, enabled=True)
    until(lambda: site.heard(secret, "127.0.0.25"))


def test_a_device_is_reached_over_ipv6(site):
    """RFC 3162: login and accounting of a device at an IPv6 address, answered from the address that was asked."""
    if not has_ipv6():
        pytest.skip("loopback has no IPv6 address")
    ports = site.product.ports
    _, secret = site.add("six-switch", "::1")
    until(lambda: site.heard(secret, "::1", door=("::1", ports["auth"])))
    switch = Switch(secret, identity=[(95, socket.inet_pton(socket.AF_INET6, "2001:db8::1"))])

    assert switch.ask(switch.pap(LOGIN, PASSWORD), ("::1", ports["auth"])).vlan == "130"
    assert switch.ask(switch.accounting(1, "six-1"), ("::1", ports["acct"])).code == 5
    assert switch.ask(switch.status(), ("::1", ports["auth"])).code == 2
