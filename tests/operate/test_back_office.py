"""The work that nobody waits for at a port."""

import os
import signal

from directory import people
from directory.people import NewPerson
from operate.wiring import publishing_pool
from tests.support.product import until


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
