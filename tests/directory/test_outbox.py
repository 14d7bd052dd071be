"""The outbox, and what becomes of it where nobody publishes."""

import pytest
from sqlalchemy import select, update

from directory import endpoints, outbox, people, units
from directory.outbox import Kind
from directory.registry import PublicationRow
from tests.support.registry import ACTOR, add_active, build_city

DAY = 86400.0


@pytest.fixture
def registry(store):
    """A registry with units, a person and an endpoint, of which nothing was published; returns person and endpoint."""
    with store.write() as unit:
        build_city(unit)
        owner = add_active(unit, "阿依古丽", name="阿依古丽·买买提")
        printer = endpoints.add(unit, ACTOR, hardware="00:11:22:33:44:55", name="打印机", kind="printer", owner=owner)
    return owner, printer


def rows_of(store):
    with store.read() as session:
        return [(row.kind, row.subject) for row in session.scalars(select(PublicationRow))]


def grow_old(store, days=8):
    """Let all rows have waited for so long."""
    with store.write() as unit:
        unit.session.execute(update(PublicationRow).values(queued_at=PublicationRow.queued_at - days * DAY))


def act(store, what):
    with store.write() as unit:
        return what(unit)


def see_publisher(store, days_ago):
    """Let a publisher have been at work for the last time so long ago."""

    def at(unit):
        unit.now -= days_ago * DAY
        outbox.attend(unit)

    act(store, at)


def test_a_second_change_is_a_second_row(store):
    """A change never merges into a row that somebody may be publishing at this moment."""
    with store.write() as unit:
        outbox.queue(unit, Kind.PERSON, "p-1")
        outbox.queue(unit, Kind.PERSON, "p-1")
    with store.read() as session:
        rows = session.scalars(select(PublicationRow))
        assert [(row.kind, row.subject, row.tries) for row in rows] == [("person", "p-1", 0), ("person", "p-1", 0)]


@pytest.mark.parametrize("last_seen", [None, 8])
def test_where_nobody_publishes_rows_go_after_a_week(store, registry, last_seen):
    """Without a publisher, ever or for a week, rows older than a week are thrown away, and newer ones are kept."""
    if last_seen is not None:
        see_publisher(store, last_seen)
    grow_old(store)
    with store.write() as unit:
        people.set_rights(unit, ACTOR, registry[0], ["internet"])

    assert act(store, outbox.discard) > 0
    assert rows_of(store) == [("person", registry[0])]
    assert act(store, outbox.discard) == 0


@pytest.mark.usefixtures("registry")
def test_rows_of_a_node_that_publishes_stay(store):
    """As long as a publisher was seen within the week, nobody throws its rows away, however old they are."""
    see_publisher(store, 6)
    grow_old(store, 400)
    before = rows_of(store)

    assert act(store, outbox.discard) == 0
    assert rows_of(store) == before


def test_publishing_after_that_begins_with_the_whole_registry(store, registry):
    """Whoever publishes after rows were thrown away finds every subject in the outbox, once, and only that one time."""
    grow_old(store)
    act(store, outbox.discard)
    assert rows_of(store) == []

    with store.read() as session:
        codes = [row.code for row in units.listed(session)]
    wanted = [("unit", code) for code in codes] + [("person", registry[0]), ("endpoint", registry[1])]
    assert act(store, outbox.attend) == len(wanted)
    assert sorted(rows_of(store)) == sorted(wanted)
    assert act(store, outbox.attend) == 0


@pytest.mark.usefixtures("registry")
def test_a_publisher_that_missed_nothing_adds_nothing(store):
    """A first start, or one after a pause in which no row was thrown away, publishes what is queued and no more."""
    before = rows_of(store)

    assert act(store, outbox.attend) == 0
    assert rows_of(store) == before


def test_the_removal_of_a_unit_waits_for_ever(store):
    """The registry cannot say later that a unit was there once, so its row is not thrown away."""
    with store.write() as unit:
        build_city(unit)
        units.remove(unit, ACTOR, "south")
    grow_old(store)
    act(store, outbox.discard)

    assert set(rows_of(store)) == {("unit", "south")}
