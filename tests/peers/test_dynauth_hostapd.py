"""Orders against hostapd, which plays a switch: a real 802.1X session on a wire ends by our Disconnect-Request."""

import asyncio
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import pytest

from radius.dynauth import OrderKind, Outcome, Result
from radius.dynauth_client import DynauthClient
from radius.integrity import Secret
from radius.vendor import Target, vendor_named
from tests.support.loopback import free_udp_port, program

KEY = b"a secret of enough length"

SWITCH = """
interface={wire}
driver=wired
ieee8021x=1
use_pae_group_addr=1
eap_server=1
eap_user_file={folder}/users
own_ip_addr=127.0.0.1
nas_identifier=switch-1
ctrl_interface={folder}/hostapd
radius_das_port={port}
radius_das_client=127.0.0.1 {secret}
radius_das_time_window=300
radius_das_require_event_timestamp=1
radius_das_require_message_authenticator=1
"""

SUPPLICANT = """
ctrl_interface={folder}/supplicant
ap_scan=0
network={{
    key_mgmt=IEEE8021X
    eap=MD5
    identity="somebody"
    password="a password"
    eapol_flags=0
}}
"""


class Port(NamedTuple):
    """One port of the switch, and whoever is plugged in."""

    orders: int
    hardware: str
    stations: Callable[[], str]


def _run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _make_wire(ip: str, space: str, wire: str, far: str) -> str:
    """Lay a wire from here into a new namespace, and return the hardware address of its far end.

    Raises CalledProcessError where the machine does not let us: a container may allow to make a namespace, and then
    refuse to enter it, to mount /sys inside, or to make a pair of veth.
    """
    _run(ip, "netns", "add", space)
    _run(ip, "link", "add", wire, "type", "veth", "peer", "name", far, "netns", space)
    _run(ip, "link", "set", wire, "up")
    _run(ip, "-n", space, "link", "set", far, "up")
    return _run(ip, "netns", "exec", space, "cat", f"/sys/class/net/{far}/address").strip()


def _until(holds: Callable[[], bool], log: Path) -> None:
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.05)


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Port]:
    """Join a switch and a supplicant by a wire; the supplicant sits in a network namespace of its own."""
    if os.geteuid() != 0:
        pytest.skip("a wire between two programs needs root")
    ip, hostapd, supplicant = program("ip"), program("hostapd"), program("wpa_supplicant")
    commands = program("hostapd_cli")
    folder = tmp_path_factory.mktemp("wire")
    wire, far, space = f"tnw{os.getpid() % 100000}", f"tnf{os.getpid() % 100000}", f"tn{os.getpid()}"
    orders = free_udp_port()
    (folder / "users").write_text('"somebody" MD5 "a password"\n')
    (folder / "switch.conf").write_text(SWITCH.format(wire=wire, folder=folder, port=orders, secret=KEY.decode()))
    (folder / "supplicant.conf").write_text(SUPPLICANT.format(folder=folder))
    log = folder / "log"
    with ExitStack() as stack:
        # One end lives in the namespace and takes the other with it; what was not made needs no removal.
        stack.callback(subprocess.run, (ip, "netns", "del", space), check=False, capture_output=True)
        try:
            hardware = _make_wire(ip, space, wire, far)
        except subprocess.CalledProcessError as refused:
            if os.environ.get("CI") == "true":
                raise
            pytest.skip(f"this machine gives no usable network namespaces: {refused.stderr.strip()}")
        out = stack.enter_context(log.open("wb"))

        def start(*command: str) -> None:
            running = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
            stack.callback(running.wait, 10)
            stack.callback(running.terminate)

        def stations() -> str:
            return _run(commands, "-p", f"{folder}/hostapd", "-i", wire, "all_sta")

        start(hostapd, f"{folder}/switch.conf")
        _until(lambda: b"AP-ENABLED" in log.read_bytes(), log)
        start(ip, "netns", "exec", space, supplicant, "-Dwired", f"-i{far}", f"-c{folder}/supplicant.conf")
        _until(lambda: b"CTRL-EVENT-EAP-SUCCESS" in log.read_bytes(), log)
        yield Port(orders, hardware, stations)


def order(port: Port, target: Target, kind: OrderKind = OrderKind.DISCONNECT, key: bytes = KEY) -> Outcome:
    """Send an order as to a device of the standard."""
    client = DynauthClient(patience=(0.5, 0.5))
    attempts = vendor_named("standard").disconnect_attempts(target)
    return asyncio.run(client.carry_out(kind, attempts, (Secret(key),), "127.0.0.1", port.orders))


NOBODY = Target(b"stale", b"nobody", "02:00:00:00:00:99", None, None, None, None, "127.0.0.1", None)


def test_a_session_that_the_switch_does_not_have(port: Port):
    """RFC 5176 §3.5: hostapd requires signature and timestamp, and answers 503 to every way of naming nobody."""
    outcome = order(port, NOBODY)
    assert outcome.result is Result.NAK
    assert [one.cause for one in outcome.tried] == [503, 503, 503]


def test_another_secret_is_not_answered(port: Port):
    """RFC 5176 §2.3: what the switch cannot verify it discards."""
    assert order(port, NOBODY, key=b"wrong").result is Result.TIMEOUT


def test_a_real_session_ends(port: Port):
    """RFC 5176 §2.1: the stale session id is refused, the hardware address is obeyed, and the port is closed."""
    assert f"{port.hardware}\nflags=[AUTHORIZED]" in port.stations()
    outcome = order(port, NOBODY._replace(login=b"somebody", hardware=port.hardware))
    assert outcome.result is Result.ACK, outcome.in_words()
    assert [(one.label, one.cause) for one in outcome.tried] == [("session id", 503), ("hardware address", None)]
    assert "[AUTHORIZED]" not in port.stations()
