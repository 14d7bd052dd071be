"""Waiting for what devices answer to orders, as commands do."""

import time
from collections.abc import Collection
from typing import TYPE_CHECKING

import click

from operate.spoken import option
from operate.words import t

if TYPE_CHECKING:
    from access.enforcement import OrderState
    from operate.call import Call

PAUSE = 0.1  # seconds between two looks
WAIT = option(
    "--wait",
    type=click.FloatRange(0, 300),
    default=30,
    show_default=True,
    says=t("最多等待的秒数。", "Most seconds to wait."),
)


def answers_of(call: "Call", numbers: Collection[int], wait: float) -> "dict[int, OrderState]":
    """Return how far orders are, as soon as all are done or `wait` seconds are over."""
    from access.enforcement import order_state

    deadline = time.monotonic() + wait
    while True:
        with call.store.read() as session:
            found = {number: order_state(session, number) for number in numbers}
        states = {number: state for number, state in found.items() if state is not None}
        if all(state.done_at is not None for state in states.values()) or time.monotonic() >= deadline:
            return states
        time.sleep(PAUSE)
