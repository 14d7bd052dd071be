"""The change feed: everything, in the order of commits, and an honest answer to how far behind."""

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from sqlalchemy import insert, text

from store.changes import Change, ChangeRow, Feed, prune
from store.engine import Store, sqlite_url

PATIENCE = 10.0  # seconds


class Follower:
    """Collects what a feed delivers."""

    def __init__(self) -> None:
        self.seen: list[Change] = []

    def __call__(self, changes: Sequence[Change]) -> None:
        self.seen.extend(changes)

    @property
    def subjects(self) -> list[str]:
        return [change.subject for change in self.seen]


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.005)


def tell(store: Store, *subjects: str) -> None:
    with store.write() as unit:
        for subject in subjects:
            unit.changed("person", subject)


def test_changes_after_start_arrive_in_order(store: Store):
    """What was there before `start` is not delivered; everything after it is, once and in order."""
    tell(store, "before")
    follower = Follower()
    feed = Feed(store, "test", follower)
    feed.start()
    tell(store, "a", "b")
    tell(store, "c")
    until(lambda: len(follower.seen) >= 3)
    feed.stop()
    assert follower.subjects == ["a", "b", "c"]
    assert [change.number for change in follower.seen] == sorted(change.number for change in follower.seen)
    assert feed.position == follower.seen[-1].number
    tell(store, "after stop")
    assert follower.subjects == ["a", "b", "c"]


def test_another_process_is_heard_without_a_nudge(store: Store, database_url: str, tmp_path: Path):
    """A writer that nudges nobody (another directory on SQLite) is still heard, by looking."""
    follower = Follower()
    feed = Feed(store, "test", follower)
    feed.start()
    stranger = Store.open(database_url, nudges=tmp_path / "elsewhere")
    tell(stranger, "a")
    stranger.close()
    until(lambda: follower.subjects == ["a"])
    feed.stop()


def test_long_backlog_is_delivered_in_pieces(store: Store):
    """More changes than one batch holds arrive completely."""
    follower = Follower()
    feed = Feed(store, "test", follower)
    feed.start()
    with store.write() as unit:
        rows = [{"kind": "person", "subject": str(n), "at": unit.now} for n in range(2500)]
        unit.session.execute(insert(ChangeRow), rows)
    until(lambda: len(follower.seen) >= 2500)
    feed.stop()
    assert follower.subjects == [str(n) for n in range(2500)]


def test_concurrent_writers_are_seen_completely(store: Store):
    """With several threads committing at once no change is overtaken and lost."""
    follower = Follower()
    feed = Feed(store, "test", follower)
    feed.start()

    def run(name: str) -> None:
        for count in range(20):
            tell(store, f"{name}{count:02}")

    threads = [threading.Thread(target=run, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    until(lambda: len(follower.seen) >= 60)
    feed.stop()
    for name in "abc":
        assert [s for s in follower.subjects if s[0] == name] == [f"{name}{count:02}" for count in range(20)]


def test_delivery_that_fails_is_tried_again(store: Store):
    """A `deliver` that raises sees the same changes again, and the feed does not claim to be in step meanwhile."""
    follower = Follower()
    failures = [RuntimeError("first"), RuntimeError("second")]

    def deliver(changes: Sequence[Change]) -> None:
        if failures:
            raise failures.pop()
        follower(changes)

    feed = Feed(store, "test", deliver)
    feed.start()
    tell(store, "a")
    until(lambda: follower.subjects == ["a"])
    feed.stop()
    assert failures == []


def test_behind_is_infinite_before_start_and_small_in_step(store: Store):
    """A feed knows how far behind it is, in seconds."""
    feed = Feed(store, "test", lambda _: None)
    assert feed.behind(time.time()) == float("inf")
    feed.start()
    assert feed.behind(time.time()) < PATIENCE
    known = time.time()
    until(lambda: feed.behind(known) == 0.0)
    feed.stop()
    assert feed.behind(time.time() + 100) >= 99


def test_behind_grows_while_delivery_fails(store: Store):
    """As long as changes are not taken in, `behind` counts from the last time that all were."""
    tried = threading.Event()

    def deliver(_: Sequence[Change]) -> None:
        tried.set()
        raise RuntimeError("no")

    feed = Feed(store, "test", deliver)
    feed.start()
    tell(store, "a")
    assert tried.wait(PATIENCE)
    after = time.time()
    time.sleep(0.7)  # long enough for another look
    assert feed.behind(after) > 0.0
    feed.stop()


class Late:
    """A clock that can be set."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def now(self) -> float:
        return time.time() + self.ahead


def test_feed_that_slept_too_long_is_lost(sqlite_store: Store):
    """A feed that did not look for so long that rows may be gone never claims to be in step again."""
    clock = Late()
    feed = Feed(sqlite_store, "test", lambda _: None, clock=clock)
    feed.start()
    clock.ahead = 5 * 86400.0
    until(lambda: feed.behind(clock.now()) == float("inf"))
    feed.stop()


def test_prune_removes_only_what_is_old(store: Store):
    """Change rows are kept for a week; pruning says how many went."""
    tell(store, "old")
    with store.write() as unit:
        unit.session.execute(text("UPDATE change SET at = at - 8 * 86400"))
    tell(store, "new")
    with store.write() as unit:
        assert prune(unit) == 1
    with store.write() as unit:
        assert prune(unit) == 0


def test_start_on_a_database_without_tables_raises(tmp_path: Path):
    """A feed that cannot read says so in `start`, and leaves no socket behind."""
    store = Store.open(sqlite_url(tmp_path / "empty.db"))
    with pytest.raises(Exception, match="change"):
        Feed(store, "test", lambda _: None).start()
    store.close()
    assert list((tmp_path / "empty.db.nudges").iterdir()) == []


def test_lost_listening_connection_is_made_again(postgresql_store: Store):
    """On PostgreSQL a feed whose connection is cut goes on by looking, and listens again."""
    store = postgresql_store
    follower = Follower()
    feed = Feed(store, "test", follower)
    feed.start()
    with store.write() as unit:
        unit.session.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    tell(store, "a")
    until(lambda: follower.subjects == ["a"])
    tell(store, "b")
    until(lambda: follower.subjects == ["a", "b"])
    feed.stop()
