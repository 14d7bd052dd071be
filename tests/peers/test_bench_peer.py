"""The peer of the measurements is the real FreeRADIUS, and does what it is measured for."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bench import people
from bench.load import Load, Outcome, run
from bench.peer import APT_LINE, FreeRadius, LdapCache, LdapSearch, SqliteAccounting, UsersFile
from bench.program import locate
from bench.traffic import Account

ACCOUNTS = people.accounts(60)

pytestmark = pytest.mark.skipif(locate("freeradius", "radiusd") is None, reason=APT_LINE)


def _ask(peer: FreeRadius, kind: str, accounts: list[Account]) -> Outcome:
    try:
        serving = peer.start([])
        load = Load(
            host=serving.host,
            port=serving.auth_port if kind == "login" else serving.acct_port,
            secret=serving.secret,
            kind=kind,
            accounts="",
            in_flight=8,
            lanes=4,
            warm_up=0.1,
            seconds=0.3,
            timeout=20.0,
            tries=1,
        )
        return run(load, accounts)
    finally:
        peer.stop()


@pytest.mark.parametrize("kind", [UsersFile, LdapSearch, LdapCache])
def test_every_right_password_is_accepted_and_signed(kind: Callable[[], FreeRadius], tmp_path: Path):
    """RFC 2869 §5.14: the peer answers with a Message-Authenticator, which the load program requires."""
    peer = kind()
    peer.prepare(ACCOUNTS, tmp_path / "home")
    outcome = _ask(peer, "login", ACCOUNTS)

    assert outcome.answered > 0
    assert outcome.wrong == 0


@pytest.mark.parametrize("kind", [UsersFile, LdapSearch])
def test_a_wrong_password_is_refused(kind: Callable[[], FreeRadius], tmp_path: Path):
    """The peer does compare."""
    peer = kind()
    peer.prepare(ACCOUNTS, tmp_path / "home")
    outcome = _ask(peer, "login", [account._replace(password="wrong") for account in ACCOUNTS])

    assert outcome.answered == 0
    assert outcome.refused > 0
    assert outcome.faults == {}


def test_each_session_is_one_row(tmp_path: Path):
    """A session that was started, told of and stopped is one row of radacct with its stop time."""
    peer = SqliteAccounting()
    peer.prepare(ACCOUNTS, tmp_path / "home")
    outcome = _ask(peer, "accounting", ACCOUNTS)
    with closing(sqlite3.connect(tmp_path / "home" / "sql" / "radacct.db")) as database:
        rows, sessions = database.execute("SELECT count(*), count(DISTINCT acctsessionid) FROM radacct").fetchone()
        mode = database.execute("PRAGMA journal_mode").fetchone()

    assert outcome.wrong == 0
    assert outcome.answered > 0
    assert rows == sessions > 0
    assert mode == ("wal",)
