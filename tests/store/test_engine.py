"""Store and Unit: snapshots, units of work, and writers that queue."""

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from directory.registry import UnitRow
from store.changes import ChangeRow
from store.engine import Store, sqlite_url
from store.record import ActRow, verify

ROOT = Path(__file__).parents[2]


def unit_row(code: str, parent: str | None = None) -> UnitRow:
    return UnitRow(code=code, name="阿依古丽·买买提𠮷㐂", kind="town", parent=parent, created_at=1.0)


def codes(store: Store) -> list[str]:
    with store.read() as session:
        return list(session.scalars(select(UnitRow.code).order_by(UnitRow.code)))


def test_unit_commits_as_a_whole(store: Store):
    """Rows, change rows and acts of one unit are visible together after it."""
    with store.write() as unit:
        unit.session.add(unit_row("a"))
        unit.changed("unit", "a")
        unit.act("admin", "unit added", "a", None, {"name": "镇"})
    with store.read() as session:
        assert session.get(UnitRow, "a").name == "阿依古丽·买买提𠮷㐂"
        assert session.execute(select(ChangeRow.kind, ChangeRow.subject)).all() == [("unit", "a")]
        assert session.execute(select(ActRow.after)).scalar_one() == '{"name":"镇"}'


def test_a_mark_stands_in_every_act_of_its_unit(store: Store):
    """Beside what the act says of the state after; an act that says nothing has the mark alone."""
    with store.write({"token": "3"}) as unit:
        unit.act("admin", "unit.add", "u1", None, {"name": "镇"})
        unit.act("admin", "unit.remove", "u1", {"name": "镇"}, None)
    with store.read() as session:
        said = session.scalars(select(ActRow.after).order_by(ActRow.number)).all()
    assert said == ['{"name":"镇","token":"3"}', '{"token":"3"}']


def test_exception_undoes_the_whole_unit(store: Store):
    """After an exception nothing of the unit is there, and the next unit works."""

    def fail() -> None:
        with store.write() as unit:
            unit.session.add(unit_row("a"))
            unit.changed("unit", "a")
            unit.act("admin", "unit added", "a", None, None)
            unit.session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with store.write() as unit:
        unit.session.add(unit_row("b"))
    assert codes(store) == ["b"]
    with store.read() as session:
        assert session.scalar(select(func.count()).select_from(ChangeRow)) == 0
        assert verify(session).acts == 0


def test_reader_cannot_write(store: Store):
    """A read session that tries to change something gets an error, and the next writer is not hindered."""
    with pytest.raises(DBAPIError), store.read() as session:
        session.execute(insert(UnitRow).values(code="a", name="a", kind="town", created_at=1.0))
    with store.write() as unit:
        unit.session.add(unit_row("b"))
    assert codes(store) == ["b"]


def test_reader_sees_one_state(store: Store):
    """What is committed while a read session lasts is not seen in it."""
    with store.read() as session:
        assert session.scalar(select(func.count()).select_from(UnitRow)) == 0
        with store.write() as unit:
            unit.session.add(unit_row("a"))
        assert session.scalar(select(func.count()).select_from(UnitRow)) == 0
    assert codes(store) == ["a"]


def test_foreign_keys_hold(store: Store):
    """A row may not point to what does not exist, on SQLite too."""
    with pytest.raises(IntegrityError), store.write() as unit:
        unit.session.add(unit_row("a", parent="nowhere"))


def test_unit_inside_a_unit_is_an_error(store: Store):
    """A thread that begins a second unit inside its first would wait for itself; it is told at once."""
    with store.write(), pytest.raises(RuntimeError), store.write():
        pass
    with store.write() as unit:
        unit.session.add(unit_row("a"))


def test_same_change_is_told_once(store: Store):
    """A loop over the rows of one subject leaves one change row."""
    with store.write() as unit:
        for _ in range(5):
            unit.changed("person", "s1")
        unit.changed("person", "s2")
    with store.read() as session:
        assert session.scalars(select(ChangeRow.subject).order_by(ChangeRow.number)).all() == ["s1", "s2"]


def test_threads_that_write_and_record_never_circle(store: Store):
    """Units that touch the same rows in any order together with the feed and the record all commit."""
    with store.write() as unit:
        unit.session.add_all([unit_row("a"), unit_row("b")])
    errors: list[BaseException] = []

    def run(first: str, second: str) -> None:
        try:
            for _ in range(10):
                with store.write() as unit:
                    unit.changed("unit", first)
                    unit.act("admin", "unit changed", first, None, None)
                    unit.session.get(UnitRow, first).name += "x"
                with store.write() as unit:
                    unit.session.get(UnitRow, second, with_for_update=True).name += "y"
                    unit.changed("unit", second)
        except BaseException as error:  # noqa: BLE001 - carried to the test's own thread
            errors.append(error)

    threads = [threading.Thread(target=run, args=pair) for pair in [("a", "b"), ("b", "a"), ("a", "b")]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with store.read() as session:
        assert session.scalar(select(func.count()).select_from(ChangeRow)) == 60
        assert verify(session).acts == 30


def test_sqlite_files_are_private_and_durable(sqlite_store: Store, tmp_path: Path):
    """Database, log and lock have mode 0600; the log is synced at each commit; foreign keys are on."""
    with sqlite_store.write() as unit:
        unit.session.add(unit_row("a"))
        pragmas = ("journal_mode", "synchronous", "foreign_keys")
        values = [unit.session.execute(text(f"PRAGMA {name}")).scalar() for name in pragmas]
    assert values == ["wal", 2, 1]
    for name in ("truename.db", "truename.db-wal", "truename.db.lock"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600, name


WRITER = """
import sys
from store.engine import Store
from directory.registry import UnitRow
store = Store.open(sys.argv[1])
for count in range(25):
    with store.write() as unit:
        name = f"{sys.argv[2]}-{count:03}"
        unit.session.add(UnitRow(code=name, name=name, kind="town", parent=None, created_at=unit.now))
        unit.changed("unit", name)
store.close()
"""


def test_processes_queue_to_write(store: Store, database_url: str):
    """Several processes that write at once all succeed, and numbers of changes follow the order of commits."""
    command = [sys.executable, "-c", WRITER, database_url]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    writers = [subprocess.Popen([*command, name], env=environment) for name in "abc"]
    assert [writer.wait(30) for writer in writers] == [0, 0, 0]
    assert len(codes(store)) == 75
    with store.read() as session:
        rows = session.scalars(select(ChangeRow.subject).order_by(ChangeRow.number)).all()
    for name in "abc":
        own = [row for row in rows if row.startswith(name)]
        assert own == sorted(own)
        assert len(own) == 25


@pytest.mark.parametrize(
    "url", ["mysql://h/d", "sqlite://", "sqlite:///:memory:", "postgresql://truename:word@localhost/truename"]
)
def test_urls_that_are_refused(url: str):
    """Other databases, databases in memory and passwords in the URL are refused, and no password is quoted."""
    with pytest.raises(ValueError, match=r"^(?!.*word@)"):
        Store.open(url)


def test_sqlite_url_points_to_the_file(tmp_path: Path):
    """`sqlite_url` gives an absolute URL that `Store.open` takes."""
    file = tmp_path / "镇 1.db"
    Store.open(sqlite_url(file)).close()
    assert file.exists()
