"""A FreeRADIUS that relays to us as its home server, as a province's proxy or a neighbour's server does."""

import re
import subprocess
from typing import NamedTuple

import pytest
from sqlalchemy import select

from access import devices
from access.tables import SessionRow
from directory.passwords import hash_new
from tests.support.freeradius import freeradius
from tests.support.loopback import free_udp_port, program
from tests.support.product import has_ipv6, until
from tests.support.radclient import radclient

LOGIN, PASSWORD = "proxied", "über Bande 1"
SECRET = "the secret of the far switch"
SOURCE = "::1"  # where the proxy's requests come from: radmin cannot name home servers that have a source of their own

SITE = """
proxy server {{
    default_fallback = no
}}
home_server truename-auth {{
    type = auth
    ipv6addr = ::1
    port = {auth}
    secret = "{secret}"
    response_window = 6
    zombie_period = 20
    status_check = status-server
    check_interval = 6
    num_answers_to_alive = 3
}}
home_server truename-acct {{
    type = acct
    ipv6addr = ::1
    port = {acct}
    secret = "{secret}"
    response_window = 6
    zombie_period = 20
    status_check = status-server
    check_interval = 6
    num_answers_to_alive = 3
}}
home_server_pool truename-auth-pool {{
    type = fail-over
    home_server = truename-auth
}}
home_server_pool truename-acct-pool {{
    type = fail-over
    home_server = truename-acct
}}
realm truename {{
    auth_pool = truename-auth-pool
    acct_pool = truename-acct-pool
}}
client loopback {{
    ipaddr = 127.0.0.1
    secret = "{far}"
}}
listen {{
    type = control
    socket = {folder}/control
    mode = rw
}}
modules {{
}}
server default {{
    listen {{
        type = auth
        ipaddr = 127.0.0.1
        port = {far_auth}
    }}
    listen {{
        type = acct
        ipaddr = 127.0.0.1
        port = {far_acct}
    }}
    authorize {{
        update control {{
            &Proxy-To-Realm := "truename"
        }}
    }}
    preacct {{
        update control {{
            &Proxy-To-Realm := "truename"
        }}
    }}
}}
"""


class Proxy(NamedTuple):
    """A running proxy, and the product behind it."""

    product: object
    auth: tuple
    acct: tuple
    folder: object
    log: object

    def said(self):
        """What it has logged."""
        return self.log.read_text(errors="replace")


@pytest.fixture(scope="module")
def proxy(product, tmp_path_factory):
    """Run the proxy; to us it is one device, which must sign and whose Proxy-State we believe."""
    program("radmin")
    if not has_ipv6():
        pytest.skip("loopback has no IPv6 address")
    folder = tmp_path_factory.mktemp("proxy")
    with product.store.write() as unit:
        number, secret = devices.add(
            unit, "test", product.sealer, name="province", prefix=SOURCE, vendor="standard", require="auto", limit="no"
        )
    product.person(LOGIN, hash_new(PASSWORD))
    ports = {"far_auth": free_udp_port(), "far_acct": free_udp_port()}
    site = SITE.format(secret=secret, far=SECRET, folder=folder, **ports, **product.ports)
    with freeradius(folder, site, detail=True) as log:
        one = Proxy(product, ("127.0.0.1", ports["far_auth"]), ("127.0.0.1", ports["far_acct"]), folder, log)
        until(lambda: ask(one).success)
        until(lambda: account(one, "Start", "first-through-proxy").success)  # only then it knows both doors
        yield one
    with product.store.write() as unit:
        devices.remove(unit, "test", number)


def ask(proxy, password=PASSWORD, *more):
    """Log in through the proxy."""
    lines = [f'User-Name = "{LOGIN}"', f'User-Password = "{password}"', "NAS-IP-Address = 192.0.2.9"]
    lines += ["NAS-Port-Type = Ethernet", 'Calling-Station-Id = "02-00-00-00-51-01"', "Message-Authenticator = 0x00"]
    return radclient(proxy.auth, "auth", SECRET, [*lines, *more])


def test_a_login_through_a_proxy(proxy):
    """RFC 2865 §2: the proxy understands our Accept and Reject, and hands the VLAN on."""
    said = ask(proxy)

    assert (said.answer, said.attribute("Tunnel-Private-Group-Id")) == ("Access-Accept", ['"130"']), said.text
    assert ask(proxy, "wrong").answer == "Access-Reject"
    assert ask(proxy).answer == "Access-Accept"


def test_proxy_states_come_back_unmodified_and_in_order(proxy):
    """RFC 2865 §5.33: the proxy's own state fits, and those of the proxies before it come back to them in order."""
    said = ask(proxy, PASSWORD, "Proxy-State = 0x00ff00", "Proxy-State = 0x61", "Proxy-State = 0x00ff00")

    assert said.answer == "Access-Accept"
    assert said.attribute("Proxy-State") == ["0x00ff00", "0x61", "0x00ff00"]


def account(proxy, status, session, *more):
    """Send an accounting record through the proxy."""
    lines = [f"Acct-Status-Type = {status}", f'Acct-Session-Id = "{session}"', f'User-Name = "{LOGIN}"']
    lines += ["NAS-IP-Address = 192.0.2.9", 'Calling-Station-Id = "02-00-00-00-51-01"', *more]
    return radclient(proxy.acct, "acct", SECRET, lines)


def test_accounting_through_a_proxy(proxy):
    """RFC 2866 §2.3: records are kept under the proxy's device, with the switch that they name."""
    class_ = ask(proxy).attribute("Class")[0]
    for status in ("Start", "Stop"):
        said = account(proxy, status, "through-proxy", f"Class = {class_}")
        assert said.answer == "Accounting-Response", said.text
    with proxy.product.store.read() as session:
        row = session.scalars(select(SessionRow).where(SessionRow.acct_session == "through-proxy")).one()
    assert (row.subject, row.nas_address, row.zone) == (proxy.product.subject(LOGIN), "192.0.2.9", "internet")
    assert row.stopped_at is not None


def declare(proxy, port, state):
    """Tell the proxy at its control socket that a home server is dead or alive."""
    words = f"set home_server state {SOURCE} {port} udp {state}"
    command = [program("radmin"), "-f", str(proxy.folder / "control"), "-e", words]
    subprocess.run(command, capture_output=True, timeout=30, check=True)


@pytest.mark.parametrize("door", ["auth", "acct"])
def test_status_checks_are_answered(proxy, door):
    """RFC 5997 §4.3: a home server that was given up is asked by Status-Server, and our answers count."""
    port = proxy.product.ports[door]
    before = len(re.findall("Received response to status check", proxy.said()))
    declare(proxy, port, "dead")
    try:
        until(lambda: len(re.findall("Received response to status check", proxy.said())) > before)
    finally:
        declare(proxy, port, "alive")
    if door == "auth":
        assert ask(proxy).answer == "Access-Accept"


@pytest.mark.long
def test_status_checks_bring_us_back(proxy):
    """Three answers, six seconds apart, and the proxy relays to us again without being told."""
    declare(proxy, proxy.product.ports["auth"], "dead")

    assert ask(proxy).answer != "Access-Accept"
    until(lambda: ask(proxy).answer == "Access-Accept", 60)
