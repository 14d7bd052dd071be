"""Bind, order, and how far it is."""

import pytest

from access import bindings, own_devices
from access.bindings import BindingRefused
from access.enforcement import record_outcome
from access.evidence import Strength
from portal.captive.visits import Visit
from portal.handoff import reauthentication
from tests.support.doors import HARDWARE, publish

VISIT = Visit(HARDWARE, 1, "127.0.0.1", "GE1/0/7")


def handed(knowledge):
    """Hand somebody over; return subject and order."""
    subject = publish(knowledge, "zhangwei")
    person = knowledge.mirror.by_subject(subject)
    until = knowledge.clock() + 3600
    return subject, reauthentication.hand_over(knowledge, VISIT, person, Strength.PASSWORD, until)


def test_binding_and_order_come_together(knowledge):
    """And the answer of the device shows."""
    subject, order = handed(knowledge)
    with knowledge.store.read() as session:
        assert bindings.find(session, HARDWARE, knowledge.clock()).subject == subject
        assert reauthentication.progress(session, order, HARDWARE, 1 << 62)[:2] == (False, None)
    with knowledge.store.write() as unit:
        record_outcome(unit, order, "ack", "hardware address: ack")
    with knowledge.store.read() as session:
        assert reauthentication.progress(session, order, HARDWARE, 1 << 62)[:2] == (True, "ack")


def test_logout_takes_the_binding_away(knowledge):
    """And orders that the device ask again."""
    _, first = handed(knowledge)
    with knowledge.store.write() as unit:
        record_outcome(unit, first, "ack", None)
    assert reauthentication.take_back(knowledge, VISIT, "person:p") != first
    with knowledge.store.read() as session:
        assert bindings.find(session, HARDWARE, knowledge.clock()) is None


def test_a_lost_device_is_handed_to_nobody(knowledge):
    """Nothing of it is kept."""
    subject = publish(knowledge, "zhangwei")
    with knowledge.store.write() as unit:
        own_devices.seen(unit, HARDWARE, subject)
        own_devices.report_lost(unit, HARDWARE, subject, "person")
    with pytest.raises(BindingRefused):
        handed(knowledge)
