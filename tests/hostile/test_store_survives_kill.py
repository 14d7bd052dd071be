"""A writer that is killed in the middle: what it acknowledged is there, and nobody waits for the dead."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from directory.registry import UnitRow
from store.changes import ChangeRow
from store.engine import Store
from store.record import verify

ROOT = Path(__file__).parents[2]
WRITER = """
import itertools, sys
from store.engine import Store
from directory.registry import UnitRow
store = Store.open(sys.argv[1])
for count in itertools.count():
    with store.write() as unit:
        for part in "abc":
            name = f"{sys.argv[2]}-{count}-{part}"
            unit.session.add(UnitRow(code=name, name=name, kind="town", parent=None, created_at=unit.now))
        unit.changed("unit", name)
        unit.act("writer", "units added", name, None, None)
    print(count, flush=True)  # the acknowledgement
"""


def kill_after(url: str, name: str, acknowledgements: int) -> int:
    """Start a writer, kill it (SIGKILL) after so many acknowledgements, and return the number of the last one."""
    command = [sys.executable, "-c", WRITER, url, name]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        for _ in range(acknowledgements):
            assert writer.stdout.readline()
        writer.kill()
        rest = writer.stdout.read().split("\n")  # what it acknowledged before the signal came
    whole = [line for line in rest[:-1] if line]
    return int(whole[-1]) if whole else acknowledgements - 1


@pytest.mark.parametrize("acknowledgements", [1, 40])
def test_acknowledged_units_survive_sigkill(store: Store, database_url: str, acknowledgements: int):
    """After SIGKILL every acknowledged unit is there as a whole, at most one more is, and writing goes on."""
    for name in ("first", "second"):
        last = kill_after(database_url, name, acknowledgements)
        with store.read() as session:
            rows = session.scalars(select(UnitRow.code).where(UnitRow.code.startswith(f"{name}-"))).all()
        for part in "abc":
            kept = {int(row.split("-")[1]) for row in rows if row.endswith(part)}
            assert kept in (set(range(last + 1)), set(range(last + 2)))
        assert len(rows) % 3 == 0
    with store.write() as unit:  # the dead hold no lock
        unit.act("test", "alive", "x", None, None)
    with store.read() as session:
        units = session.scalar(select(func.count()).select_from(UnitRow)) or 0
        chain = verify(session)
        assert chain.broken is None
        assert chain.acts == units // 3 + 1
        assert session.scalar(select(func.count()).select_from(ChangeRow)) == units // 3
        if store.dialect == "sqlite":
            assert session.execute(text("PRAGMA integrity_check")).scalar() == "ok"
