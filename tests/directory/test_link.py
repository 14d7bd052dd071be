from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from directory.backends.connection import (
    Credentials,
    DirectoryRefused,
    DirectoryServer,
    DirectorySlow,
    DirectoryUnavailable,
    Limits,
    Link,
    OwnCredentialsRefused,
    escape_filter,
    escape_rdn,
    open_link,
)
from tests.support.rogue_server import gone, message_id, result, rogue, saying, silent, trickling

QUICK = Limits(connect=0.3, answer=0.3, write=0.3)
BIND, ADD, MODIFY, SEARCH_DONE = 0x61, 0x69, 0x67, 0x65


def link_to(server, limits=QUICK):
    return Link(DirectoryServer(server.uri), limits)


@pytest.mark.parametrize(
    ("value", "escaped"),
    [
        ("zhang.san-1@x", "zhang.san-1@x"),
        ("a*b(c)d\\e\0", "a\\2ab\\28c\\29d\\5ce\\00"),
        (" x ", "\\20x\\20"),
        ("买", "\\e4\\b9\\b0"),
        (b"\xff|&!", "\\ff\\7c\\26\\21"),
    ],
)
def test_filter_values_are_escaped(value, escaped):
    """Everything but plain ASCII becomes octets, so no value can become syntax (RFC 4515 §3)."""
    assert escape_filter(value) == escaped


@pytest.mark.parametrize(
    ("value", "escaped"),
    [
        ("zhang", "zhang"),
        ('a,b+c"d\\e<f>g;h=i', 'a\\,b\\+c\\"d\\\\e\\<f\\>g\\;h\\=i'),
        ("#x#", "\\#x#"),
        (" ", "\\ "),
        ("  ", "\\ \\ "),
        (" a b ", "\\ a b\\ "),
        ("a\0\n", "a\\00\\0a"),
        ("𠮷·㐂", "𠮷·㐂"),
    ],
)
def test_rdn_values_are_escaped(value, escaped):
    """Every special character of RFC 4514 §2.4, at the places where it is special."""
    assert escape_rdn(value) == escaped


def test_an_empty_rdn_value_is_refused():
    """An empty value would name the entry above."""
    with pytest.raises(ValueError, match="empty"):
        escape_rdn("")


@pytest.mark.parametrize(("dn", "password"), [("", b"x"), ("uid=a", b""), ("", b"")])
def test_an_unauthenticated_bind_is_refused_before_sending(tmp_path, dn, password):
    """Such a bind succeeds at many servers and proves nothing (RFC 4513 §5.1.2)."""
    with rogue(tmp_path / "s", saying(result(BIND))) as server:
        link = link_to(server)
        with pytest.raises(ValueError, match="proves nothing"):
            link.bind(dn, password)
        link.close()


def test_no_password_is_kept_or_shown(tmp_path):
    """Neither the credentials' repr nor ldap3's objects hold a password after a bind."""
    with rogue(tmp_path / "s", saying(result(BIND))) as server:
        link = link_to(server)
        assert link.bind("uid=a", b"very secret") == 0
        assert "secret" not in repr(link._ldap) + repr(link._ldap.request) + repr(vars(link._ldap))
        link.close()
    assert "secret" not in repr(Credentials("uid=a", b"very secret"))


@pytest.mark.parametrize("password", [b"\xff\xfe", b"a\0b", "pässwörd 买".encode(), b"x" * 3000])
def test_any_octets_are_a_password(tmp_path, password):
    """A password goes to the server as it came (RFC 4513 §5.1.3); odd ones are no fault of the server."""
    received = []

    def listen(connection):
        received.append(connection.recv(65536))
        connection.sendall(result(BIND, 49).replace(b"MM", message_id(received[0])))
        silent(connection)

    with rogue(tmp_path / "s", listen) as server:
        link = link_to(server)
        assert link.bind("uid=a", password) == 49
        link.close()
    assert password in received[0]


@pytest.mark.parametrize(("behaviour", "slow"), [(silent, True), (trickling, True), (gone, False)])
def test_a_server_that_does_not_answer(tmp_path, behaviour, slow):
    """Silence, an answer without end and a hung up connection all end in DirectoryUnavailable, in bounded time."""
    with rogue(tmp_path / "s", behaviour) as server:
        for ask in (
            lambda link: link.bind("uid=a", b"x"),
            lambda link: link.read("dc=x", ["cn"]),
            lambda link: link.page("dc=x", "(cn=x)", ["cn"], "subtree", b""),
            lambda link: link.delete("dc=x"),
        ):
            link = link_to(server)
            with pytest.raises(DirectorySlow if slow else DirectoryUnavailable) as caught:
                ask(link)
            assert caught.value.slow is slow
            assert not link.quiet()


@pytest.mark.parametrize("code", [51, 52, 80])
def test_a_server_in_trouble_is_no_answer(tmp_path, code):
    """Busy, unavailable and other speak of the server (RFC 4511 appendix A.2); reads may go elsewhere."""
    with rogue(tmp_path / "s", saying(result(SEARCH_DONE, code))) as server:
        link = link_to(server)
        with pytest.raises(DirectoryUnavailable):
            link.read("dc=x", ["cn"])


@pytest.mark.parametrize("code", [19, 50, 68, 80, 10])
def test_a_refused_write_is_an_answer(tmp_path, code):
    """The code is told, 80 of a full map too; the server's own text never is."""
    with rogue(tmp_path / "s", saying(result(ADD, code))) as server:
        link = link_to(server)
        with pytest.raises(DirectoryRefused) as caught:
            link.add("cn=x", {"objectClass": [b"person"], "cn": [b"x"]})
        assert caught.value.code == code
        assert link.referrals == (code == 10)
        link.close()


def test_our_own_account_refused(tmp_path):
    """49 for the service account is an error of its own, never a person's wrong password."""
    with rogue(tmp_path / "s", saying(result(BIND, 49))) as server, pytest.raises(OwnCredentialsRefused):
        open_link(DirectoryServer(server.uri), Credentials("uid=app", b"old"), QUICK)


def test_only_the_local_socket_knows_who_we_are():
    """Without a bind DN there is no way to be somebody over a network."""
    link = object.__new__(Link)
    link.server = DirectoryServer("ldaps://directory.example")
    with pytest.raises(ValueError, match="local socket"):
        link.authenticate(Credentials())


def test_octets_nobody_asked_for_end_a_kept_connection(tmp_path):
    """A kept connection with something to read is about to end and is not used again."""

    def talk(connection):
        connection.sendall(b"30")
        silent(connection)

    with rogue(tmp_path / "s", talk) as server:
        link = link_to(server)
        link.socket.settimeout(5)
        assert link.socket.recv(1) == b"3"
        assert not link.quiet()
        link.close()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.binary(min_size=1, max_size=40), st.binary(max_size=30).map(lambda b: b"\x30\x25\x02\x02MM" + b)))
def test_hostile_answers_end_in_the_one_error(tmp_path_factory, answer):
    """Whatever octets a server sends, the only outcomes are an answer and the family of errors."""
    where = tmp_path_factory.mktemp("s") / "s"
    with rogue(where, saying(answer)) as server:
        link = link_to(server, Limits(0.3, 0.05, 0.05))
        with suppress(DirectoryUnavailable, DirectoryRefused):
            link.read("dc=x", ["cn"])
        link.close()
