"""Orders against a FreeRADIUS server that listens for CoA: it reads what we write, and we read its answers."""

import asyncio
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from access.decision import Zone
from radius.dynauth import OrderKind, Outcome, Result
from radius.dynauth_client import DynauthClient
from radius.integrity import Secret
from radius.vendor import Attempt, probe_attempts, vendor_named, vendor_names
from tests.radius.vendors.reading import TARGET
from tests.support.loopback import free_udp_port, program

KEY = b"a secret of enough length"
ZONE = Zone("quarantine", "隔离区", vlan="999", session_timeout=600)

# Acknowledges a session under its hardware address, and a change into VLAN 999; knows no session ids.
CONFIGURATION = """
prefix = /usr
libdir = /usr/lib/freeradius
name = dynauth
localstatedir = {folder}
logdir = {folder}
run_dir = {folder}
modconfdir = {folder}
max_requests = 1024
security {{
    allow_core_dumps = no
    max_attributes = 200
    status_server = no
}}
modules {{
    always reject {{
        rcode = reject
    }}
    always ok {{
        rcode = ok
    }}
}}
client loopback {{
    ipaddr = 127.0.0.1
    secret = "{secret}"
    require_message_authenticator = yes
}}
server dynauth {{
    listen {{
        type = coa
        ipaddr = 127.0.0.1
        port = {port}
    }}
    recv-coa {{
        if (!&Event-Timestamp || &Acct-Session-Id || &Calling-Station-Id != "0A-1B-2C-3D-4E-5F") {{
            update reply {{
                &Error-Cause := Session-Context-Not-Found
            }}
            reject
        }}
        elsif ("%{{Packet-Type}}" == "CoA-Request" && &Tunnel-Private-Group-Id != "999") {{
            update reply {{
                &Error-Cause := Invalid-Attribute-Value
            }}
            reject
        }}
        else {{
            ok
        }}
    }}
    send-coa {{
        ok
    }}
}}
"""


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Run a FreeRADIUS that takes orders, on a free port."""
    folder: Path = tmp_path_factory.mktemp("freeradius")
    found = free_udp_port()
    text = CONFIGURATION.format(folder=folder, secret=KEY.decode(), port=found)
    (folder / "radiusd.conf").write_text(text)
    log = folder / "log"
    with log.open("wb") as out:
        server = subprocess.Popen(
            [program("freeradius"), "-d", str(folder), "-n", "radiusd", "-f", "-l", "stdout"],
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        try:
            deadline = time.monotonic() + 15
            while b"Ready to process requests" not in log.read_bytes():
                assert server.poll() is None, log.read_text()
                assert time.monotonic() < deadline, log.read_text()
                time.sleep(0.05)
            yield found
        finally:
            server.terminate()
            server.wait(10)


def order(port: int, kind: OrderKind, attempts: tuple[Attempt, ...], key: bytes = KEY) -> Outcome:
    """Send one order."""
    client = DynauthClient(patience=(0.5, 0.5))
    return asyncio.run(client.carry_out(kind, attempts, (Secret(key),), "127.0.0.1", port))


@pytest.mark.parametrize("name", vendor_names())
def test_a_session_is_ended_in_the_way_that_the_device_knows(port: int, name: str):
    """RFC 5176 §2.1: each vendor's attempts reach the hardware address, past NAKs with 503 for session ids."""
    outcome = order(port, OrderKind.DISCONNECT, vendor_named(name).disconnect_attempts(TARGET))
    assert outcome.result is Result.ACK, outcome.in_words()
    assert {one.cause for one in outcome.tried[:-1]} <= {503}


@pytest.mark.parametrize("name", ["aruba", "h3c", "huawei", "standard"])
def test_a_session_is_moved_into_a_vlan(port: int, name: str):
    """RFC 5176 §2.2, RFC 3580 §3.31: an independent server reads the VLAN out of our CoA-Request."""
    outcome = order(port, OrderKind.COA, vendor_named(name).coa_attempts(TARGET, ZONE))
    assert outcome.result is Result.ACK, outcome.in_words()


def test_a_refusal_keeps_its_cause(port: int):
    """RFC 5176 §3.5: the Error-Cause of a CoA-NAK is what the record says."""
    attempts = vendor_named("standard").coa_attempts(TARGET, ZONE._replace(vlan="998"))
    outcome = order(port, OrderKind.COA, tuple(one for one in attempts if one.label == "hardware address"))
    assert (outcome.result, outcome.cause) == (Result.NAK, 407)
    assert "invalid attribute value" in outcome.in_words()


def test_a_wrong_secret_is_met_with_silence(port: int):
    """RFC 5176 §2.3: the device discards what it cannot verify, and the order ends as not answered."""
    outcome = order(port, OrderKind.DISCONNECT, vendor_named("standard").disconnect_attempts(TARGET)[:1], b"wrong")
    assert outcome.result is Result.TIMEOUT


@pytest.mark.parametrize(("key", "result"), [(KEY, Result.NAK), (b"wrong", Result.TIMEOUT)])
def test_a_probe_is_answered_and_ends_nobody(port: int, key: bytes, result: Result):
    """RFC 5176 §3.5: a session that does not exist is refused under our secret; another secret meets silence."""
    outcome = order(port, OrderKind.DISCONNECT, probe_attempts(b"truename-probe-0123", "127.0.0.1"), key)
    assert (outcome.result, outcome.cause) == (result, 503 if result is Result.NAK else None), outcome.in_words()
