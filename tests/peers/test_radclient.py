"""radclient and radtest of FreeRADIUS against the running product: the clients that every operator has at hand."""

import subprocess

import pytest
from passlib.hash import nthash
from sqlalchemy import select

from access import devices
from access.tables import SessionRow
from directory.passwords import hash_new
from tests.support.loopback import program
from tests.support.product import until
from tests.support.radclient import radclient

PASSWORD = "Passwort 一二三 4"
SIGNED = "Message-Authenticator = 0x00"
PEOPLE = ("rc-argon", "rc-clear", "rc-nt", "user")
# RFC 2759 §9.2: user "User", password "clientPass".
CHALLENGE, PEER = "5B5D7C7D7B3F2F3E3C2C602132262628", "21402324255E262A28295F2B3A337C7E"
NT_RESPONSE = "82309ECD8D708B5EA08FAA3981CD83544233114A3D85D6DF"


def login(name, password, *more):
    """The attributes of a login on a wired port."""
    lines = [f'User-Name = "{name}"', f'User-Password = "{password}"', "NAS-IP-Address = 192.0.2.1"]
    return [*lines, "NAS-Port-Type = Ethernet", 'Calling-Station-Id = "02-00-00-00-31-01"', *more]


@pytest.fixture(scope="module")
def town(product):
    """The running product with one person for each stored form, known to all workers."""
    product.person("rc-argon", hash_new(PASSWORD))
    product.person("rc-clear", b"{CLEARTEXT}" + PASSWORD.encode())
    product.person("rc-nt", nt_hash=nthash.raw(PASSWORD))
    product.person("user", b"{CLEARTEXT}clientPass")
    product.person("rc-suspended", hash_new(PASSWORD), suspended=True)
    switch = product.switch()
    for name in PEOPLE:
        password = "clientPass" if name == "user" else PASSWORD

        def known(name=name, password=password):
            answers = [switch.ask(switch.pap(name, password), product.auth) for _ in range(6)]
            return all(answer is not None and answer.code == 2 for answer in answers)

        until(known)
    return product


@pytest.fixture
def device(town):
    """Return a function that registers a device with flags at an address of its own; removed at the end."""
    made = []

    def make(address, **flags):
        with town.store.write() as unit:
            number, secret = devices.add(
                unit, "test", town.sealer, name=f"rc-{address}", prefix=address, vendor="standard", **flags
            )
        made.append(number)
        line = f"Packet-Src-IP-Address = {address}"
        status = [SIGNED, "NAS-Identifier = rc", line]
        for door in (town.auth, town.acct):
            until(lambda door=door: radclient(door, "status", secret, status, tries=1, wait=0.5).success)
        return secret, line

    yield make
    with town.store.write() as unit:
        for number in made:
            devices.remove(unit, "test", number)


def secret_of(product):
    """The secret of the device at 127.0.0.1."""
    return product.secret.decode()


def test_right_password_gets_a_vlan(town):
    """RFC 2865, RFC 3580 §3.31: Access-Accept with a VLAN, an ACL, times and a Class."""
    said = radclient(town.auth, "auth", secret_of(town), login("rc-argon", PASSWORD, SIGNED))

    assert (said.success, said.answer) == (True, "Access-Accept"), said.text
    assert said.attribute("Tunnel-Private-Group-Id") == ['"130"']
    assert said.attribute("Tunnel-Type") == ["VLAN"]
    assert said.attribute("Tunnel-Medium-Type") == ["IEEE-802"]
    assert said.attribute("Filter-Id") == ['"3130"']
    assert said.attribute("Session-Timeout") == ["28800"]
    assert said.attribute("Acct-Interim-Interval") == ["600"]
    assert len(said.attribute("Class")) == 1
    assert len(said.attribute("Message-Authenticator")) == 1


@pytest.mark.parametrize(
    ("name", "password"), [("rc-argon", "wrong"), ("nobody", PASSWORD), ("rc-suspended", PASSWORD)]
)
def test_whoever_may_not_is_rejected(town, name, password):
    """Access-Reject with a sentence and a code, and nothing that opens a port."""
    said = radclient(town.auth, "auth", secret_of(town), login(name, password, SIGNED))

    assert (said.success, said.answer) == (False, "Access-Reject"), said.text
    assert "TN-" in said.attribute("Reply-Message")[0]
    assert not said.attribute("Tunnel-Private-Group-Id")


@pytest.mark.parametrize("command", ["auth", "acct", "status"])
def test_a_wrong_secret_meets_silence(town, command):
    """RFC 3579 §3.2, RFC 2866 §3, RFC 5997 §3: what the secret does not cover gets no answer."""
    lines = [*login("rc-argon", PASSWORD)] if command == "auth" else ["NAS-Identifier = rc"]
    lines += ["Acct-Status-Type = Start", "Acct-Session-Id = rc-wrong"] if command == "acct" else [SIGNED]
    address = town.acct if command == "acct" else town.auth
    said = radclient(address, command, "not the secret", lines, tries=1, wait=0.5)

    assert not said.success
    assert "No reply from server" in said.text


def test_a_device_that_must_sign(town, device):
    """CVE-2024-3596, require=yes: with Message-Authenticator an answer, without it silence."""
    secret, source = device("127.0.0.41", require="yes")

    assert radclient(town.auth, "auth", secret, login("rc-argon", PASSWORD, SIGNED, source)).success
    said = radclient(town.auth, "auth", secret, login("rc-argon", PASSWORD, source), tries=1, wait=0.5)
    assert "No reply from server" in said.text


