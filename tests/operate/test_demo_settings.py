"""The settings of the demo."""

import contextlib
import socket

from operate.demo_settings import PREFERRED, Ports, free_ports, write_settings
from operate.settings import Settings


def test_a_port_that_is_taken_is_replaced_and_told():
    """Whoever holds 1812 keeps it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as holder:
        with contextlib.suppress(OSError):  # somebody else may hold it already: just as well
            holder.bind(("127.0.0.1", PREFERRED["auth"]))
        ports = free_ports()

        assert ports.auth != PREFERRED["auth"]
        assert ("auth", PREFERRED["auth"], ports.auth) in list(ports.replaced())


def test_the_settings_are_valid_and_stay_on_loopback(tmp_path):
    """Nothing of a demo is reached from outside."""
    path = tmp_path / "demo" / "truename.toml"
    write_settings(path, Ports(11812, 11813, 10636, 9812, 8080, 8444, 3799))
    settings = Settings.load(path)

    assert settings.radius.listen == ("127.0.0.1",)
    assert settings.directory.listen.startswith("127.0.0.1:")
    assert settings.state == tmp_path / "demo" / "state"
