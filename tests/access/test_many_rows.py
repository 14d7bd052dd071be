"""One statement for many rows."""

import pytest
from sqlalchemy import func, select

from access.many_rows import ManyRows
from store.changes import ChangeRow


def insert(store):
    """A statement for two columns of a table that every database has."""
    head = "INSERT INTO change (kind, subject, at) VALUES "
    return ManyRows(store.dialect, 3, many=f"{head}{{rows}}", each=f"{head}(%s, %s, %s)")


@pytest.mark.parametrize("count", [0, 1, 2, 5, 31, 33, 256, 300, 597])
def test_every_row_is_written_once_and_in_order(store, count):
    """Whatever the number, the pieces add up."""
    rows = [("test", str(number), 0.0) for number in range(count)]
    with store.write() as unit:
        touched = insert(store).write(unit.session.connection(), rows)
    with store.read() as session:
        found = session.scalars(select(ChangeRow.subject).order_by(ChangeRow.number)).all()

    assert touched == count
    assert found == [str(number) for number in range(count)]


def test_values_are_never_text_of_the_statement(store):
    """Quotes, NUL and marks of the driver in a value stay a value."""
    rows = [("'; DROP TABLE change; --", "%s ? {rows} 㐂", 0.0)]
    with store.write() as unit:
        insert(store).write(unit.session.connection(), rows)
    with store.read() as session:
        assert session.scalar(select(func.count()).select_from(ChangeRow)) == 1
        assert session.scalars(select(ChangeRow.kind)).all() == [rows[0][0]]
