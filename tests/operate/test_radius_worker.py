"""One worker: listens once it knows the directory, takes new rules while it runs, finishes what it acknowledged."""

import time

from sqlalchemy import select

from access import rules
from access.device_drops import drops
from access.tables import SessionRow
from directory.passwords import hash_new
from operate.town import OPEN
from tests.support.product import until
from tests.support.switch import Switch

PASSWORD = "Correct horse 一二三"


def test_a_new_rule_is_effective_without_a_restart(product):
    """Saved, told by the change feed, decided by within a second or so."""
    product.password(OPEN, PASSWORD)
    switch = product.switch()
    until(lambda: (answer := switch.ask(switch.pap(OPEN, PASSWORD), product.auth)) and answer.code == 2)
    with product.store.write() as unit:
        number = rules.add(unit, "test", position=1, name="nobody today", result="refuse", person=product.subject(OPEN))
    until(lambda: switch.ask(switch.pap(OPEN, PASSWORD), product.auth).code == 3)
    with product.store.write() as unit:
        rules.remove(unit, "test", number)
    until(lambda: switch.ask(switch.pap(OPEN, PASSWORD), product.auth).code == 2)


def counted(product, metric, *labels):
    """The sum of a metric over all children, where it has these labels."""
    lines = [line for line in product.metrics().splitlines() if line.startswith(metric + "{")]
    return sum(float(line.rpartition(" ")[2]) for line in lines if all(label in line for label in labels))


def test_who_becomes_known_is_not_refused_from_memory(product):
    """Refused so often that the refusal is repeated, then registered: the next request is judged by the new entry."""
    switch, name = product.switch(), "soon-known"
    before = counted(product, "truename_refusals_repeated_total")

    def repeated():
        assert switch.ask(switch.pap(name, PASSWORD), product.auth).code == 3
        return counted(product, "truename_refusals_repeated_total") > before + 5

    until(repeated)
    product.person(name, hash_new(PASSWORD))
    until(lambda: switch.ask(switch.pap(name, PASSWORD), product.auth).code == 2, 10)


def test_the_rates_of_the_settings_are_kept(new_product):
    """A client that is too quick for its share is not answered, and counted at the device behind which it sits."""
    one = new_product(workers=1, login_rate=1)
    one.start()
    switch = one.switch()
    address = "02-00-00-00-00-0A"
    answered = [switch.ask(switch.mac(address, address), one.auth, tries=1, seconds=0.5) for _ in range(24)]

    assert any(answered)
    until(lambda: counted(one, "truename_packets_dropped_total", 'drop="rate-limited"', 'device="switch-1"'))


def test_what_a_device_gets_no_answer_to_is_written_down(product):
    """Another secret is silence on the wire, and a row for the people who connect the device, within seconds."""
    switch = Switch(b"pasted from another switch")
    before = time.time()

    def kept():
        switch.ask(switch.pap(OPEN, PASSWORD), product.auth, tries=1, seconds=0.2)
        switch.ask(switch.accounting(1, "s"), product.acct, tries=1, seconds=0.2)
        with product.store.read() as session:
            return {one.drop for one in drops(session, product.device, before)} >= {
                "message-authenticator",
                "authenticator",
            }

    until(kept)


def test_a_graceful_stop_loses_no_acknowledged_record(new_product):
    """What was answered before SIGTERM is in the database afterwards."""
    one = new_product(workers=1)
    one.start()
    switch = one.switch()
    acknowledged = [name for name in map(str, range(50)) if switch.ask(switch.accounting(1, name), one.acct)]
    one.stop()
    with one.store.read() as session:
        kept = set(session.scalars(select(SessionRow.acct_session)))

    assert len(acknowledged) == 50
    assert set(acknowledged) <= kept
