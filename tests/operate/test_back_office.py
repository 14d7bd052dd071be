"""The work that nobody waits for at a port."""

import asyncio
import os
import signal

import pytest
from sqlalchemy import select, update

from access.enforcement import Kind
from directory import people, units
from directory.people import NewPerson
from directory.registry import PersonRow, PublicationRow, PublisherRow
from operate.back_office import ORDERS_AT_ONCE, PROBES_AT_ONCE, BackOffice, has_room
from operate.settings import Settings
from operate.wiring import open_store, publishing_pool
from store import schema
from store.sealing import Sealer
from tests.support.product import until

EXISTING = """
[truename]
state = "state"

[directory]
kind = "openldap"
uris = ["ldaps://directory.city.internal"]
bind_dn = "uid=reader,dc=city"
password_file = "reader"
publish = {publish}
"""


def in_directory(product, login):
    """The entry of a login name, None where there is none."""
    pool = publishing_pool(product.settings)
    try:
        return next(iter(pool.search(product.settings.directory.suffix, f"(uid={login})", ["cn"])), None)
    finally:
        pool.close()


def test_a_new_person_is_published(product):
    """Written to the registry, then in the directory, name and all."""
    with product.store.write() as unit:
        people.add(unit, "test", NewPerson(login="wang.㐂", name="王㐂·𠮷", unit="qingshui"))
    found = until(lambda: in_directory(product, "wang.㐂"))

    assert found[1]["cn"] == ["王㐂·𠮷".encode()]


def test_what_was_written_while_it_was_dead_is_published_afterwards(product):
    """The outbox is in the database: nothing is lost with the process."""
    victim = product.pids()["operate.back_office"][0]
    os.kill(victim, signal.SIGKILL)
    with product.store.write() as unit:
        people.add(unit, "test", NewPerson(login="after.the.crash", name="后来", unit="qingshui"))

    assert until(lambda: in_directory(product, "after.the.crash"))
    product.wait_ready()


def test_a_publisher_is_known_to_the_database(product):
    """A node that publishes says so, and no other node throws its rows away."""
    with product.store.read() as session:
        (row,) = session.scalars(select(PublisherRow))
    assert row.seen_at is not None
    assert not row.discarded


@pytest.fixture
def node(tmp_path):
    """Make one of several nodes with one database and an existing directory, its only change eight days old."""
    opened = []

    def make(*, publish):
        path = tmp_path / "truename.toml"
        path.write_text(EXISTING.format(publish=str(publish).lower()), "utf-8")
        (tmp_path / "reader").write_text("a password of ours", "utf-8")
        settings = Settings.load(path)
        settings.master_key.parent.mkdir(mode=0o700, parents=True)
        store = open_store(settings)
        schema.upgrade(store)
        Sealer.create(settings.master_key)
        with store.write() as unit:
            units.add(unit, "test", code="yz", name="宜州市", kind="city")
        with store.write() as unit:
            unit.session.execute(update(PublicationRow).values(queued_at=PublicationRow.queued_at - 8 * 86400))
        loop = asyncio.new_event_loop()
        office = BackOffice(settings, loop)
        opened.append((office, store, loop))
        return office, store

    yield make
    for office, store, loop in opened:
        office.stop()
        loop.run_until_complete(office.run())
        loop.close()
        store.close()


@pytest.mark.parametrize(("publish", "left"), [(False, 0), (True, 1)])
def test_only_where_nobody_publishes_old_rows_go(node, publish, left):
    """An hourly look throws away what waited for a week; a node that publishes never throws anything away."""
    office, store = node(publish=publish)
    office._prune()

    with store.read() as session:
        assert len(session.scalars(select(PublicationRow)).all()) == left


def test_people_of_an_older_version_are_found_after_the_upgrade(node):
    """Names are spelled out once, and nothing is published or put on record for it."""
    office, store = node(publish=False)
    with store.write() as unit:
        people.add(unit, "test", NewPerson(login="zhangsan", name="张三", unit="yz"))
        unit.session.execute(update(PersonRow).values(spelled=""))
    office._respell()

    with store.read() as session:
        assert [row.login for row in people.search(session, text="zs")] == ["zhangsan"]


def test_probes_leave_room_for_orders():
    """Devices that say nothing keep nobody in who is to be out."""
    under_way = dict.fromkeys(range(PROBES_AT_ONCE), Kind.PROBE)
    assert not has_room(under_way, Kind.PROBE)
    assert has_room(under_way, Kind.DISCONNECT)
    under_way |= dict.fromkeys(range(100, 100 + ORDERS_AT_ONCE - PROBES_AT_ONCE), Kind.COA)
    assert not has_room(under_way, Kind.DISCONNECT)
    del under_way[0]
    assert has_room(under_way, Kind.PROBE)
