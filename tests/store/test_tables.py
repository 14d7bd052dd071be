"""The base of all tables: keys that count, and names that migrations can rely on."""

import pytest
from sqlalchemy import BigInteger, Integer, create_mock_engine
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateTable

import access.tables
import directory.registry  # noqa: F401 - declares tables
from store.tables import Table

TABLES = Table.metadata.sorted_tables


def test_counted_keys_count_on_both_databases():
    """SQLite only counts INTEGER keys; PostgreSQL needs 64 bits for them."""
    number = access.tables.SessionRow.__table__.c.number
    assert isinstance(number.type.dialect_impl(sqlite.dialect()), Integer)
    assert "number INTEGER NOT NULL" in str(CreateTable(number.table).compile(dialect=sqlite.dialect()))
    assert "number BIGSERIAL" in str(CreateTable(number.table).compile(dialect=postgresql.dialect()))


def test_keys_of_a_maker_are_not_counted_by_the_database():
    """A login's number is made by the worker: 64 bits, and no sequence behind it."""
    table = access.tables.LoginRow.__table__
    assert "number BIGINT NOT NULL" in str(CreateTable(table).compile(dialect=postgresql.dialect()))
    assert isinstance(access.tables.SessionRow.__table__.c.octets_in.type, BigInteger)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_constraint_has_a_name(table: access.tables.Table):
    """Whatever a later migration may have to drop has a fixed name on both databases."""
    statements: list[str] = []
    engine = create_mock_engine(
        "postgresql+psycopg://", lambda sql, *_: statements.append(str(sql.compile(dialect=engine.dialect)))
    )
    Table.metadata.create_all(engine, tables=[table], checkfirst=False)
    for kind in ("PRIMARY KEY", "FOREIGN KEY", "UNIQUE"):
        for line in "\n".join(statements).splitlines():
            if line.strip().startswith(kind):
                pytest.fail(f"without a name: {line.strip()}")
