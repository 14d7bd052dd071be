"""The driver with real parts and a fake wire: what is sent, what is kept, what is forgotten."""

import asyncio

import pytest
import structlog
from sqlalchemy import select

from access.tables import LoginRow
from directory.passwords import hash_new
from tests.radius.playing import SECRET, entry, play
from tests.support.switch import Switch


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
        assert one.driver.counts["hashed", "full"] == one.driver.counts["dropped", "queue-full", "switch-1"]
        assert one.driver.counts["hashed", "queued"] + one.driver.counts["hashed", "full"] == 12
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


def test_one_device_does_not_take_the_turn_of_all_others(sqlite_store, verifier):
    """A flood of passwords from one device waits in its own share of the queue."""

    async def story(one):
        one.driver._limits = one.driver._limits._replace(hashes_of_one=2)
        for number in range(6):
            one.hear(Switch(SECRET, identifier=number).pap("liwei", f"x{number}"))

        assert one.driver.counts["hashed", "queued"] == 2
        assert one.driver.counts["hashed", "full"] == 4
        await one.answers(2)
        one.hear(Switch(SECRET, identifier=99).pap("liwei", "right password"))
        await one.answers(3)

    play(sqlite_store, story, [entry(b"liwei", verifier)])


def test_equal_refusals_are_repeated_without_another_look(sqlite_store, verifier):
    """After two of them neither a hash nor a row is made: a metric counts them, and one line of the log tells of them.

    Another password is looked at all the same, and is right.
    """

    async def story(one):
        switch = Switch(SECRET)
        with structlog.testing.capture_logs() as lines:
            for number in range(1, 9):
                request = switch.pap("liwei", "old password")
                one.hear(request)
                answers = await one.answers(number)

                assert switch.read(answers[-1], request).code == 3

        assert one.driver.counts["hashed", "queued"] == 2
        assert one.driver.counts["refused", "TN-102", "pap"] == 2
        assert one.driver.counts["quieted", "TN-102", "pap"] == 6
        said = [line for line in lines if line["event"] == "refusals repeated"]
        assert [(line["reason"], line["device"], line["hardware"]) for line in said] == [
            ("TN-102", "switch-1", "02:00:00:00:00:07")
        ]
        request = switch.pap("liwei", "right password")
        one.hear(request)
        answers = await one.answers(9)

        assert switch.read(answers[-1], request).code == 2

    play(sqlite_store, story, [entry(b"liwei", verifier)], quiet_after=2)

    with sqlite_store.read() as session:
        reasons = session.scalars(select(LoginRow.reason).order_by(LoginRow.number)).all()

    assert reasons == ["TN-102", "TN-102", None]


def test_a_repeated_refusal_is_the_refusal_of_before(sqlite_store):
    """Same code and same words to the client, whatever it rests on; and kept for repeats as any answer is."""

    async def story(one):
        switch = Switch(SECRET)
        told = []
        for number in range(1, 5):
            request = switch.mac("02-00-00-00-00-07", "02-00-00-00-00-08")
            one.hear(request)
            answers = await one.answers(number)
            told.append(switch.read(answers[-1], request))
        one.hear(request)

        assert {(answer.code, answer.first(18)) for answer in told} == {(3, told[0].first(18))}
        assert one.driver.counts["quieted", "TN-107", "mac"] == 2
        assert one.wire.sent[-1] == one.wire.sent[-2]

    play(sqlite_store, story, [], quiet_after=2)


def test_a_change_of_what_decides_is_felt_at_once(sqlite_store, verifier):
    """Who was refused from memory a moment ago is let in by the next request."""

    async def story(one):
        switch = Switch(SECRET)
        for number in range(1, 5):
            one.hear(switch.pap("liwei", "right password"))
            await one.answers(number)

        assert one.driver.counts["quieted", "TN-101", "pap"] == 2
        one.mirror.on_change = lambda _: one.quiet.end_all()
        one.mirror.apply(entry(b"liwei", verifier))
        request = switch.pap("liwei", "right password")
        one.hear(request)
        answers = await one.answers(5)

        assert switch.read(answers[-1], request).code == 2

    play(sqlite_store, story, [], quiet_after=2)


def test_a_flood_of_bad_packets_is_one_line(sqlite_store):
    """Every drop is counted; the log says it once, with reason, device and source."""

    async def story(one):
        bad = Switch(b"another secret").pap("liwei", "x")
        with structlog.testing.capture_logs() as lines:
            for _ in range(50):
                one.hear(bad)

        assert one.driver.counts["dropped", "message-authenticator", "switch-1"] == 50
        assert [line["drop"] for line in lines if line["event"] == "packet dropped"] == ["message-authenticator"]

    play(sqlite_store, story, [])
