"""The outbox: which rows of the registry must still be made so in the directory, and how long they wait for somebody.

Where an existing directory rules (`directory.publish = false`), nobody ever takes a row out. Such rows are thrown away
after a week without any publisher, and with them goes a mark: whoever publishes next begins with the whole registry
(docs/decisions/0012-outbox-without-a-publisher.md).
"""

from enum import StrEnum

from sqlalchemy import delete, insert, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from directory.registry import EndpointRow, PersonRow, PublicationRow, PublisherRow, UnitRow
from store.engine import Unit

KEPT = 7 * 86400.0  # seconds for which rows wait for a publisher, where none is seen
_THE_ROW = 1


class Kind(StrEnum):
    """What a row of the outbox is about."""

    UNIT = "unit"
    PERSON = "person"
    ENDPOINT = "endpoint"
    # A person whose suspension was lifted here. Only this kind may overwrite a suspension found in the directory:
    # a unit's administrator may lock an account there (active to suspended), and no later change of, say, a
    # telephone number may undo that.
    RESUMED = "resumed"


def queue(unit: Unit, kind: Kind, subject: str) -> None:
    """Put a row into the outbox, within the unit of work that changes the registry, and tell who follows.

    There may be several rows for one subject: whoever publishes removes only those that it saw before it read the
    registry, so a change that comes while it works is never lost.
    """
    unit.session.add(PublicationRow(kind=kind.value, subject=subject, queued_at=unit.now))
    unit.changed("publication", subject)


def attend(unit: Unit) -> int:
    """Say that a publisher is at work, before it publishes and at least once a day; return how many rows were put back.

    Rows that were thrown away while nobody published are made up for: every subject of the registry is queued.
    """
    row = _publisher(unit)
    row.seen_at = unit.now
    if not row.discarded:
        return 0
    row.discarded = False
    every = ((Kind.UNIT, UnitRow.code), (Kind.PERSON, PersonRow.subject), (Kind.ENDPOINT, EndpointRow.subject))
    return sum(_queue_all(unit, kind, column) for kind, column in every)


def discard(unit: Unit) -> int:
    """Throw away what has waited for a week, if no publisher was seen for as long; return how many rows went.

    A row that `attend` could not put back stays: that of a unit which the registry has no more.
    """
    row = _publisher(unit)
    limit = unit.now - KEPT
    if row.seen_at is not None and row.seen_at >= limit:
        return 0
    in_registry = or_(PublicationRow.kind != Kind.UNIT.value, PublicationRow.subject.in_(select(UnitRow.code)))
    old = delete(PublicationRow).where(PublicationRow.queued_at < limit, in_registry)
    gone = len(unit.session.execute(old.returning(PublicationRow.number)).all())
    row.discarded = row.discarded or gone > 0
    return gone


def _publisher(unit: Unit) -> PublisherRow:
    # One at a time on PostgreSQL as well: a publisher that begins and a node that throws away see each other.
    unit.order()
    row = unit.session.get(PublisherRow, _THE_ROW)
    if row is None:
        row = PublisherRow(number=_THE_ROW, seen_at=None, discarded=False)
        unit.session.add(row)
    return row


def _queue_all(unit: Unit, kind: Kind, column: InstrumentedAttribute[str]) -> int:
    rows = select(literal(kind.value), column, literal(unit.now), literal(0))
    names = ["kind", "subject", "queued_at", "tries"]
    made = insert(PublicationRow).from_select(names, rows).returning(PublicationRow.number)
    return len(unit.session.execute(made).all())
