"""A switch asks, a person is known, a zone is given, the session is accounted for, and can be ended."""

import hashlib
import socket
import struct
import threading

import pytest
from sqlalchemy import select

from access.enforcement import order_disconnect
from access.tables import LoginRow, OrderRow, SessionRow
from directory import people
from operate.town import OPEN, SUSPENDED
from tests.support.product import until

PASSWORD = "Môt de passe 一二三"


@pytest.fixture
def known(product):
    """The running product in which two people have passwords that the workers know of."""
    for login in (OPEN, SUSPENDED):
        product.password(login, PASSWORD)
    switch = product.switch()
    until(lambda: (answer := switch.ask(switch.pap(OPEN, PASSWORD), product.auth)) and answer.code == 2)
    return product


def newest_login(product, login):
    """The last record of a login name, once it is durable."""

    def found():
        with product.store.read() as session:
            query = select(LoginRow).where(LoginRow.login == login).order_by(LoginRow.number.desc())
            return session.scalars(query).first()

    return until(found)


def session_of(product, acct_session):
    """The session of an id."""
    with product.store.read() as session:
        return session.scalars(select(SessionRow).where(SessionRow.acct_session == acct_session)).first()


def test_a_person_gets_a_vlan(known):
    """PAP, wired, right password: the zone that the rules give, as a VLAN."""
    switch = known.switch()
    answer = switch.ask(switch.pap(OPEN, PASSWORD), known.auth)

    assert answer.code == 2
    assert answer.vlan == "130"
    until(lambda: newest_login(known, OPEN).zone == "internet")


def test_a_wrong_password_is_refused_with_its_reason(known):
    """The record tells the operator what the words to the person do not."""
    switch = known.switch()
    answer = switch.ask(switch.pap(OPEN, "wrong", [(31, b"02-00-00-00-99-01")]), known.auth)

    assert answer.code == 3
    until(lambda: newest_login(known, OPEN).reason == "TN-102")


def test_nobody_is_refused_in_the_same_words_as_a_wrong_password(known):
    """Nobody can find out which names exist."""
    switch = known.switch()
    wrong = switch.ask(switch.pap(OPEN, "wrong", [(31, b"02-00-00-00-99-02")]), known.auth)
    nobody = switch.ask(switch.pap("nobody-at-all", "wrong", [(31, b"02-00-00-00-99-02")]), known.auth)

    assert wrong.code == nobody.code == 3
    assert wrong.first(18)[:-5] == nobody.first(18)[:-5], "all but the code"


def test_a_suspended_person_stays_out(known):
    """The right password is not enough (CVE-2011-4966: in every method alike)."""
    switch = known.switch()

    assert switch.ask(switch.pap(SUSPENDED, PASSWORD), known.auth).code == 3
    until(lambda: newest_login(known, SUSPENDED).reason == "TN-202")


def test_an_unknown_device_lands_in_front_of_the_portal(known):
    """MAC authentication of a stranger: the zone that leads to the login page."""
    switch = known.switch()
    answer = switch.ask(switch.mac("02aabbccdd01", "02-AA-BB-CC-DD-01"), known.auth)

    assert (answer.code, answer.vlan) == (2, "199")


def test_chap_with_an_argon2_verifier_is_refused_with_a_reason_that_says_so(known):
    """A one-way hash cannot answer a challenge; the record says what to change."""
    switch = known.switch()

    assert switch.ask(switch.chap(OPEN, PASSWORD), known.auth).code == 3
    until(lambda: newest_login(known, OPEN).reason == "TN-301")


def test_a_suspension_is_effective_at_the_next_packet(known):
    """Registry → outbox → directory → mirror: out, and back in."""
    subject, switch = known.subject(OPEN), known.switch()
    with known.store.write() as unit:
        people.suspend(unit, "test", subject)
    until(lambda: switch.ask(switch.pap(OPEN, PASSWORD), known.auth).code == 3)
    with known.store.write() as unit:
        people.resume(unit, "test", subject)
    until(lambda: switch.ask(switch.pap(OPEN, PASSWORD), known.auth).code == 2)


def test_a_session_is_accounted_for(known):
    """Start, Interim, Stop: one row, tied to the login by Class, counters and cause kept."""
    switch = known.switch()
    class_ = switch.ask(switch.pap(OPEN, PASSWORD), known.auth).first(25)
    ours = [(25, class_), (1, OPEN.encode()), (31, b"02-00-00-00-00-07"), (8, bytes((10, 9, 8, 7)))]
    octets = [(42, (1000).to_bytes(4, "big")), (46, (60).to_bytes(4, "big"))]

    assert switch.ask(switch.accounting(1, "acc-1", ours), known.acct).code == 5
    started = session_of(known, "acc-1")

    assert (started.subject, started.zone, started.stopped_at) == (known.subject(OPEN), "internet", None)
    assert switch.ask(switch.accounting(3, "acc-1", [*ours, *octets]), known.acct).code == 5
    assert (
        switch.ask(switch.accounting(2, "acc-1", [*ours, *octets, (49, (1).to_bytes(4, "big"))]), known.acct).code == 5
    )
    ended = session_of(known, "acc-1")

    assert (ended.octets_in, ended.seconds, ended.address) == (1000, 60, "10.9.8.7")
    assert ended.stopped_at is not None
    assert ended.cause == "user request"


def test_accounting_on_ends_the_sessions_of_that_device(known):
    """RFC 2866 §5.1: a device that restarted has no sessions any more."""
    switch = known.switch()

    assert switch.ask(switch.accounting(1, "acc-2", [(31, b"02-00-00-00-00-08")]), known.acct).code == 5
    assert switch.ask(switch.accounting(7, "on"), known.acct).code == 5
    assert session_of(known, "acc-2").cause == "device restarted"


def test_a_session_is_ended_at_its_device(known):
    """RFC 5176: our Disconnect-Request is signed, the device's ACK is recorded with the order."""
    switch = known.switch()

    assert switch.ask(switch.accounting(1, "acc-3", [(31, b"02-00-00-00-00-09")]), known.acct).code == 5
    heard = []

    def obey():
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
            wire.bind(("127.0.0.1", known.orders))
            wire.settimeout(20)
            octets, source = wire.recvfrom(4096)
            heard.append(octets)
            head = struct.pack(">BBH", 41, octets[1], 20)
            wire.sendto(head + hashlib.md5(head + octets[4:20] + known.secret).digest(), source)

    device = threading.Thread(target=obey)
    device.start()
    with known.store.write() as unit:
        number = order_disconnect(unit, session_of(known, "acc-3").number, "test")
    device.join()

    assert heard[0][0] == 40
    assert heard[0][4:20] == hashlib.md5(heard[0][:4] + bytes(16) + heard[0][20:] + known.secret).digest()

    def outcome():
        with known.store.read() as session:
            return session.get(OrderRow, number).outcome

    assert until(outcome) == "ack"


def test_every_decision_is_counted(known):
    """Metrics show logins by zone and reason, the age of the mirror, and the feed."""
    switch = known.switch()
    switch.ask(switch.pap(OPEN, PASSWORD), known.auth)
    until(lambda: 'truename_logins_accepted_total{child="radius-' in known.metrics())
    text = known.metrics()

    assert "truename_mirror_age_seconds" in text
    assert 'truename_child_ready{child="back-office"} 1.0' in text
