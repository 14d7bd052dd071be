"""Reading the record: narrowed by each thing that is told, in pages, and as a stream."""

import pytest

from store import acts
from store.acts import Wanted
from store.engine import Store


@pytest.fixture
def filled(store: Store) -> Store:
    """Ten acts: two actors, two nouns, five subjects."""
    for number in range(10):
        with store.write() as unit:
            actor = "admin:a" if number % 2 else "admin:b"
            unit.act(actor, "person.suspend" if number < 5 else "personnel.add", f"s{number % 5}", None, {"n": number})
    return store


def numbers(store, wanted, **more):
    """Return the numbers that a search finds."""
    with store.read() as session:
        return [row.number for row in acts.search(session, wanted, **more)]


def test_everything_told_narrows(filled):
    """Latest first; a noun means all that was done to it, and nothing of a longer noun."""
    assert numbers(filled, Wanted()) == [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]
    assert numbers(filled, Wanted(actor="admin:a")) == [10, 8, 6, 4, 2]
    assert numbers(filled, Wanted(act="person")) == [5, 4, 3, 2, 1]
    assert numbers(filled, Wanted(act="person.")) == [5, 4, 3, 2, 1]
    assert numbers(filled, Wanted(act="person.suspend", subjects=frozenset({"s1", "s2"}))) == [3, 2]
    assert numbers(filled, Wanted(act="person.end")) == []
    with filled.read() as session:
        third = acts.find(session, 3).at
    assert numbers(filled, Wanted(since=third))[-1] == 3
    assert numbers(filled, Wanted(until=third))[0] == 2


def test_pages_follow_each_other(filled):
    """By the number of the last row."""
    assert numbers(filled, Wanted(), limit=4) == [10, 9, 8, 7]
    assert numbers(filled, Wanted(), before=7, limit=4) == [6, 5, 4, 3]


def test_a_stream_reads_all_of_it_once(filled, monkeypatch):
    """In many short readings, up to the head that was told; what comes later is not in it."""
    monkeypatch.setattr(acts, "_CHUNK", 3)
    with filled.write() as unit:
        unit.act("x", "later.act", "s", None, None)
    assert [row.number for row in acts.stream(filled, Wanted(), 10)] == list(range(1, 11))
    assert [row.number for row in acts.stream(filled, Wanted(actor="admin:b"), 9)] == [1, 3, 5, 7, 9]


def test_the_head_is_found_again(filled):
    """A head that was noted is in the record as long as nothing was cut off."""
    with filled.read() as session:
        head = acts.head(session)
        assert head.acts == 10
        assert acts.place_of(session, head.hash) == 10
        assert acts.place_of(session, bytes(32)) is None


def test_an_empty_record_has_a_head(store):
    """What the first act takes for the hash of its predecessor."""
    with store.read() as session:
        assert acts.head(session) == (0, bytes(32))
