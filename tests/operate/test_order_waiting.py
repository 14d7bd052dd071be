"""Waiting for what devices answer."""

import threading
import time
from types import SimpleNamespace

from access import enforcement
from operate.order_waiting import answers_of
from tests.support.records import write_session


def ordered(store, *numbers):
    """Order the end of sessions."""
    for number in numbers:
        write_session(store, number)
    with store.write() as unit:
        return [enforcement.order_disconnect(unit, number, "test") for number in numbers]


def test_it_ends_with_the_last_answer(sqlite_store):
    """Long before the wait is over."""
    orders = ordered(sqlite_store, 1, 2)

    def answer():
        for number in orders:
            time.sleep(0.2)
            with sqlite_store.write() as unit:
                enforcement.record_outcome(unit, number, "ack", "session id: ack")

    device = threading.Thread(target=answer)
    device.start()
    states = answers_of(SimpleNamespace(store=sqlite_store), orders, 20.0)
    device.join()
    assert [states[number].outcome for number in orders] == ["ack", "ack"]


def test_it_ends_with_the_wait(sqlite_store):
    """What is not answered by then is told as it is; an order that is none is left out."""
    (order,) = ordered(sqlite_store, 1)
    states = answers_of(SimpleNamespace(store=sqlite_store), [order, order + 1], 0.0)
    assert {number: state.outcome for number, state in states.items()} == {order: None}
