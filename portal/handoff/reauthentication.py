"""Central web authentication: bind the person to the hardware address, then have the device ask again.

Both in one unit of work: whoever learns of the order finds the binding. The device's next request about that
hardware address is then decided for the person, by the RADIUS worker, anew each time.
"""

from typing import NamedTuple

from sqlalchemy.orm import Session

from access import bindings, logins
from access.decision import Grant, Refusal
from access.enforcement import order_reauthentication, order_state
from access.evidence import Method, Strength
from access.session_rows import LoginEntry
from access.tables import LoginRow
from directory.person import Person
from portal.captive.visits import Visit
from portal.knowledge import Knowledge
from store.engine import Unit


class Progress(NamedTuple):
    """How far a hand-over is."""

    answered: bool  # the device answered the order, or it is known that it will not
    outcome: str | None  # access.enforcement.Outcome
    detail: str | None
    login: LoginRow | None  # how the device's next request about the hardware was decided


def hand_over(knowledge: Knowledge, visit: Visit, person: Person, strength: Strength, valid_until: float) -> int:
    """Bind and order; return the order's number. Raises BindingRefused for a device that was reported lost."""
    actor = f"person:{person.subject}"
    with knowledge.store.write() as unit:
        bindings.bind(
            unit, hardware=visit.hardware, subject=person.subject, strength=strength, device=visit.device,
            address=visit.address, valid_until=valid_until, actor=actor,
        )  # fmt: skip
        return _order(unit, visit, actor)


def take_back(knowledge: Knowledge, visit: Visit, actor: str) -> int:
    """Unbind and have the device ask again: a logout. Return the order's number."""
    with knowledge.store.write() as unit:
        bindings.unbind(unit, visit.hardware, actor)
        return _order(unit, visit, actor)


def _order(unit: Unit, visit: Visit, actor: str) -> int:
    return order_reauthentication(
        unit, device=visit.device, hardware=visit.hardware, port=visit.port, nas_port=visit.nas_port,
        address=visit.address, ordered_by=actor,
    )  # fmt: skip


def progress(session: Session, order: int, hardware: str, after: int) -> Progress:
    """Return how far an order is, and the first decision about the hardware with a number above `after`."""
    state = order_state(session, order)
    newest = next(iter(logins.history(session, hardware=hardware, limit=1)), None)
    login = newest if newest is not None and newest.number > after else None
    if state is None:
        return Progress(True, None, None, login)
    return Progress(state.done_at is not None, state.outcome, state.detail, login)


def record(
    knowledge: Knowledge, visit: Visit, claimed: str, person: Person | None, decision: Grant | Refusal, now: float
) -> int:
    """Keep the login at the portal beside those at switches; return its number.

    A visit without hardware and device is one at my account, which may be opened from anywhere.
    """
    number = knowledge.next_login(now)
    zone, rule, reason = (
        (decision.zone.code, decision.rule, None) if isinstance(decision, Grant) else (None, None, decision.reason.code)
    )
    knowledge.recorder.login(
        LoginEntry(
            number, now, claimed, person.subject if person is not None else None, visit.hardware or None,
            visit.address, visit.device, visit.port, visit.ssid, Method.PORTAL.value,
            zone, rule, reason, knowledge.recorder.traces.number_of(decision.trace),
        )
    )  # fmt: skip
    return number
