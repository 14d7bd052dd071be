"""The writer: durable before the answer, and never the end of it."""

import threading
import time
from collections.abc import Callable

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError

from access import recorder as recorder_module
from access.decision import Step
from access.lifetime import Status
from access.recorder import Recorder
from access.settings import AccessSettings
from access.tables import LoginRow, SessionRow, TraceRow
from access.traces import steps_of
from store.engine import Store
from tests.access.builders import NOW, login_entry, record

WAIT = 10.0


class Answers:
    """Collects what `done` was told."""

    def __init__(self) -> None:
        self.told: list[bool] = []
        self._changed = threading.Condition()

    def __call__(self, kept: bool) -> None:
        with self._changed:
            self.told.append(kept)
            self._changed.notify_all()

    def wait(self, count: int) -> list[bool]:
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.told) >= count, WAIT)
            return list(self.told)


class Broken:
    """A store whose units fail as long as `fault` says so."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.dialect = store.dialect
        self.fault: Callable[[], Exception] | None = None
        self.tries = 0

    def write(self):
        self.tries += 1
        if self.fault is not None:
            raise self.fault()
        return self.store.write()


def away() -> Exception:
    return OperationalError("INSERT", None, Exception("server closed the connection"))


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def count(store: Store, row: type) -> int:
    with store.read() as session:
        return session.scalar(select(func.count()).select_from(row)) or 0


@pytest.fixture
def recorder(store: Store):
    recorder = Recorder(store, AccessSettings())
    yield recorder
    recorder.stop()


def test_an_answer_means_durable(store: Store, recorder: Recorder):
    """RFC 2866 §2: when `done(True)` comes, another connection sees the record."""
    seen = []
    answers = Answers()

    def done(kept: bool) -> None:
        seen.append(count(store, SessionRow))
        answers(kept)

    recorder.account(record(login_number=1_790_000_000_000 << 20), done)
    assert answers.wait(1) == [True]
    assert seen == [1]
    assert recorder.committed == 1


def test_logins_need_no_accounting(store: Store, recorder: Recorder):
    """Logins are durable within a second even when nothing else happens."""
    recorder.login(login_entry())
    begun = time.monotonic()
    until(lambda: recorder.committed == 1)
    assert recorder_module.LOGIN_LAG < 1
    assert count(store, LoginRow) == 1
    assert time.monotonic() - begun < WAIT


def test_the_trace_that_a_login_names_comes_with_it(store: Store, recorder: Recorder):
    """A new trace is durable with the first login that names it, and after a broken commit all the same."""
    steps = (Step(1, "site", "hall"), Step(2, None, None))
    recorder.login(login_entry(1, trace=recorder.traces.number_of(steps)))
    until(lambda: recorder.committed == 1)
    with store.read() as session:
        row = session.scalars(select(LoginRow)).one()
        assert steps_of(session, [row.trace])[row.trace] == [list(step) for step in steps]


def test_a_trace_outlives_a_database_that_was_away(sqlite_store: Store, monkeypatch: pytest.MonkeyPatch):
    """What could not be written down is written down with the next commit."""
    monkeypatch.setattr(recorder_module, "_PAUSE", 0.01)
    broken = Broken(sqlite_store)
    broken.fault = away
    recorder = Recorder(broken, AccessSettings())
    recorder.login(login_entry(1, trace=recorder.traces.number_of((Step(3, None, None),))))
    until(lambda: broken.tries >= 2)
    broken.fault = None
    until(lambda: recorder.committed == 1)
    recorder.stop()
    assert count(sqlite_store, TraceRow) == 1


def test_stop_drains(store: Store):
    """What was handed over before `stop` is written; what comes afterwards is refused."""
    recorder = Recorder(store, AccessSettings())
    answers = Answers()
    for number in range(500):
        recorder.login(login_entry(number + 1))
        recorder.account(record(acct_session=str(number)), answers)
    recorder.stop()
    assert answers.told == [True] * 500
    assert (count(store, LoginRow), count(store, SessionRow)) == (500, 500)
    recorder.account(record(), answers)
    recorder.login(login_entry(9999))
    assert answers.told[500:] == [False]
    assert (recorder.refused, recorder.lost, recorder.waiting) == (1, 1, 0)


def test_a_batch_takes_what_came_meanwhile(sqlite_store: Store):
    """Natural group commit: while one commit waits, the others gather and are committed together."""
    broken = Broken(sqlite_store)
    recorder = Recorder(broken, AccessSettings())  # type: ignore[arg-type] - the part of a store that it uses
    answers = Answers()
    with sqlite_store.write():  # the recorder's own unit has to wait for this one
        recorder.account(record(acct_session="0"), answers)
        until(lambda: broken.tries == 1)
        for number in range(1, 200):
            recorder.account(record(acct_session=str(number)), answers)
        assert answers.told == []
    assert answers.wait(200) == [True] * 200
    recorder.stop()
    assert broken.tries == 2


def test_the_database_is_away(sqlite_store: Store, monkeypatch: pytest.MonkeyPatch):
    """Accounting is refused, so the devices repeat; logins are kept up to a bound, and the rest is counted."""
    monkeypatch.setattr(recorder_module, "_PAUSE", 0.01)
    broken = Broken(sqlite_store)
    broken.fault = away
    recorder = Recorder(broken, AccessSettings(login_queue=1000))  # type: ignore[arg-type] - as above
    answers = Answers()
    recorder.account(record(), answers)
    assert answers.wait(1) == [False]
    for number in range(1200):
        recorder.login(login_entry(number + 1))
    until(lambda: broken.tries > 3)
    assert recorder.lost >= 199  # one batch may be under way
    broken.fault = None
    recorder.account(record(), answers)
    assert answers.wait(2) == [False, True]
    recorder.stop()
    assert count(sqlite_store, LoginRow) == 1200 - recorder.lost
    assert recorder.refused == 1


def test_stop_does_not_wait_for_a_database_that_is_away(sqlite_store: Store):
    """What cannot be written is counted as lost, and the thread ends."""
    broken = Broken(sqlite_store)
    broken.fault = away
    recorder = Recorder(broken, AccessSettings())  # type: ignore[arg-type] - as above
    answers = Answers()
    recorder.login(login_entry())
    recorder.account(record(), answers)
    recorder.stop()
    assert answers.told == [False]
    assert (recorder.lost, recorder.refused) == (1, 1)


def test_a_full_queue_refuses(sqlite_store: Store):
    """Memory is bounded: beyond it the device asks again."""
    broken = Broken(sqlite_store)
    recorder = Recorder(broken, AccessSettings(accounting_queue=1000))  # type: ignore[arg-type] - as above
    answers = Answers()
    with sqlite_store.write():
        recorder.account(record(acct_session="first"), answers)
        until(lambda: broken.tries == 1)
        for number in range(1100):
            recorder.account(record(acct_session=str(number)), answers)
        assert answers.told == [False] * 100
        assert recorder.waiting == 1000
    answers.wait(1101)
    recorder.stop()
    assert answers.told.count(True) == 1001


def test_one_record_that_cannot_be_written_harms_no_other(store: Store, recorder: Recorder):
    """A value that the database does not take is singled out; its neighbours are durable."""
    good, bad = Answers(), Answers()
    for number in range(50):
        poison = number == 20
        told = {"nas_port": 2**70} if poison else {}
        recorder.account(record(acct_session=str(number), **told), bad if poison else good)
        recorder.login(login_entry(number + 1, rule=2**70 if number == 30 else None))
    assert good.wait(49) == [True] * 49
    assert bad.wait(1) == [False]
    until(lambda: recorder.committed == 49 + 49)
    assert (count(store, SessionRow), count(store, LoginRow)) == (49, 49)
    assert (recorder.refused, recorder.lost) == (1, 1)


def test_a_caller_that_fails_does_not_end_the_thread(store: Store, recorder: Recorder):
    """`done` may raise; the next record is still written."""
    answers = Answers()

    def fail(_kept: bool) -> None:
        raise ZeroDivisionError

    recorder.account(record(acct_session="a"), fail)
    recorder.account(record(acct_session="b"), answers)
    assert answers.wait(1) == [True]
    assert count(store, SessionRow) == 2


def test_two_nodes_write_the_same_sessions(postgresql_store: Store):
    """Whichever node hears a record, there is one row for a session, and nobody is told no."""
    nodes = [Recorder(postgresql_store, AccessSettings()) for _ in range(3)]
    answers = Answers()
    for round_ in range(40):
        for number in range(20):
            for place, node in enumerate(nodes):
                status = Status.INTERIM if round_ else Status.START
                told = {"seconds": round_ * 60 + place, "acct_session": str((number * (place + 7)) % 20)}
                node.account(record(status, NOW + round_ * 60, **told), answers)
    answers.wait(2400)
    for node in nodes:
        node.stop()
    assert answers.told == [True] * 2400
    with postgresql_store.read() as session:
        rows = session.execute(select(SessionRow.generation, SessionRow.seconds)).all()
        assert len(rows) == 20
        assert {row.generation for row in rows} == {1}


def test_the_database_comes_back(postgresql_store: Store, monkeypatch: pytest.MonkeyPatch):
    """A connection that the server closed costs a refusal at most, and the next record is written."""
    monkeypatch.setattr(recorder_module, "_PAUSE", 0.01)
    recorder = Recorder(postgresql_store, AccessSettings())
    answers = Answers()
    recorder.account(record(acct_session="a"), answers)
    assert answers.wait(1) == [True]
    with postgresql_store.engine.connect() as connection:
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
        connection.execute(text(f"{others} AND pid <> pg_backend_pid()"))
    recorder.account(record(acct_session="b"), answers)
    answers.wait(2)
    recorder.account(record(acct_session="b"), answers)
    assert answers.wait(3)[-1] is True
    recorder.stop()
