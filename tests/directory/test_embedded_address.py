import contextlib
import os
import socket
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from directory.backends.embedded_address import (
    Listen,
    ListenRefused,
    answers,
    parse_listen,
    socket_path,
    socket_uri,
)


@pytest.mark.parametrize(
    ("text", "listen", "uri"),
    [
        ("192.0.2.10:636", Listen("192.0.2.10", 636), "ldaps://192.0.2.10:636"),
        ("[2001:db8::10]:636", Listen("2001:db8::10", 636), "ldaps://[2001:db8::10]:636"),
        ("ldap.city.example:1636", Listen("ldap.city.example", 1636), "ldaps://ldap.city.example:1636"),
        ("0.0.0.0:636", Listen("0.0.0.0", 636), "ldaps://127.0.0.1:636"),
        ("[::]:636", Listen("::", 636), "ldaps://[::1]:636"),
    ],
)
def test_addresses(text, listen, uri):
    """RFC 3986 §3.2.2: an IPv6 address stands in brackets. "Everywhere" is reached at the loopback address."""
    assert parse_listen(text) == listen
    assert listen.uri == uri


def test_empty_means_local_socket_only():
    assert parse_listen("") is None


@pytest.mark.parametrize(
    "text",
    ["636", ":636", "host", "host:", "host:0", "host:65536", "host:636 ", "a b:636", "h:٦٣٦", "h/x:1", "[x]y:1"],
)
def test_anything_else_is_refused(text):
    with pytest.raises(ListenRefused):
        parse_listen(text)


@settings(max_examples=100, deadline=None)
@given(st.text() | st.from_regex(r"[\[\]:a-f0-9 .%]+:[0-9]+"))
def test_accept_or_refuse(text: str):
    """Accept, or raise the one error; what is accepted holds nothing that would end a URL."""
    with contextlib.suppress(ListenRefused):
        listen = parse_listen(text)
        assert listen is None or not set(listen.host) & set(" /%?[]\n")


def test_a_certificate_for_everywhere_names_this_machine():
    assert Listen("0.0.0.0", 636).names == tuple(dict.fromkeys(("localhost", "127.0.0.1", "::1", socket.gethostname())))
    assert Listen("127.0.0.1", 636).names == ("localhost", "127.0.0.1", "::1")


def test_a_deep_state_directory_is_reached_through_a_descriptor(tmp_path):
    """unix(7): a socket path has at most 107 octets, and Chinese names have three for each character."""
    home = tmp_path / ("市" * 60) / "slapd"
    (home / "run").mkdir(parents=True)

    path = socket_path(home)

    assert len(os.fsencode(path)) <= 107
    assert Path(path).parent.samefile(home / "run")
    assert unquote(socket_uri(home)) == f"ldapi://{path}"


def test_a_directory_that_was_made_anew_is_found_again(tmp_path):
    """The descriptor follows the path, not the directory that was there before."""
    home = tmp_path / ("x" * 120)
    home.mkdir()
    socket_path(home)
    home.rename(tmp_path / "old")
    (home / "run").mkdir(parents=True)

    assert Path(socket_path(home)).parent.samefile(home / "run")


def test_nobody_answers_where_nobody_is(tmp_path):
    assert not answers(tmp_path, within=0.1)


def test_a_silent_listener_is_no_directory(tmp_path):
    """A socket that exists, accepts and says nothing does not count as ready."""
    home = tmp_path / ("y" * 100)
    (home / "run").mkdir(parents=True)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(socket_path(home))
        listener.listen()
        assert not answers(home, within=0.05)
