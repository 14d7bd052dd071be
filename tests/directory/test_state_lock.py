import os
import subprocess
import sys
from pathlib import Path

import pytest

from directory.backends.state_lock import StateInUse, StateLock

TREE = Path(__file__).parents[2]


def test_one_owner(tmp_path):
    """The second one is told who has it, at once."""
    first, second = StateLock(tmp_path / "lock"), StateLock(tmp_path / "lock")
    first.take()

    with pytest.raises(StateInUse, match=f"process {os.getpid()}"):
        second.take()
    assert first.taken
    assert not second.taken

    first.release()
    second.take()
    second.release()


def test_taking_and_giving_back_may_be_repeated(tmp_path):
    lock = StateLock(tmp_path / "lock")
    lock.take()
    lock.take()
    lock.release()
    lock.release()

    assert not lock.taken


def test_a_killed_owner_leaves_no_lock(tmp_path):
    """The kernel gives the lock back however the process ends: no stale file has to be removed by hand."""
    code = (
        "import sys, time; from pathlib import Path; from directory.backends.state_lock import StateLock\n"
        f"StateLock(Path({str(tmp_path / 'lock')!r})).take(); print('taken', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=TREE) as owner:
        assert owner.stdout is not None
        owner.stdout.readline()
        lock = StateLock(tmp_path / "lock")
        with pytest.raises(StateInUse):
            lock.take()
        owner.kill()
        owner.wait()

    lock.take()
    lock.release()
