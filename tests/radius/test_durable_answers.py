"""An Accounting-Response says that the record is safe (RFC 2866 §2)."""

import asyncio

from sqlalchemy import select

from access.tables import SessionRow
from radius.exchange import Door
from tests.radius.playing import SECRET, play
from tests.support.switch import Switch


def test_accounting_is_answered_after_the_commit(sqlite_store):
    """RFC 2866 §2: when the answer leaves, the row is there."""

    async def story(one):
        switch = Switch(SECRET)
        request = switch.accounting(1, "s1")
        one.hear(request, Door.ACCOUNTING)
        answers = await one.answers(1)

        assert switch.read(answers[0], request).code == 5
        with sqlite_store.read() as session:
            assert session.scalars(select(SessionRow.acct_session)).all() == ["s1"]

    play(sqlite_store, story, [])


def test_accounting_that_cannot_be_kept_is_not_answered(sqlite_store, monkeypatch):
    """Silence makes the switch repeat; the repeat is heard as a new request."""

    async def story(one):
        kept = iter([False, True])
        monkeypatch.setattr(one.recorder, "account", lambda _record, done: done(next(kept)))
        request = Switch(SECRET).accounting(1, "s1")
        one.hear(request, Door.ACCOUNTING)
        await asyncio.sleep(0.05)

        assert one.wire.sent == []
        one.hear(request, Door.ACCOUNTING)
        await one.answers(1)

    play(sqlite_store, story, [])


def test_an_unknown_status_is_counted_and_not_answered(sqlite_store):
    """RFC 2866 §5.1: a status of nobody leaves no row."""

    async def story(one):
        one.hear(Switch(SECRET).accounting(9, "s1"), Door.ACCOUNTING)

        assert one.driver.counts["dropped", "accounting-status", "switch-1"] == 1

    play(sqlite_store, story, [])
    with sqlite_store.read() as session:
        assert session.scalars(select(SessionRow.acct_session)).all() == []
