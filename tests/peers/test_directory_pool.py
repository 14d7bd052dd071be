"""The pool beside a real slapd: names of every kind, paging, passwords, and a server that dies."""

import os
import signal

import pytest

from directory.backends import link
from directory.backends.connection import (
    BindOutcome,
    CertificateRefused,
    Credentials,
    DirectoryPool,
    DirectoryRefused,
    DirectoryServer,
    OwnCredentialsRefused,
    escape_filter,
    escape_rdn,
)
from tests.support.directory_server import SUFFIX
from tests.support.published import own_pool
from tests.support.rogue_server import rogue, silent

GROUPS = f"ou=groups,{SUFFIX}"
ORGS = f"ou=orgs,{SUFFIX}"
PEOPLE = "(objectClass=inetOrgPerson)"


@pytest.fixture
def pool(directory_server):
    with own_pool(directory_server) as opened:
        yield opened


def group(name):
    return {"objectClass": [b"rnGroup"], "cn": [name.encode()], "description": []}


def person(login, subject):
    return {
        "objectClass": [b"inetOrgPerson", b"rnPerson"],
        "uid": [login.encode()],
        "cn": [b"x"],
        "sn": [b"x"],
        "rnSubjectId": [subject.encode()],
        "rnStatus": [b"active"],
    }


NAMES = ["阿依古丽·买买提", "㐂𠮷", " #=space, plus+ ", 'q"<>;\\', "*)(cn=*", "#hash", "tab\tnul-free", "é\u0301"]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_of_any_kind_is_found_and_nothing_else(pool, name):
    """What escape_rdn and escape_filter make is that very name to the server, and never syntax."""
    dn = f"cn={escape_rdn(name)},{GROUPS}"
    pool.add(dn, group(name))
    try:
        found = list(pool.search(GROUPS, f"(cn={escape_filter(name)})", ["cn"], "one"))
        assert [values["cn"] for _, values in found] == [[name.encode()]]
        assert pool.get(found[0][0], ["cn"]) == {"cn": [name.encode()]}
    finally:
        pool.delete(dn)
    assert pool.get(dn, ["cn"]) is None


def test_every_page_of_a_search(pool, monkeypatch):
    """More entries than a page has all arrive, once each; a search may also be left half-way."""
    monkeypatch.setattr(link, "PAGE", 20)
    wanted = {f"page-{number:04d}" for number in range(50)}
    for name in wanted:
        pool.add(f"cn={name},{GROUPS}", group(name))
    try:
        for _ in range(2):
            found = [values["cn"][0].decode() for _, values in pool.search(GROUPS, "(cn=page-*)", ["cn"])]
            assert len(found) == 50
            assert set(found) == wanted
        half = pool.search(GROUPS, "(cn=page-*)", ["cn"])
        next(half)
        half.close()
        assert pool.get(GROUPS, ["ou"]) == {"ou": [b"groups"]}
    finally:
        for name in wanted:
            pool.delete(f"cn={name},{GROUPS}")


def test_changes_say_what_is_to_be(pool):
    """modify gives exactly these values and removes what has none; doing it again changes nothing."""
    dn = f"cn=changes,{GROUPS}"
    pool.add(dn, group("changes"))
    try:
        for _ in range(2):
            pool.modify(dn, {"description": [b"one", "二".encode()], "displayName": [b"x"], "ou": []})
            assert sorted(pool.get(dn, ["description", "displayName", "ou"]).items()) == [
                ("description", [b"one", "二".encode()]),
                ("displayName", [b"x"]),
            ]
        pool.modify(dn, {"description": []})
        assert pool.get(dn, ["description"]) == {}
        assert pool.get(dn, []) == {}
        pool.rename(dn, "cn=renamed")
        dn = f"cn=renamed,{GROUPS}"
        assert pool.get(dn, ["cn"]) == {"cn": [b"renamed"]}
    finally:
        pool.delete(dn)


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (lambda pool: pool.delete(f"cn=nobody,{GROUPS}"), 32),
        (lambda pool: pool.add(GROUPS, {"objectClass": [b"organizationalUnit"], "ou": [b"groups"]}), 68),
        (lambda pool: pool.add(f"cn=a,{GROUPS}", {"objectClass": [b"rnPerson"]}), 65),
        (lambda pool: pool.delete(ORGS), 66),
        (lambda pool: pool.modify("no dn", {"cn": [b"x"]}), 34),
        (lambda pool: list(pool.search("ou=nothing,dc=x", PEOPLE, ["cn"])), 32),
    ],
    ids=["gone", "exists", "schema", "not-a-leaf", "no-dn", "no-base"],
)
def test_refusals_are_answers_with_a_code(pool, act, code):
    """The server's result code is told, and nothing of what it wrote."""
    pool.add(f"cn=leaf,{ORGS}", group("leaf")) if code == 66 else None
    try:
        with pytest.raises(DirectoryRefused) as caught:
            act(pool)
        assert caught.value.code == code
        assert SUFFIX not in str(caught.value)
    finally:
        pool.delete(f"cn=leaf,{ORGS}") if code == 66 else None


