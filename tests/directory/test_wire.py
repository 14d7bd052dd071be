import socket
import ssl
import time

import pytest

from directory.backends.wire import (
    GREATEST_ANSWER,
    CertificateRefused,
    DirectoryServer,
    DirectorySlow,
    DirectoryUnavailable,
    Wire,
    dial,
)
from tests.support.rogue_server import certify, rogue, rogue_tcp, silent, speaking_tls

PATIENCE = 0.3
BOUND = 10.0  # seconds: proof that a wait ends at all, not a measurement


@pytest.fixture(scope="module")
def certified(tmp_path_factory):
    """Return a directory with ca.pem, server.pem and server.key for the names given."""

    def make(*names):
        return certify(tmp_path_factory.mktemp("tls"), *names)

    return make


def drain(wire):
    until = time.monotonic() + BOUND
    while time.monotonic() < until:
        wire.recv(100)


@pytest.mark.parametrize("uri", ["ldap://127.0.0.1", "127.0.0.1", "ldaps://", "http://x", "", "ldap+tls://x"])
def test_a_password_never_crosses_a_network_in_clear(uri):
    """Only ldaps:// and the local socket are spoken; there is no option for anything else."""
    with pytest.raises(ValueError, match="ldaps"):
        dial(DirectoryServer(uri), PATIENCE)


def test_a_verified_server(certified):
    """A certificate of the authority for this very address is accepted, under TLS 1.2 or later."""
    where = certified("127.0.0.1")
    with rogue_tcp(speaking_tls(where)) as server:
        connected = dial(DirectoryServer(server.uri, str(where / "ca.pem")), BOUND)
        assert isinstance(connected, ssl.SSLSocket)
        assert connected.version() in {"TLSv1.2", "TLSv1.3"}
        connected.close()


def test_another_authority_is_refused(certified):
    """A certificate that our authority did not sign is refused, and nothing is sent (RFC 4513 §3.1.3)."""
    where, other = certified("127.0.0.1"), certified("127.0.0.1")
    with rogue_tcp(speaking_tls(where)) as server:
        with pytest.raises(CertificateRefused):
            dial(DirectoryServer(server.uri, str(other / "ca.pem")), BOUND)
        with pytest.raises(CertificateRefused):
            dial(DirectoryServer(server.uri), BOUND)


def test_another_name_is_refused(certified):
    """A good certificate for another name is refused (RFC 4513 §3.1.3)."""
    where = certified("directory.example", "127.0.0.2")
    with rogue_tcp(speaking_tls(where)) as server, pytest.raises(CertificateRefused):
        dial(DirectoryServer(server.uri, str(where / "ca.pem")), BOUND)


def test_a_server_that_never_shakes_hands():
    """The handshake ends by the deadline too."""
    with rogue_tcp(silent) as server, pytest.raises(DirectorySlow):
        dial(DirectoryServer(server.uri), PATIENCE)


def test_nobody_there(tmp_path):
    """No socket and no listener are unavailable, not slow."""
    with pytest.raises(DirectoryUnavailable) as caught:
        dial(DirectoryServer("ldapi://" + str(tmp_path / "none").replace("/", "%2F")), PATIENCE)
    assert not caught.value.slow
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(DirectoryUnavailable):
        dial(DirectoryServer(f"ldaps://127.0.0.1:{port}"), PATIENCE)


def test_octets_that_trickle_end_by_the_deadline(tmp_path):
    """Each octet is no new start of the clock: the deadline is for the operation."""

    def trickle(connection):
        while True:
            connection.sendall(b"x")
            time.sleep(0.02)

    with rogue(tmp_path / "s", trickle) as server:
        wire = Wire(dial(DirectoryServer(server.uri), PATIENCE))
        wire.begin(PATIENCE)
        with pytest.raises(TimeoutError):
            drain(wire)
        wire.close()


def test_an_answer_without_end_is_cut():
    """Beyond GREATEST_ANSWER octets an answer is refused, so that no server can fill our memory."""
    ours, theirs = socket.socketpair()
    with theirs:
        wire = Wire(ours)
        wire.begin(BOUND)
        wire._left = 10
        theirs.sendall(b"x" * 11)
        with pytest.raises(OSError, match="answer too long"):
            wire.recv(100)
        wire.close()
    assert GREATEST_ANSWER > 2**20
