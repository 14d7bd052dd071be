"""The tables: one migration path, on both databases."""

import json
import threading
from itertools import pairwise
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import inspect, select, text

import access.tables
import directory.registry  # noqa: F401 - declares tables
import portal.tables  # noqa: F401 - declares tables
import store.changes
import store.record
import store.sealing  # noqa: F401 - these six declare all tables
from access.decision import Step
from access.traces import steps_of, trace_of
from store import schema as store_schema
from store.engine import Store, sqlite_url
from store.schema import SchemaUnknown, head, revision_of, upgrade
from store.tables import Table


def test_migrated_tables_are_the_declared_ones(store: Store):
    """A database at head has exactly the tables, columns, types, keys and indexes that the code declares."""
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Table.metadata) == []
        for table in Table.metadata.sorted_tables:
            found = inspect(connection).get_pk_constraint(table.name)["constrained_columns"]
            assert found == [column.name for column in table.primary_key], table.name


def test_upgrade_goes_from_nothing_to_head_and_is_then_idle(empty_store: Store):
    """An empty database has no revision; after upgrade it has head, and a second upgrade changes nothing."""
    assert revision_of(empty_store) is None
    upgrade(empty_store)
    assert revision_of(empty_store) == head()
    upgrade(empty_store)
    assert revision_of(empty_store) == head()


def test_processes_that_upgrade_at_once_queue(empty_store: Store):
    """Two upgrades at the same time both succeed."""
    errors: list[BaseException] = []

    def run() -> None:
        try:
            upgrade(empty_store)
        except BaseException as error:  # noqa: BLE001 - carried to the test's own thread
            errors.append(error)

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert revision_of(empty_store) == head()


def test_database_of_a_newer_tree_is_refused(store: Store):
    """A revision that this tree does not know stops the upgrade."""
    with store.write() as unit:
        unit.session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaUnknown):
        upgrade(store)


def test_change_numbers_survive_pruning_on_sqlite(sqlite_store: Store):
    """SQLite counts changes with AUTOINCREMENT: a number is never given twice, even after the last row went."""
    numbers = []
    for _ in range(2):
        with sqlite_store.write() as unit:
            unit.changed("person", "s1")
        with sqlite_store.write() as unit:
            numbers.append(unit.session.execute(text("SELECT max(number) FROM change")).scalar_one())
            unit.session.execute(text("DELETE FROM change"))
    assert all(later > earlier for earlier, later in pairwise(numbers))


def test_migrated_sqlite_is_what_the_declarations_make(sqlite_store: Store, tmp_path: Path):
    """Partial indexes and AUTOINCREMENT, which the comparison above passes over, are the declared ones too."""
    declared = Store.open(sqlite_url(tmp_path / "declared.db"))
    with declared.engine.begin() as connection:
        Table.metadata.create_all(connection)

    def notable(made: Store) -> dict[str, object]:
        with made.read() as session:
            rows = session.execute(text("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL")).all()
        return {
            row.name: row.sql if row.type == "index" else "AUTOINCREMENT" in row.sql
            for row in rows
            if row.name != "alembic_version"
        }

    assert notable(sqlite_store) == notable(declared)
    declared.close()


def test_traces_that_logins_told_are_kept_once_and_named(empty_store: Store):
    """0003 moves what every login told of its decision; nothing is lost, and a login without steps names none."""
    _upgrade_to(empty_store, "0002")
    told = ['[[1,"right","office"],[2,null,null]]', "[]", '[[1,"right","office"],[2,null,null]]', '[[3,null,"é"]]']
    with empty_store.write() as unit:
        for number, steps in enumerate(told, 1):
            columns = "(number, at, login, device, method, trace) VALUES (:number, 0, 'a', 1, 'pap', :steps)"
            unit.session.execute(text(f"INSERT INTO login {columns}"), {"number": number, "steps": steps})
    upgrade(empty_store)
    with empty_store.read() as session:
        rows = session.scalars(select(access.tables.LoginRow).order_by(access.tables.LoginRow.number)).all()
        found = steps_of(session, {row.trace for row in rows})
        assert [found[row.trace] for row in rows] == [json.loads(steps) for steps in told]
        assert rows[1].trace is None
        known = trace_of((Step(1, "right", "office"), Step(2, None, None)))
        assert known.number == rows[0].trace == rows[2].trace
        assert session.scalar(text("SELECT count(*) FROM login_trace")) == 2


def _upgrade_to(store: Store, revision: str) -> None:
    """Do what `upgrade` does, and stop on the way."""
    config = Config()
    config.set_main_option("script_location", str(Path(store_schema.__file__).parent / "migrations"))
    with store.write() as unit:
        config.attributes["connection"] = unit.session.connection()
        command.upgrade(config, revision)