def test_passwords_are_asked_of_the_server(pool, directory_server):
    """A bind proves a password on the local socket and over verified TLS; a wrong one and an unknown name are WRONG."""
    dn = f"uid=bind-me,{ORGS}"
    pool.add(dn, person("bind-me", "id-bind-me"))
    pool.modify(dn, {"userPassword": ["correct horse 电池".encode()]})
    tls = DirectoryServer(directory_server.ldaps_uri, str(directory_server.ca_file))
    try:
        with DirectoryPool([tls], Credentials()) as over_tls:
            for each in (pool, over_tls):
                assert each.bind_as(dn, "correct horse 电池".encode()) is BindOutcome.PROVEN
                assert each.bind_as(dn, b"correct horse") is BindOutcome.WRONG
                assert each.bind_as(dn, b"\xff\0") is BindOutcome.WRONG
                assert each.bind_as(f"uid=nobody,{ORGS}", b"x") is BindOutcome.WRONG
    finally:
        pool.delete(dn)


def test_a_wrong_authority_gets_no_password(directory_server):
    """A server that the system's authorities do not vouch for is unavailable, and sees nothing."""
    with DirectoryPool([DirectoryServer(directory_server.ldaps_uri)], Credentials("uid=x", b"x")) as pool:
        with pytest.raises(CertificateRefused):
            pool.get(SUFFIX, ["dc"])
        assert pool.bind_as(f"uid=nobody,{ORGS}", b"x") is BindOutcome.UNAVAILABLE


def test_our_own_wrong_password(directory_server):
    """A service account that the server refuses is an error of its own."""
    wrong = Credentials(directory_server.mirror_dn, b"wrong")
    with (
        DirectoryPool([DirectoryServer(directory_server.ldapi_uri)], wrong) as pool,
        pytest.raises(OwnCredentialsRefused),
    ):
        pool.get(SUFFIX, ["dc"])


def test_a_restart_is_not_noticed(make_directory):
    """Kept connections that died with the server are replaced, for reads, writes and binds alike."""
    directory = make_directory()
    directory.start()
    with own_pool(directory) as pool:
        assert pool.get(GROUPS, ["ou"])
        assert pool.bind_as("uid=x", b"x") is BindOutcome.WRONG
        os.kill(directory._process.pid, signal.SIGKILL)
        directory._process.wait()
        directory.start()
        pool.add(f"cn=after,{GROUPS}", group("after"))
        assert pool.get(f"cn=after,{GROUPS}", ["cn"])
        assert pool.bind_as("uid=x", b"x") is BindOutcome.WRONG


def test_the_next_server_serves(directory_server, tmp_path):
    """One frozen server of two costs a read its time-out once, and no failure."""
    with rogue(tmp_path / "s", silent) as frozen:
        servers = [DirectoryServer(frozen.uri), DirectoryServer(directory_server.ldapi_uri)]
        with DirectoryPool(servers, Credentials()) as both:
            for _ in range(5):
                assert both.get(GROUPS, ["ou"]) == {"ou": [b"groups"]}
        assert frozen.contacts == 1
