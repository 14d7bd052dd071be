from sqlalchemy import select

from directory import outbox
from directory.outbox import Kind
from directory.registry import PublicationRow


def test_a_second_change_is_a_second_row(store):
    """A change never merges into a row that somebody may be publishing at this moment."""
    with store.write() as unit:
        outbox.queue(unit, Kind.PERSON, "p-1")
        outbox.queue(unit, Kind.PERSON, "p-1")
    with store.read() as session:
        rows = session.scalars(select(PublicationRow))
        assert [(row.kind, row.subject, row.tries) for row in rows] == [("person", "p-1", 0), ("person", "p-1", 0)]