def test_an_old_device_that_never_signs(town, device):
    """CVE-2024-3596, require=no: answered, and the answer is signed; Proxy-State is believed only with limit=no."""
    secret, source = device("127.0.0.42", require="no", limit="yes")
    said = radclient(town.auth, "auth", secret, login("rc-argon", PASSWORD, source))

    assert said.answer == "Access-Accept"
    assert len(said.attribute("Message-Authenticator")) == 1
    proxied = login("rc-argon", PASSWORD, source, "Proxy-State = 0x1234")
    assert "No reply from server" in radclient(town.auth, "auth", secret, proxied, tries=1, wait=0.5).text
    secret, source = device("127.0.0.43", require="no", limit="no")
    said = radclient(town.auth, "auth", secret, login("rc-argon", PASSWORD, source, "Proxy-State = 0x1234"))
    assert said.attribute("Proxy-State") == ["0x1234"]


def test_an_automatic_device_decides_by_its_first_request(town, device):
    """CVE-2024-3596, auto: whoever signed once is held to it; whoever did not is served as before."""
    secret, source = device("127.0.0.44")
    assert radclient(town.auth, "auth", secret, login("rc-argon", PASSWORD, source)).success
    assert radclient(town.auth, "auth", secret, login("rc-argon", PASSWORD, source)).success

    secret, source = device("127.0.0.45")
    signed = login("rc-argon", PASSWORD, SIGNED, source)
    unsigned = login("rc-argon", PASSWORD, source)
    assert radclient(town.auth, "auth", secret, signed).success
    until(lambda: not radclient(town.auth, "auth", secret, unsigned, tries=1, wait=0.4).success)


def test_a_session_is_accounted_for(town):
    """RFC 2866 §4.1: Start, Interim-Update and Stop are answered, and kept."""
    for status, more in (
        ("Start", []),
        ("Interim-Update", ["Acct-Session-Time = 30", "Acct-Input-Octets = 10", "Acct-Input-Gigawords = 1"]),
        ("Stop", ["Acct-Session-Time = 60", "Acct-Output-Octets = 20", "Acct-Terminate-Cause = User-Request"]),
    ):
        lines = [f"Acct-Status-Type = {status}", 'Acct-Session-Id = "rc-session"', 'User-Name = "rc-argon"']
        lines += ["NAS-IP-Address = 192.0.2.1", 'Calling-Station-Id = "02-00-00-00-31-02"', *more]
        said = radclient(town.acct, "acct", secret_of(town), lines)
        assert (said.success, said.answer) == (True, "Accounting-Response"), said.text
    with town.store.read() as session:
        row = session.scalars(select(SessionRow).where(SessionRow.acct_session == "rc-session")).one()
    assert (row.octets_in, row.octets_out, row.seconds, row.cause) == (2**32 + 10, 20, 60, "user request")


def test_status_server_at_both_doors(town):
    """RFC 5997 §3: Access-Accept at the one port, Accounting-Response at the other."""
    lines = [SIGNED, "NAS-Identifier = rc"]

    assert radclient(town.auth, "status", secret_of(town), lines).answer == "Access-Accept"
    assert radclient(town.acct, "status", secret_of(town), lines).answer == "Accounting-Response"


def radtest(product, kind, name, password):
    """Run radtest, and return the kind of the answer."""
    command = [program("radtest"), "-t", kind, name, password, f"127.0.0.1:{product.ports['auth']}", "7"]
    command += [secret_of(product), "0", "127.0.0.1"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return next((word for word in ("Access-Accept", "Access-Reject") if f"Received {word}" in ended.stdout), "")


@pytest.mark.parametrize(
    ("kind", "name", "answer"),
    [
        ("pap", "rc-argon", "Access-Accept"),
        ("pap", "rc-clear", "Access-Accept"),
        ("pap", "rc-nt", "Access-Accept"),
        ("chap", "rc-clear", "Access-Accept"),
        ("chap", "rc-argon", "Access-Reject"),
        ("chap", "rc-nt", "Access-Reject"),
        # radtest speaks version 1, which gives its key away (RFC 2759 §1): refused whatever is stored.
        ("mschap", "rc-clear", "Access-Reject"),
        ("mschap", "rc-nt", "Access-Reject"),
        ("mschap", "rc-argon", "Access-Reject"),
    ],
)
def test_radtest(town, kind, name, answer):
    """radtest -t: each method where the stored form can serve it, and a wrong password nowhere."""
    assert radtest(town, kind, name, PASSWORD) == answer
    assert radtest(town, kind, name, "wrong") == "Access-Reject"


def test_mschapv2_of_rfc_2759(town):
    """RFC 2759 §9.2: the response of the RFC is accepted, with the RFC's own success message and keys."""
    lines = ['User-Name = "User"', "NAS-IP-Address = 192.0.2.1", SIGNED, f"MS-CHAP-Challenge = 0x{CHALLENGE}"]
    response = f"0700{PEER}{'00' * 8}{NT_RESPONSE}"
    said = radclient(town.auth, "auth", secret_of(town), [*lines, f"MS-CHAP2-Response = 0x{response}"])

    assert said.answer == "Access-Accept", said.text
    assert bytes.fromhex(said.attribute("MS-CHAP2-Success")[0][2:]) == b"\x07S=407A5589115FD0D6209F510FE9C04566932CDA56"
    # RFC 3079 §3.5.3 names this key after the server's side, and radclient takes it out of its salt and secret.
    assert said.attribute("MS-MPPE-Send-Key") == ["0x8b7cdc149b993a1ba118cb153f56dccb"]
    broken = response[:-2] + "00"
    said = radclient(town.auth, "auth", secret_of(town), [*lines, f"MS-CHAP2-Response = 0x{broken}"])
    assert said.answer == "Access-Reject"
    assert "E=691 R=0" in said.attribute("MS-CHAP-Error")[0]
