"""The lean directory of the peer holds the same people and shows verifiers to its reader alone."""

from collections.abc import Iterator
from pathlib import Path

import ldap3
import pytest

from bench import people, slapd
from bench.program import CannotMeasure

PASSWORD = "the reader's password"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[slapd.Slapd]:
    directory = slapd.Slapd(tmp_path_factory.mktemp("slapd") / "home", PASSWORD)
    directory.prepare(people.accounts(60))
    directory.start([])
    yield directory
    directory.stop()


def _search(uri: str, **identity: str) -> list[dict[str, list[bytes]]]:
    with ldap3.Connection(ldap3.Server(uri, get_info=ldap3.NONE), auto_bind=True, **identity) as connection:
        connection.search(slapd.PEOPLE, "(uid=u000007)", attributes=["userPassword", "rnSubjectId"])
        return [dict(answer["raw_attributes"]) for answer in connection.response or []]


def test_the_reader_finds_verifiers(running: slapd.Slapd):
    """The peer fetches userPassword and compares it, as Truename does."""
    account = people.accounts(60)[7]
    found = _search(running.uri, user=slapd.READER, password=PASSWORD)

    assert found == [{"userPassword": [people.verifier(account).encode()], "rnSubjectId": [b"bench-000007"]}]


def test_nobody_else_does(running: slapd.Slapd):
    """Without the reader's password there is nothing to see."""
    assert _search(running.uri) == []


def test_a_missing_slapd_is_told_with_the_line_that_installs_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Whoever lacks slapd is told what to type."""
    monkeypatch.setattr(slapd, "locate", lambda *_: None)

    with pytest.raises(CannotMeasure, match="apt-get install .*slapd"):
        slapd.Slapd(tmp_path, PASSWORD)


def test_what_slapadd_says_is_handed_on(tmp_path: Path):
    """People that do not fit the schema are no reason to measure."""
    directory = slapd.Slapd(tmp_path / "home", PASSWORD)
    twice = people.accounts(1) * 2

    with pytest.raises(CannotMeasure, match="slapadd"):
        directory.prepare([twice[0]._replace(login="a+b")])
