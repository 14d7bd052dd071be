"""The pool against servers that misbehave; against a real one: tests/peers/test_directory_pool.py."""

from types import SimpleNamespace

import pytest
from structlog.testing import capture_logs

from directory.backends.connection import (
    BindOutcome,
    Credentials,
    DirectoryPool,
    DirectoryRefused,
    DirectoryServer,
    DirectoryUnavailable,
    Limits,
    OwnCredentialsRefused,
)
from tests.support.rogue_server import certify, gone, result, rogue, rogue_tcp, saying, silent, speaking_tls

QUICK = Limits(connect=0.3, answer=0.3, write=0.3)
BIND, ADD, SEARCH_DONE = 0x61, 0x69, 0x65
OWN_BIND = result(BIND)


def pool_of(*servers, credentials=None):
    return DirectoryPool(
        [DirectoryServer(server.uri) for server in servers],
        credentials or Credentials("uid=app,dc=x", b"secret"),
        limits=QUICK,
    )


def judging(code):
    return saying(*[result(BIND, code)] * 8)


def test_a_pool_needs_a_server():
    """No server is a mistake of the settings, not a directory that is down."""
    with pytest.raises(ValueError, match="server"):
        DirectoryPool([], Credentials())
    with pytest.raises(ValueError, match="ldaps"):
        DirectoryPool([DirectoryServer("ldap://127.0.0.1")], Credentials())


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        (0, BindOutcome.PROVEN),
        (49, BindOutcome.WRONG),
        (32, BindOutcome.WRONG),
        (48, BindOutcome.WRONG),
        (53, BindOutcome.LOCKED),
        (19, BindOutcome.LOCKED),
        (13, BindOutcome.UNAVAILABLE),
        (10, BindOutcome.UNAVAILABLE),
        (51, BindOutcome.UNAVAILABLE),
        (80, BindOutcome.UNAVAILABLE),
        (2, BindOutcome.UNAVAILABLE),
    ],
)
def test_what_a_bind_proves(tmp_path, code, outcome):
    """Only success proves; 49, 53 and 19 are answers; whatever else says nothing about the password."""
    with rogue(tmp_path / "s", judging(code)) as server, pool_of(server) as pool:
        assert pool.bind_as("uid=a,dc=x", b"pass") is outcome


@pytest.mark.parametrize(("dn", "password"), [("", b"x"), ("uid=a", b"")])
def test_an_empty_password_is_wrong_before_anything_is_sent(tmp_path, dn, password):
    """An unauthenticated bind would succeed at many servers (RFC 4513 §5.1.2)."""
    with rogue(tmp_path / "s", judging(0)) as server, pool_of(server) as pool:
        assert pool.bind_as(dn, password) is BindOutcome.WRONG
        assert server.contacts == 0


def test_people_are_never_bound_on_our_own_connection(tmp_path):
    """A bind changes who a connection is, so passwords of people have connections of their own, and these are kept."""
    with rogue(tmp_path / "s", judging(49)) as server, pool_of(server) as pool:
        for _ in range(3):
            assert pool.bind_as("uid=a,dc=x", b"pass") is BindOutcome.WRONG
        assert server.contacts == 1
        with pytest.raises(OwnCredentialsRefused):
            pool.get("dc=x", ["cn"])
        assert server.contacts == 2


TROUBLE = {
    "silent": silent,
    "gone": gone,
    "unavailable": saying(OWN_BIND, result(SEARCH_DONE, 52)),
    "nonsense": saying(b"\x30\x03zzz"),
}


@pytest.mark.parametrize("trouble", TROUBLE)
def test_reads_go_to_the_next_server(tmp_path, trouble):
    """One that is silent, hangs up, is in trouble or talks nonsense is passed over, and then left alone for a while."""
    with (
        rogue(tmp_path / "a", TROUBLE[trouble]) as bad,
        rogue(tmp_path / "b", saying(OWN_BIND, *[result(SEARCH_DONE, 32)] * 3)) as good,
        pool_of(bad, good) as pool,
    ):
        assert pool.get("dc=x", ["cn"]) is None
        assert pool.get("dc=x", ["cn"]) is None
        assert list_or_code(pool) == 32
        assert (bad.contacts, good.contacts) == (1, 1)


@pytest.mark.parametrize("behaviour", [silent, gone, judging(51)])
def test_passwords_go_to_the_next_server(tmp_path, behaviour):
    """A bind changes nothing, so it is repeated once; the person does not notice that a server failed."""
    with (
        rogue(tmp_path / "a", behaviour) as bad,
        rogue(tmp_path / "b", judging(0)) as good,
        pool_of(bad, good) as pool,
    ):
        assert pool.bind_as("uid=a,dc=x", b"pass") is BindOutcome.PROVEN
        assert pool.bind_as("uid=a,dc=x", b"pass") is BindOutcome.PROVEN
        assert (bad.contacts, good.contacts) == (1, 1)


