"""Makers of what the RADIUS tests need: a device record and a table of one."""

from access.device_table import Device

SECRET = b"a secret of more than 24 octets"


def device(**changes):
    """A registered switch at 192.0.2.1."""
    values = {
        "number": 1,
        "name": "switch-1",
        "prefix": "192.0.2.1/32",
        "vendor": "standard",
        "group": "access",
        "site": "hall",
        "secrets": (SECRET,),
        "require": "auto",
        "limit": "auto",
        "observed": "",
        "dynauth_port": 3799,
        "dynauth_address": None,
    }
    return Device(**{**values, **changes})


class OneDevice:
    """A table that knows one address."""

    def __init__(self, known, address="192.0.2.1"):
        self.known, self.address = known, address

    def find(self, address):
        """The device, for its address only."""
        return self.known if address == self.address else None
