"""The driver with real parts and a fake wire: what is sent, what is kept, what is forgotten."""

import asyncio
import os
import time

import pytest
from sqlalchemy import select

from access.decision import Zone
from access.lockout import Lockout
from access.recorder import Recorder
from access.rulebook import compile_rulebook, parse_rule
from access.settings import AccessSettings
from access.tables import LoginRow, SessionRow
from directory.mirror import Mirror
from directory.passwords import Passwords, hash_new
from directory.settings import DirectorySettings
from directory.synchronisation import Idle, RefreshDone, Upsert
from radius.accounting import ClassSeal
from radius.driver import Driver, Limits
from radius.exchange import Door, Exchange
from tests.radius.builders import SECRET, OneDevice, device
from tests.support.switch import Switch

SSHA = b"{SSHA}Mzd2tSXpmcTFj5brX4kz7CXRkXWTJ3bf"  # of nothing that is used here


class FakeWire:
    """Keeps what would be sent."""

    def __init__(self):
        self.sent = []

    def send(self, octets, _peer):
        """Keep it."""
        self.sent.append(octets)


def entry(login, verifier, number=1, state=b"active"):
    """A person as content synchronisation tells it."""
    attributes = {
        "objectclass": [b"inetOrgPerson", b"rnPerson"],
        "rnsubjectid": [b"p-" + login],
        "uid": [login],
        "rnstatus": [state],
        "rnhomeunit": [b"city"],
        "rnemployment": [b"staff"],
        "userpassword": [verifier],
    }
    return Upsert(bytes([number]) * 16, f"uid={login.decode()},dc=test", attributes)


class Play:
    """A driver on a loop, with a directory of the entries given."""

    def __init__(self, store, entries, **changes):
        self.mirror = Mirror()
        for one in entries:
            self.mirror.apply(one)
        self.mirror.apply(RefreshDone(deletes_were_told=False))
        self.mirror.apply(Idle(time.time()))
        self.store = store
        self.wire = FakeWire()
        settings = DirectorySettings(**changes)
        self.passwords = Passwords(settings)
        self.recorder = Recorder(store, AccessSettings())
        self.zone = Zone("public", "公用", vlan="110")
        rule = parse_rule(number=1, position=1, name="all", result="public")
        self.driver = Driver(
            asyncio.get_running_loop(),
            Exchange(OneDevice(device()), duplicate_seconds=5),
            mirror=self.mirror,
            passwords=self.passwords,
            lockout=Lockout(person_failures=20, hardware_failures=3, window=900, lockout=300),
            recorder=self.recorder,
            rulebook=compile_rulebook([self.zone], [rule], {"city": None}),
            seal=ClassSeal(b"k" * 32),
            limits=Limits(max_age=60, reject_delay=0, interim=600),
            worker=1,
            clock=time.time,
            chance=os.urandom,
        )

    def hear(self, octets, door=Door.AUTHENTICATION):
        """Let the driver take a datagram of switch-1."""
        self.driver.datagram(door, octets, "192.0.2.1", 4000, self.wire, None)

    async def answers(self, number):
        """Wait until so many answers were sent."""
        for _ in range(500):
            if len(self.wire.sent) >= number:
                return self.wire.sent
            await asyncio.sleep(0.01)
        raise AssertionError("no answer came")

    def close(self):
        """End the threads."""
        self.passwords.close()
        self.recorder.stop()

    def logins(self):
        """All login records, once everything is durable."""
        with self.store.read() as session:
            return session.scalars(select(LoginRow).order_by(LoginRow.number)).all()


def play(store, story, entries, **changes):
    """Run a story on a fresh loop."""

    async def run():
        one = Play(store, entries, **changes)
        try:
            await story(one)
        finally:
            one.close()

    asyncio.run(run())


@pytest.fixture(scope="module")
def verifier():
    """One argon2id hash for all stories of this file."""
    return hash_new("right password")


