"""Sockets and TLS of the pages."""

import socket
import ssl
from dataclasses import replace
from types import SimpleNamespace

import pytest

from operate import web_listeners
from operate.web_listeners import addresses
from portal.settings import PortalSettings

SILENT = PortalSettings(listen="", tls_listen="", console_listen="")


def told(**changes):
    """The addresses of some settings."""
    return addresses(SimpleNamespace(portal=replace(SILENT, **changes)))


def test_addresses_are_those_that_are_set_else_those_of_the_listeners():
    """Without TLS only where the portal is told to listen without."""
    assert told() == ("", "")
    assert told(listen="127.0.0.1:8080").door == "http://127.0.0.1:8080"
    assert told(tls_listen="192.0.2.1:8443", listen="192.0.2.1:80").door == "https://192.0.2.1:8443"
    assert told(console_listen="[::1]:8444").console == "https://[::1]:8444"
    assert told(listen="0.0.0.0:80", url="https://portal.city.internal/").door == "https://portal.city.internal"


def test_a_port_that_is_taken_is_an_error():
    """Two services do not share one silently."""
    first = web_listeners.open_socket("127.0.0.1:0")
    with first, pytest.raises(OSError, match="in use"):
        web_listeners.open_socket(f"127.0.0.1:{first.getsockname()[1]}")


def test_certificate_of_our_own_authority(tmp_path):
    """Made on first use, for the names that people type; a client that trusts the authority accepts it."""
    settings = SimpleNamespace(portal=SILENT, state=tmp_path)
    certificate, key = web_listeners.certificate(settings, ("portal.city.internal", "127.0.0.1"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    assert key.stat().st_mode & 0o077 == 0
    ours = replace(SILENT, certificate="/x.pem", key="/x.key")
    assert str(web_listeners.certificate(SimpleNamespace(portal=ours, state=tmp_path), ())[0]) == "/x.pem"


def test_a_socket_is_inherited_where_the_supervisor_has_opened_it(monkeypatch):
    """The same queue of connections; closing one end leaves the supervisor's open."""
    with web_listeners.open_socket("127.0.0.1:0") as first:
        listen = f"127.0.0.1:{first.getsockname()[1]}"
        monkeypatch.setenv(web_listeners.variable(listen), str(first.fileno()))
        with web_listeners.inherited(listen) as second:
            assert second.getsockname() == first.getsockname()
        assert first.fileno() > 0
        with socket.create_connection(first.getsockname(), timeout=5):
            pass
