"""Child processes: heard, restarted after a crash, stopped in order."""

import asyncio
import os
import signal
from pathlib import Path

from operate.children import Child

PROGRAM = """
import signal, sys, time
from pathlib import Path
from operate.heartbeat import Heart, ParentGone

signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
heart = Heart()
Path(sys.argv[1]).write_text(str(__import__("os").getpid()))
while True:
    try:
        heart.beat(ready=True, counters={("accepted", "public", "pap"): 1}, gauges={})
    except ParentGone:
        sys.exit(0)
    time.sleep(0.05)
"""


async def until(condition, seconds=10.0):
    """Wait until something is so."""
    for _ in range(int(seconds / 0.02)):
        if condition():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it did not become so in time")


def child_of(tmp_path: Path) -> Child:
    """A child that runs PROGRAM."""
    (tmp_path / "beating.py").write_text(PROGRAM)
    environment = {"PYTHONPATH": f"{tmp_path}:{Path(__file__).resolve().parents[2]}"}
    return Child("beating", "beating", [str(tmp_path / "pid")], environment)


def test_a_child_is_ready_when_it_says_so_and_stops_when_told(tmp_path):
    """Ready comes from the child's own beat; SIGTERM ends it."""

    async def play():
        child = child_of(tmp_path)
        child.start()

        assert not child.ready
        await until(lambda: child.ready)

        assert child.beat.counters == ((("accepted", "public", "pap"), 1),)
        await child.stop()

        assert not child.running

    asyncio.run(play())


def test_a_child_that_was_killed_comes_back(tmp_path):
    """kill -9 costs a moment, and is counted."""

    async def play():
        child = child_of(tmp_path)
        child.start()
        await until(lambda: child.ready)
        first = child.process.pid
        os.kill(first, signal.SIGKILL)
        await until(lambda: child.ready and child.process is not None and child.process.pid != first)

        assert child.restarts == 1
        await child.stop()

    asyncio.run(play())
