"""Bindings and lost devices in memory, kept in step by the change feed."""

import threading

import pytest
from sqlalchemy.exc import OperationalError

from access import binding_table, bindings, own_devices
from access.binding_table import Binding, BindingTable
from access.evidence import Strength
from store.changes import Change, Feed
from store.engine import Store
from tests.access.test_bindings import PHONE, TABLET, bind
from tests.support.product import until


def change(subject: str, kind: str = own_devices.CHANGED) -> Change:
    """Make a change of the feed."""
    return Change(1, kind, subject, 0.0)


@pytest.fixture
def table(store: Store) -> BindingTable:
    """A table over a phone that is bound and a tablet that is lost."""
    with store.write() as unit:
        bind(unit, strength=Strength.STRONG)
        own_devices.seen(unit, TABLET, "P2")
        own_devices.report_lost(unit, TABLET, "P2", "P2")
    one = BindingTable()
    assert one.find(PHONE, 0.0) is None
    one.load(store)
    return one


def test_a_binding_that_is_over_is_none(table: BindingTable):
    """From `valid_until` on nobody stands behind the hardware address, whether the row is gone or not."""
    found = table.find(PHONE, 0.0)
    assert found is not None
    assert found == Binding("P1", Strength.STRONG, found.valid_until)
    assert table.find(PHONE, found.valid_until - 0.001) == found
    assert table.find(PHONE, found.valid_until) is None
    assert table.find(TABLET, 0.0) is None
    assert table.lost == {TABLET}


def test_only_what_changed_is_read_again(store: Store, table: BindingTable, monkeypatch: pytest.MonkeyPatch):
    """A change names its hardware address; changes of other kinds read nothing."""
    with store.write() as unit:
        bindings.unbind(unit, PHONE, "test")
        own_devices.taken_back(unit, TABLET, "P2", "P2")
        bind(unit, TABLET, "P2")
    monkeypatch.setattr(table, "load", None)
    table.follow(store, [change("1", "rule")])
    assert table.find(PHONE, 0.0) is not None
    table.follow(store, [change(TABLET)])
    assert table.find(TABLET, 0.0).subject == "P2"
    assert table.lost == frozenset()
    assert table.find(PHONE, 0.0) is not None
    table.follow(store, [change(PHONE)])
    assert table.find(PHONE, 0.0) is None
    assert len(table) == 1


def test_a_bulk_reads_everything(store: Store, table: BindingTable, monkeypatch: pytest.MonkeyPatch):
    """One word for all, or too many to name."""
    for most, changes in ((200, [change(bindings.EVERYTHING)]), (1, [change("a"), change("b")])):
        monkeypatch.setattr(binding_table, "_MOST_READ", most)
        with store.write() as unit:
            bind(unit, f"02:00:00:00:01:{most:02x}")
        before = len(table)
        table.follow(store, changes)
        assert len(table) == before + 1


def test_a_database_that_is_away_changes_nothing(store: Store, table: BindingTable, monkeypatch: pytest.MonkeyPatch):
    """The feed brings the same changes again; meanwhile what was known holds on."""

    def away(*_):
        raise OperationalError("", {}, Exception())

    monkeypatch.setattr(binding_table, "_lost", away)
    with pytest.raises(OperationalError):
        table.follow(store, [change(PHONE)])
    with pytest.raises(OperationalError):
        table.load(store)
    assert table.find(PHONE, 0.0) is not None
    assert table.lost == {TABLET}


def test_an_older_state_never_covers_a_newer_one(store: Store, table: BindingTable, monkeypatch: pytest.MonkeyPatch):
    """What `load` read before a change is put in place before `follow` reads that change."""
    reads, goes_on = threading.Event(), threading.Event()
    read = binding_table._lost

    def slowly(session, named):
        if named is None:
            reads.set()
            goes_on.wait(20)
        return read(session, named)

    monkeypatch.setattr(binding_table, "_lost", slowly)
    loading = threading.Thread(target=table.load, args=(store,))
    loading.start()
    assert reads.wait(20)
    with store.write() as unit:
        bindings.unbind(unit, PHONE, "test")
    following = threading.Thread(target=table.follow, args=(store, [change(PHONE)]))
    following.start()
    goes_on.set()
    loading.join()
    following.join()

    assert table.find(PHONE, 0.0) is None


def test_the_feed_keeps_a_table_in_step(store: Store, table: BindingTable):
    """Committed anywhere, known here."""
    feed = Feed(store, "test", lambda changes: table.follow(store, changes))
    feed.start()
    try:
        with store.write() as unit:
            bind(unit, "02:00:00:00:00:03", "P3")
        assert until(lambda: table.find("02:00:00:00:00:03", 0.0)).subject == "P3"
    finally:
        feed.stop()
