"""`kill -9` of any process at any time: nothing that was acknowledged is lost, and the service comes back by itself."""

import os
import secrets
import signal
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import select

from access.tables import SessionRow
from directory import people
from directory.backends.connection import DirectoryRefused
from directory.backends.wire import DirectoryUnavailable
from directory.person import State
from directory.reconciliation import reconcile
from directory.registry import PersonRow
from directory.verifiers import set_password
from operate.wiring import mirroring, publishing_pool
from store.record import verify
from tests.support.product import READY, installed, need_slapd, until

SURVIVOR, PASSWORD = "survivor", "unkaputtbar 一"  # whom nobody changes
WORKER, OFFICE, DIRECTORY = "operate.radius_worker", "operate.back_office", "directory"
ROUND = [WORKER, DIRECTORY, OFFICE, WORKER, DIRECTORY, OFFICE]


class Load:
    """What goes on while processes are killed, and what was acknowledged of it."""

    def __init__(self, product):
        self.product = product
        self.name = f"crash-{secrets.token_hex(4)}"  # of this run, in front of every Acct-Session-Id
        self.sessions = set()  # Acct-Session-Ids that were answered
        self.unanswered = 0
        self.states = {}  # subject → state, as the last committed act left it
        self.names = {}  # subject → name
        self.verifiers = {}  # subject → value that the directory took
        self.refused = 0
        self.errors = []
        self._over = threading.Event()

    @contextmanager
    def running(self):
        """Run all threads while the block runs."""
        works = [(self._account, (lane,)) for lane in range(2)] + [(self._administer, ()), (self._give_passwords, ())]
        threads = [threading.Thread(target=self._guarded, args=one) for one in works]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._over.set()
            for thread in threads:
                thread.join(30)
        assert self.errors == []

    def _guarded(self, work, arguments):
        try:
            work(*arguments)
        except Exception as error:  # noqa: BLE001 - handed to the test
            self.errors.append(error)

    def _account(self, lane):
        """Start sessions with ids of their own, and ask again as a switch does."""
        switch, count = self.product.switch(), 0
        while not self._over.is_set():
            session, count = f"{self.name}-{lane}-{count}", count + 1
            answer = switch.ask(switch.accounting(1, session), self.product.acct, tries=3, seconds=1.0)
            if answer is None:
                self.unanswered += 1
            elif answer.code == 5:
                self.sessions.add(session)
            time.sleep(0.005)

    def _subjects(self, start):
        with self.product.store.read() as session:
            usual = PersonRow.state.in_(("active", "suspended"))
            chosen = select(PersonRow.subject).where(usual, PersonRow.login != SURVIVOR)
            return list(session.scalars(chosen.order_by(PersonRow.login)))[start::2]

    def _administer(self):
        """Suspend, resume and rename; a change is acknowledged when its unit of work is committed."""
        random, count = Random(1), 0  # noqa: S311 - the order of acts guards nothing
        subjects = self._subjects(0)
        with self.product.store.read() as session:
            begun = {row.subject: State(row.state) for row in session.scalars(select(PersonRow))}
        while not self._over.is_set():
            subject, count = random.choice(subjects), count + 1
            state = self.states.get(subject, begun[subject])
            with self.product.store.write() as unit:
                if count % 3 == 0:
                    people.change(unit, "test", subject, name=f"改名{count}")
                elif state == State.ACTIVE:
                    people.suspend(unit, "test", subject)
                else:
                    people.resume(unit, "test", subject)
            if count % 3 == 0:
                self.names[subject] = f"改名{count}"
            else:
                self.states[subject] = State.SUSPENDED if state == State.ACTIVE else State.ACTIVE
            time.sleep(0.01)

    def _give_passwords(self):
        """Set verifiers, which the directory alone holds; acknowledged when slapd says so."""
        subjects, count = self._subjects(1), 0
        pool = publishing_pool(self.product.settings)
        try:
            while not self._over.is_set():
                subject, count = subjects[count % len(subjects)], count + 1
                value = b"{CLEARTEXT}set-%d" % count
                try:
                    set_password(pool, self.product.settings.directory.suffix, subject, value)
                except (DirectoryUnavailable, DirectoryRefused):  # not acknowledged, and perhaps done
                    self.refused += 1
                    self.verifiers.pop(subject, None)
                    time.sleep(0.2)
                else:
                    self.verifiers[subject] = value
                time.sleep(0.02)
        finally:
            pool.close()