def list_or_code(pool):
    try:
        return list(pool.search("dc=x", "(cn=x)", ["cn"]))
    except DirectoryRefused as refused:
        return refused.code


def test_quarantine_ends(tmp_path, monkeypatch):
    """After two seconds the preferred server is asked again."""
    now = [1000.0]
    monkeypatch.setattr("directory.backends.connection.time", SimpleNamespace(monotonic=lambda: now[0]))
    with (
        rogue(tmp_path / "a", gone) as bad,
        rogue(tmp_path / "b", saying(OWN_BIND, *[result(SEARCH_DONE, 32)] * 3)) as good,
        pool_of(bad, good) as pool,
    ):
        pool.get("dc=x", ["cn"])
        contacts = bad.contacts
        now[0] += 1.9
        pool.get("dc=x", ["cn"])
        assert bad.contacts == contacts
        now[0] += 0.2
        pool.get("dc=x", ["cn"])
        assert bad.contacts == contacts + 1


def test_writes_are_never_repeated(tmp_path):
    """Whether a lost write was done is not known, so no other server is asked; the next write goes there."""
    with (
        rogue(tmp_path / "a", saying(OWN_BIND)) as bad,
        rogue(tmp_path / "b", saying(OWN_BIND, result(ADD))) as good,
        pool_of(bad, good) as pool,
    ):
        with pytest.raises(DirectoryUnavailable):
            pool.add("cn=x", {"objectClass": [b"person"], "cn": [b"x"]})
        assert good.contacts == 0
        pool.add("cn=x", {"objectClass": [b"person"], "cn": [b"x"]})
        assert good.contacts == 1


def test_an_answer_keeps_the_connection_and_the_server(tmp_path):
    """50, 68 and their like are answers: nothing is dropped, and nobody is passed over."""
    with rogue(tmp_path / "s", saying(OWN_BIND, result(ADD, 68), result(ADD, 50))) as server, pool_of(server) as pool:
        for code in (68, 50):
            with pytest.raises(DirectoryRefused) as caught:
                pool.add("cn=x", {"objectClass": [b"person"], "cn": [b"x"]})
            assert caught.value.code == code
        assert server.contacts == 1


def test_the_only_server_is_asked_again_at_once(tmp_path):
    """Where there is no other one, a connection that ended (the server restarted) costs one attempt, no pause."""
    with rogue(tmp_path / "s", saying(OWN_BIND, result(SEARCH_DONE, 32))) as server, pool_of(server) as pool:
        assert pool.get("dc=x", ["cn"]) is None
        for connection in server._open:
            connection.shutdown(2)
        assert pool.get("dc=x", ["cn"]) is None
        assert server.contacts == 2


def test_our_own_account_refused_is_an_alarm(tmp_path):
    """49 for the product's account is logged as an error and not asked again at once: that could lock the account."""
    with rogue(tmp_path / "s", judging(49)) as server, pool_of(server) as pool, capture_logs() as logs:
        with pytest.raises(OwnCredentialsRefused):
            pool.get("dc=x", ["cn"])
        with pytest.raises(DirectoryUnavailable):
            pool.get("dc=x", ["cn"])
        assert server.contacts == 1
    assert [(line["event"], line["log_level"]) for line in logs] == [("own credentials refused", "error")]
    assert "secret" not in str(logs)


def test_a_wrong_certificate_is_an_alarm_and_the_next_server_is_asked(tmp_path):
    """A server that cannot show who it is is unusable, and its neighbour serves."""
    certify(tmp_path, "127.0.0.1")
    with (
        rogue_tcp(speaking_tls(tmp_path)) as stranger,
        rogue(tmp_path / "b", saying(OWN_BIND, result(SEARCH_DONE, 32))) as good,
        pool_of(stranger, good) as pool,
        capture_logs() as logs,
    ):
        assert pool.get("dc=x", ["cn"]) is None
    assert [(line["event"], line["log_level"]) for line in logs] == [("directory certificate refused", "error")]


def test_referrals_are_counted_and_not_followed(tmp_path):
    """ldap3 would follow one with the bind password in clear; here nobody is contacted."""
    with rogue(tmp_path / "elsewhere", silent) as elsewhere:
        uri = elsewhere.uri.encode()
        operation = b"\x0a\x01\x0a\x04\x00\x04\x00\xa3" + bytes((len(uri) + 2,)) + b"\x04" + bytes((len(uri),)) + uri
        inner = b"\x02\x02MM\x65" + bytes((len(operation),)) + operation
        answer = bytes((0x30, len(inner))) + inner
        with rogue(tmp_path / "s", saying(OWN_BIND, answer)) as server, pool_of(server) as pool:
            with pytest.raises(DirectoryRefused) as caught:
                pool.get("dc=x", ["cn"])
            assert caught.value.code == 10
            assert pool.referrals == 1
        assert elsewhere.contacts == 0
