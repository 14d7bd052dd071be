"""Who is online, who was, who had an address."""

import pytest
from sqlalchemy import select, text

from access.lifetime import Ending, Status
from access.session_rows import BulkRows
from access.sessions import count_online, find, history, online, sweep, who_had
from access.settings import AccessSettings
from access.tables import SessionRow
from store.engine import Store
from tests.access.builders import NOW, record


def write(store: Store, *records) -> None:
    with store.write() as unit:
        BulkRows(store.dialect).write_records(unit.session.connection(), records)


def test_online_and_history(store: Store):
    """Open sessions and those of a time, by everything that one may know of them."""
    write(store, record(acct_session="a", subject="P1", address="10.0.0.1", zone="office"))
    write(
        store,
        record(acct_session="b", subject="P2", login="bei", address6="2001:db8::1", device=2, hardware=None),
    )
    write(
        store,
        record(acct_session="c", subject="P1"),
        record(Status.STOP, NOW + 60, acct_session="c", subject="P1", seconds=60),
    )
    with store.read() as session:
        names = {row.number: row.acct_session for row in session.scalars(select(SessionRow))}

        def ask(query, **told) -> str:
            return "".join(sorted(names[row.number] for row in query(session, **told)))

        assert ask(online) == "ab"
        assert ask(online, limit=1) == "b"
        assert ask(online, before=online(session, limit=1)[0].number) == "a"
        assert ask(online, subject="P1") == "a"
        assert ask(online, login="bei") == "b"
        assert ask(online, address="10.0.0.1") == "a"
        assert ask(online, address="2001:db8::1") == "b"
        assert ask(online, device=2) == "b"
        assert ask(online, zone="office") == "a"
        assert ask(online, hardware="02:00:00:00:00:01") == "a"
        assert count_online(session) == 2
        assert ask(history, subject="P1") == "ac"
        assert ask(history, until=NOW) == ""
        assert ask(history, since=NOW + 61) == "ab"
        assert ask(history, since=NOW + 60, until=NOW + 100) == "abc"
        first = find(session, min(names))
        assert first is not None
        assert first.acct_session == "a"


def test_who_had_an_address(store: Store):
    """Who is answerable for an address at a time: from when it was told until it was replaced or the session ended."""
    write(
        store,
        record(acct_session="a", subject="P1", address="10.0.0.1", address6="2001:db8:0:1::/64"),
        record(Status.INTERIM, NOW + 600, acct_session="a", subject="P1", seconds=600, address="10.0.0.2"),
        record(at=NOW + 700, acct_session="b", subject="P2", address="10.0.0.1", device=2),
        record(Status.STOP, NOW + 900, acct_session="a", subject="P1", seconds=900),
    )
    with store.read() as session:

        def had(address: str, later: float) -> list[str | None]:
            return [held.session.subject for held in who_had(session, address, NOW + later)]

        def times(address: str, later: float) -> tuple[float, float | None]:
            (held,) = who_had(session, address, NOW + later)
            return held.since - NOW, None if held.until is None else held.until - NOW

        assert times("10.0.0.1", 0) == (0, 600)  # until the other address came
        assert times("10.0.0.2", 700) == (600, 900)  # until the session ended
        assert times("10.0.0.1", 750) == (700, None)  # still
        assert times("2001:db8:0:1::5", 700) == (0, 900)
        assert had("10.0.0.1", -1) == []
        assert had("10.0.0.1", 0) == ["P1"]
        assert had("10.0.0.1", 599) == ["P1"]
        assert had("10.0.0.1", 650) == []
        assert had("10.0.0.1", 750) == ["P2"]
        assert had("10.0.0.2", 900) == ["P1"]
        assert had("10.0.0.2", 901) == []
        assert had("2001:DB8:0:1::5", 700) == ["P1"]  # IPv4 changed meanwhile, IPv6 did not
        assert had("2001:db8:0:2::5", 700) == []
        assert had("::ffff:10.0.0.1", 800) == ["P2"]
        with pytest.raises(ValueError, match="does not appear"):
            who_had(session, "' OR 1=1 --", NOW)


def test_an_address_that_comes_back(store: Store):
    """A, then B, then A again: each time has its holder, and each session is told once."""
    write(store, record(address="10.0.0.1"))
    for number, address in enumerate(["10.0.0.2", "10.0.0.1"], 1):
        write(store, record(Status.INTERIM, NOW + number * 100, seconds=number * 100, address=address))
    with store.read() as session:
        told = [[held.since - NOW for held in who_had(session, "10.0.0.1", NOW + later)] for later in (50, 150, 250)]
        assert told == [[0], [], [200]]


def test_sessions_that_fell_silent_are_closed(store: Store):
    """After so many missed interim records a session ended when it was last heard of; its own interval counts."""
    with store.write() as unit:
        now = unit.now
    write(
        store,
        record(at=now - 1801, acct_session="silent"),
        record(at=now - 1700, acct_session="heard"),
        record(at=now - 1801, acct_session="slow", interim=3600),
        record(at=now - 400, acct_session="quick", interim=60),
        record(Status.STOP, now - 9000, acct_session="over"),
    )
    with store.write() as unit:
        assert sweep(unit, AccessSettings(interim=600, lost_after=3)) == 2
    with store.read() as session:
        found = {row.acct_session: (row.stopped_at, row.cause) for row in session.scalars(select(SessionRow))}
    assert found == {
        "silent": (now - 1801, Ending.LOST),
        "heard": (None, None),
        "slow": (None, None),
        "quick": (now - 400, Ending.LOST),
        "over": (now - 9000, None),
    }
    with store.write() as unit:
        assert sweep(unit, AccessSettings(interim=600, lost_after=3)) == 0


def test_a_session_never_ends_before_it_began(sqlite_store: Store):
    """A device whose delay was wrong can leave a beginning after what we last heard."""
    write(sqlite_store, record(at=NOW))
    with sqlite_store.write() as unit:
        unit.session.execute(text("UPDATE session SET updated_at = started_at - 10"))
        assert sweep(unit, AccessSettings()) == 1
    with sqlite_store.read() as session:
        row = session.scalars(select(SessionRow)).one()
        assert row.stopped_at == row.started_at


def test_open_sessions_are_found_by_their_small_index(sqlite_store: Store):
    """The index of open sessions holds no others, so that the past does not slow down who is online."""
    with sqlite_store.read() as session:
        for question in (
            "EXPLAIN QUERY PLAN SELECT number FROM session WHERE stopped_at IS NULL",
            "EXPLAIN QUERY PLAN UPDATE session SET cause = '' WHERE device = 1 AND stopped_at IS NULL",
        ):
            assert "ix_session_open" in str(session.execute(text(question)).all())