def nothing_is_lost(product, load):
    """Compare what was acknowledged with what is there."""
    until(product.published, READY)
    with product.store.read() as session:
        kept = list(
            session.scalars(select(SessionRow.acct_session).where(SessionRow.acct_session.startswith(load.name)))
        )
        rows = {row.subject: (row.state, row.name) for row in session.scalars(select(PersonRow))}
        assert verify(session).broken is None, "the record of acts is whole"
    assert load.sessions - set(kept) == set(), "acknowledged accounting records"
    assert len(kept) == len(set(kept)), "no record became two sessions"
    assert {subject: rows[subject][0] for subject in load.states} == load.states
    assert {subject: rows[subject][1] for subject in load.names} == load.names
    pool = publishing_pool(product.settings)
    try:
        drift = reconcile(product.store, pool, product.settings.directory.suffix)
    finally:
        pool.close()
    assert (drift.differences, drift.pending) == ((), 0)
    pool = mirroring(product.settings).pool()
    try:
        found = pool.search(
            product.settings.directory.suffix, "(objectClass=rnPerson)", ["rnSubjectId", "userPassword"]
        )
        held = {values["rnSubjectId"][0].decode(): values.get("userPassword") for _, values in found}
    finally:
        pool.close()
    assert {subject: held[subject] for subject in load.verifiers} == {
        subject: [value] for subject, value in load.verifiers.items()
    }


def kill_and_wait(product, kind, random):
    """Kill one process of a kind, and wait until another one is in its place and all is ready."""
    before = product.pids()
    victim = random.choice(before[kind])
    os.kill(victim, signal.SIGKILL)

    def back():
        now = product.pids().get(kind, [])
        return victim not in now and len(now) == len(before[kind]) and product.state().get("ready")

    until(back, READY)


@pytest.fixture(scope="module")
def crashing():
    """A running product with somebody who can log in; each story leaves it running again."""
    need_slapd()
    with installed() as product:
        product.start()
        product.person(SURVIVOR, b"{CLEARTEXT}" + PASSWORD.encode())
        yield product


def serves(product):
    """Whether a login is answered with a VLAN."""
    switch = product.switch()
    answer = switch.ask(switch.pap(SURVIVOR, PASSWORD), product.auth, tries=1, seconds=1.0)
    return answer is not None and answer.vlan == "130"


def kill_many(product, kinds, seed):
    """Kill one process after another under load, and count what was acknowledged and what is left."""
    random, load = Random(seed), Load(product)  # noqa: S311 - which process dies guards nothing
    before = product.restarts()
    with load.running():
        time.sleep(0.5)
        for kind in kinds:
            kill_and_wait(product, kind, random)
            time.sleep(random.uniform(0.0, 0.5))
    assert product.process.poll() is None, "the supervisor was not touched"
    assert product.restarts() - before == sum(kind != DIRECTORY for kind in kinds)
    until(lambda: serves(product))
    assert len(load.sessions) > 50, "there was something to lose"
    assert load.states
    assert load.verifiers
    nothing_is_lost(product, load)


def test_nothing_acknowledged_is_lost_when_any_child_is_killed(crashing):
    """Six kills over workers, back office and slapd: every answer given stays true, and all come back by themselves."""
    kill_many(crashing, ROUND, seed=3)


@pytest.mark.long
def test_nothing_acknowledged_is_lost_in_many_kills(crashing):
    """The same with fifty kills in another order."""
    kinds = ROUND * 8 + [WORKER, DIRECTORY]
    Random(5).shuffle(kinds)  # noqa: S311 - the order of kills guards nothing
    kill_many(crashing, kinds, seed=5)


def test_processes_killed_together_come_back(crashing):
    """A whole machine's worth of children at once, as the kernel's memory killer may do it."""
    load = Load(crashing)
    with load.running():
        time.sleep(0.5)
        victims = {pid for pids in crashing.pids().values() for pid in pids}
        for pid in victims:
            os.kill(pid, signal.SIGKILL)

        def back():
            now = {pid for pids in crashing.pids().values() for pid in pids}
            return len(now) == len(victims) and not now & victims and crashing.state().get("ready")

        until(back, READY)
        time.sleep(0.5)
    until(lambda: serves(crashing))
    nothing_is_lost(crashing, load)


def alive(pid):
    """Whether a process still runs; one that nobody buried yet does not."""
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize("at_once", [True, False], ids=["started-at-once", "started-after"])
def test_children_end_with_their_supervisor_and_a_new_one_takes_over(crashing, at_once):
    """kill -9 of `serve`: no orphan stays, and a new `serve` on the same state serves, however soon it starts."""
    load = Load(crashing)
    orphans = {pid: name for name, pids in crashing.pids().items() for pid in pids}

    def left():
        with suppress(AssertionError):
            until(lambda: not any(map(alive, orphans)), 15)
        return [name for pid, name in orphans.items() if alive(pid)]

    with load.running():
        time.sleep(0.5)
        crashing.process.kill()
        crashing.process.wait()
        if not at_once:
            assert left() == []
        crashing.start()
    assert left() == []
    until(lambda: serves(crashing))
    nothing_is_lost(crashing, load)
