"""The lean directory of the peer holds the same people and shows verifiers to its reader alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import people, slapd
from bench.program import CannotMeasure
from directory.backends.connection import BindOutcome, Credentials, DirectoryPool, DirectoryServer
from tests.support.loopback import program

PASSWORD = "the reader's password"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[slapd.Slapd]:
    program("slapd")
    directory = slapd.Slapd(tmp_path_factory.mktemp("slapd") / "home", PASSWORD)
    directory.prepare(people.accounts(60))
    directory.start([])
    yield directory
    directory.stop()


def test_the_reader_finds_verifiers(running: slapd.Slapd):
    """The peer fetches userPassword and compares it, as Truename does; the entry is of the published schema."""
    account = people.accounts(60)[7]
    reader = Credentials(slapd.READER, PASSWORD.encode())
    with DirectoryPool((DirectoryServer(running.uri),), reader) as pool:
        found = pool.get(f"uid={account.login},ou=unit07,{slapd.PEOPLE}", ["userPassword", "rnSubjectId"])

    assert found is not None
    assert list(found["userPassword"]) == [people.verifier(account).encode()]
    assert list(found["rnSubjectId"]) == [b"bench-000007"]


def test_nobody_is_let_in_with_another_password(running: slapd.Slapd):
    """The peer's account is proven, as any other."""
    with DirectoryPool((DirectoryServer(running.uri),), Credentials(slapd.READER, b"guess")) as pool:
        assert pool.bind_as(slapd.READER, b"guess") is BindOutcome.WRONG
        assert pool.bind_as(slapd.READER, PASSWORD.encode()) is BindOutcome.PROVEN


def test_a_missing_slapd_is_told_with_the_line_that_installs_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Whoever lacks slapd is told what to type."""
    monkeypatch.setattr(slapd, "locate", lambda *_: None)

    with pytest.raises(CannotMeasure, match=r"apt-get install .*slapd"):
        slapd.Slapd(tmp_path, PASSWORD)


def test_what_slapadd_says_is_handed_on(tmp_path: Path):
    """People that do not fit the schema are no reason to measure."""
    program("slapd")
    directory = slapd.Slapd(tmp_path / "home", PASSWORD)

    with pytest.raises(CannotMeasure, match="slapadd"):
        directory.prepare([people.accounts(1)[0]._replace(login="a+b")])
