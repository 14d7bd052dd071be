"""Processor time and cores, read from the kernel."""

import os
import subprocess
import sys
import time
from contextlib import suppress

import pytest

from bench.processes import family, machine_time, on_cores, processor_time


def _burn(seconds: float) -> None:
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def test_processor_time_is_what_the_process_used():
    """The kernel's figure follows the process's own within a few ticks."""
    before = processor_time(os.getpid())
    machine = machine_time()
    _burn(0.2)

    assert processor_time(os.getpid()) - before == pytest.approx(0.2, abs=0.15)
    assert machine_time() - machine >= 0.1


def test_a_process_that_is_gone_has_used_nothing():
    """A server that ended within the window is no reason to fail."""
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()

    assert processor_time(child.pid) == 0


def test_a_family_is_found_by_its_parents():
    """A server's children and their children count as the server, also with a bracket in a name."""
    script = (
        "import subprocess, sys\n"
        "open('/proc/self/comm', 'w').write('odd) name')\n"
        "inner = subprocess.Popen([sys.executable, '-c', 'input()'], stdin=subprocess.PIPE)\n"
        "print(inner.pid, flush=True)\n"
        "input()\n"
        "inner.communicate()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as outer:
        assert outer.stdin
        assert outer.stdout
        inner = int(outer.stdout.readline())
        members = family(outer.pid)
        outer.communicate("\n")

    assert members == (outer.pid, inner)


def test_children_inherit_the_cores_and_the_parent_gets_its_own_back():
    """What is started inside the block is pinned, and only that."""
    before = os.sched_getaffinity(0)
    core = max(before)
    with suppress(ZeroDivisionError), on_cores([core]):
        told = subprocess.check_output(
            [sys.executable, "-c", "import os; print(sorted(os.sched_getaffinity(0)))"], text=True
        )
        raise ZeroDivisionError

    assert told.strip() == f"[{core}]"
    assert os.sched_getaffinity(0) == before


def test_no_core_named_pins_nothing():
    """An empty list means anywhere."""
    before = os.sched_getaffinity(0)
    with on_cores([]):
        assert os.sched_getaffinity(0) == before
