"""A person's limit of devices, at the driver."""

import asyncio

from sqlalchemy import select

from access.decision import Grant, Refusal, Zone
from access.reasons import Reason
from access.session_rows import BulkRows
from access.tables import LoginRow
from directory.passwords import hash_new
from directory.synchronisation import Upsert
from radius.session_limits import WAITING, SessionLimits
from tests.access.builders import evidence, person, record
from tests.radius.playing import SECRET, entry, play
from tests.radius.test_driver_portal import bind, story_at
from tests.support.switch import Switch

GRANT = Grant(Zone("office", "办公区"), 1, ())


def limited_entry(verifier, most=b"1"):
    """A person who may be online on so many devices."""
    one = entry(b"liwei", verifier)
    return Upsert(one.id, one.dn, {**one.attributes, "rnsessionlimit": [most]})


def elsewhere(store):
    """Have p-liwei online on another device."""
    with store.write() as unit:
        started = record(subject="p-liwei", hardware="02:00:00:00:00:21")
        BulkRows(store.dialect).write_records(unit.session.connection(), [started])


def test_who_is_online_elsewhere_is_refused_and_told_so(sqlite_store):
    """The record has the reason; without the other session the same request lets in."""
    verifier = hash_new("right password")

    async def story(one):
        switch = Switch(SECRET)
        first = switch.pap("liwei", "right password")
        one.hear(first)
        assert switch.read((await one.answers(1))[0], first).code == 2

        elsewhere(sqlite_store)
        switch = Switch(SECRET, identifier=1)
        second = switch.pap("liwei", "right password")
        one.hear(second)
        assert switch.read((await one.answers(2))[1], second).code == 3

    play(sqlite_store, story, [limited_entry(verifier)])
    with sqlite_store.read() as session:
        told = session.execute(select(LoginRow.subject, LoginRow.zone, LoginRow.reason).order_by(LoginRow.number))
        assert [tuple(row) for row in told] == [("p-liwei", "public", None), ("p-liwei", None, "TN-210")]


def test_a_bound_device_of_somebody_online_elsewhere_goes_to_the_portal(sqlite_store):
    """As each bound person whom the rules no longer let in; the portal says why."""

    async def story(one):
        bind(one)
        elsewhere(sqlite_store)
        switch = Switch(SECRET)
        request = switch.mac("020000000007", "02-00-00-00-00-07")
        one.hear(request)
        assert switch.read((await one.answers(1))[0], request).vlan == "199"

    story_at(sqlite_store, story, [limited_entry(b"")])


def counted(store, ask):
    """Run with limits of their own on a loop."""

    async def run():
        limits = SessionLimits(asyncio.get_running_loop(), store)
        try:
            return await ask(limits)
        finally:
            limits.close()

    return asyncio.run(run())


def test_what_cannot_be_counted_is_refused(sqlite_store, monkeypatch):
    """Fail closed."""

    def broken(*_):
        raise RuntimeError

    monkeypatch.setattr("radius.session_limits.limited", broken)

    async def ask(limits):
        told = asyncio.get_running_loop().create_future()
        assert limits.ask(evidence(person(session_limit=1)), GRANT, told.set_result)
        return await told

    assert counted(sqlite_store, ask) == Refusal(Reason.INTERNAL, GRANT.trace)


def test_no_more_wait_than_there_is_room_for(sqlite_store):
    """The device asks again; each look that is over makes room."""

    async def ask(limits):
        told = []
        taken = [limits.ask(evidence(person(session_limit=1)), GRANT, told.append) for _ in range(WAITING + 1)]
        assert taken == [True] * WAITING + [False]
        await asyncio.to_thread(limits.close)  # all looks are over
        await asyncio.sleep(0)
        assert told == [GRANT] * WAITING

    counted(sqlite_store, ask)