def test_a_slow_hash_is_computed_beside_the_loop(sqlite_store, verifier):
    """The answer comes later; meanwhile a repeat is dropped and another request is answered."""

    async def story(one):
        switch = Switch(SECRET)
        slow = switch.pap("liwei", "right password")
        one.hear(slow)

        assert one.wire.sent == []
        one.hear(slow)
        status = switch.status()
        one.hear(status)

        assert switch.read(one.wire.sent[0], status).code == 2
        answers = await one.answers(2)

        assert switch.read(answers[1], slow).vlan == "110"
        one.hear(slow)

        assert one.wire.sent[2] == answers[1], "byte for byte the same"

    play(sqlite_store, story, [entry(b"liwei", verifier)])


def test_a_queue_that_is_full_answers_nothing_and_hears_the_repeat(sqlite_store, verifier):
    """The switch asks again; nobody else's login is stalled meanwhile."""

    async def story(one):
        requests = [Switch(SECRET, identifier=number).pap("liwei", f"x{number}") for number in range(12)]
        for request in requests:
            one.hear(request)

        assert one.driver.counts["dropped", "queue-full", "switch-1"] > 0
        await one.answers(1)

    play(sqlite_store, story, [entry(b"liwei", verifier)], hash_threads=1, hash_queue=1)


def test_a_password_that_changes_meanwhile_is_judged_anew(sqlite_store, verifier):
    """What was right when the hash began is not believed when it ends."""

    async def story(one):
        one.hear(Switch(SECRET).pap("liwei", "right password"))
        one.mirror.apply(entry(b"liwei", hash_new("another")))
        for _ in range(200):
            await asyncio.sleep(0.01)
            if one.driver.counts["dropped", "queue-full", "switch-1"]:
                break

        assert one.wire.sent == []

    play(sqlite_store, story, [entry(b"liwei", verifier)])


def test_too_many_wrong_passwords_lock_that_device_out_only(sqlite_store, verifier):
    """A phone with an old password does not lock its owner out elsewhere."""

    async def story(one):
        phone = [(31, b"02-00-00-00-00-AA")]
        for number in range(4):
            one.hear(Switch(SECRET, identifier=number * 7).pap("liwei", "old", phone))
            await one.answers(number + 1)
        laptop = Switch(SECRET, identifier=99)
        request = laptop.pap("liwei", "right password", [(31, b"02-00-00-00-00-BB")])
        one.hear(request)
        answers = await one.answers(5)

        assert laptop.read(answers[4], request).code == 2

    play(sqlite_store, story, [entry(b"liwei", verifier)])

    with sqlite_store.read() as session:
        reasons = session.scalars(select(LoginRow.reason).order_by(LoginRow.number)).all()

    assert reasons == ["TN-102", "TN-102", "TN-102", "TN-207", None]


def test_old_knowledge_lets_nobody_in(sqlite_store, verifier):
    """Fail closed: a directory that was silent for too long is no ground for a yes."""

    async def story(one):
        one.driver._limits = one.driver._limits._replace(max_age=-1.0)
        one.hear(Switch(SECRET).pap("liwei", "right password"))
        await one.answers(1)

    play(sqlite_store, story, [entry(b"liwei", verifier)])
    with sqlite_store.read() as session:
        assert session.scalars(select(LoginRow.reason)).all() == ["TN-501"]


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


def test_login_numbers_grow_with_time(sqlite_store):
    """Milliseconds, worker, count: sorted by number is sorted by time."""

    async def story(one):
        numbers = [one.driver._next_number(1000.0 + step / 1000) for step in range(5000)]

        assert numbers == sorted(numbers)
        assert len(set(numbers)) == len(numbers)
        assert all(number < 2**63 for number in numbers)

    play(sqlite_store, story, [])


def test_an_error_of_ours_ends_with_that_packet(sqlite_store, monkeypatch):
    """Whatever goes wrong is counted and logged; the worker lives on."""

    async def story(one):
        def broken(*_):
            raise ZeroDivisionError

        monkeypatch.setattr(one.driver.exchange, "receive", broken)
        one.hear(b"anything")

        assert one.driver.counts["failed", "authentication"] == 1

    play(sqlite_store, story, [])
