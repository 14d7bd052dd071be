"""Nudges: they wake whoever waits, survive long paths, and leave nothing behind."""

import socket
import threading
import time
from pathlib import Path

from store.nudges import Nudged, nudge_all


def waits(nudged: Nudged) -> bool:
    """Tell whether a wait of a fifth of a second runs into its end."""
    before = time.monotonic()
    nudged.wait(0.2)
    return time.monotonic() - before >= 0.2


def test_nudge_wakes_every_follower_once(tmp_path: Path):
    """All followers of a directory wake at a nudge; several nudges that were not yet seen count as one."""
    first, second = Nudged(tmp_path / "n"), Nudged(tmp_path / "n")
    for _ in range(3):
        nudge_all(tmp_path / "n")
    assert not waits(first)
    assert not waits(second)
    assert waits(first)
    first.close()
    second.close()


def test_nudging_never_waits_for_a_follower_that_sleeps(tmp_path: Path):
    """A follower whose queue is full is passed over."""
    nudged = Nudged(tmp_path)
    for _ in range(1000):
        nudge_all(tmp_path)
    assert not waits(nudged)
    nudged.close()


def test_directory_may_have_any_length(tmp_path: Path):
    """AF_UNIX addresses end at 107 octets; directories of followers do not."""
    deep = tmp_path / ("x" * 100) / ("y" * 100)
    nudged = Nudged(deep)
    nudge_all(deep)
    assert not waits(nudged)
    nudged.close()
    assert list(deep.iterdir()) == []


def test_socket_of_a_dead_follower_is_removed(tmp_path: Path):
    """A socket without an owner is cleared away by the next nudge; other files are left alone."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as dead:
        dead.bind(str(tmp_path / "dead.nudge"))
    (tmp_path / "other").touch()
    nudge_all(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["other"]


def test_nudge_without_followers_is_nothing(tmp_path: Path):
    """A directory that no follower made yet, or that is none, is no error: what is told about is committed."""
    nudge_all(tmp_path / "none")
    (tmp_path / "file").touch()
    nudge_all(tmp_path / "file")


def test_wake_ends_a_wait_from_another_thread(tmp_path: Path):
    """`wake` ends the wait that is going on."""
    nudged = Nudged(tmp_path)
    thread = threading.Thread(target=nudged.wait, args=(30,))
    thread.start()
    nudged.wake()
    thread.join(5)
    assert not thread.is_alive()
    nudged.close()
