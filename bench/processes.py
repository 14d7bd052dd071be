"""Processor time of other processes, and which cores they may use (Linux)."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

_PROC = Path("/proc")


def _fields(pid: int) -> list[str]:
    """Return the fields of /proc/PID/stat behind the command name, which may itself hold spaces: proc(5)."""
    return (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()


def processor_time(pid: int) -> float:
    """Return the seconds of processor time that a process and its threads have used; 0 if it is gone.

    The kernel counts it in ticks (10 ms as a rule): a window of seconds is needed for a figure of each request.
    """
    try:
        fields = _fields(pid)
    except OSError:
        return 0.0
    # utime and stime are the fields 14 and 15; the list starts with field 3.
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def machine_time() -> float:
    """Return the seconds of processor time that the whole machine has spent on anything, interrupts included.

    Fields of /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal (proc(5)); idle and iowait are out.
    """
    fields = [int(text) for text in (_PROC / "stat").read_text().split("\n", 1)[0].split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) / os.sysconf("SC_CLK_TCK")


def family(pid: int) -> tuple[int, ...]:
    """Return a process and all its descendants, found by parent pid, the process itself first."""
    children: dict[int, list[int]] = {}
    for entry in _PROC.iterdir():
        if entry.name.isdigit():
            try:
                parent = int(_fields(int(entry.name))[1])
            except OSError:
                continue  # it ended while we looked
            children.setdefault(parent, []).append(int(entry.name))
    found = [pid]
    for member in found:  # grows while it is walked
        found.extend(sorted(children.get(member, [])))
    return tuple(found)


@contextmanager
def on_cores(cores: Iterable[int]) -> Iterator[None]:
    """Let what is started inside run on these cores only: a child inherits the cores of the thread that forks."""
    before = os.sched_getaffinity(0)
    wanted = set(cores)
    if wanted:
        os.sched_setaffinity(0, wanted)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
