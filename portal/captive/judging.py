"""Password proven: what comes next? A second factor, another password, in, or why not. Pure."""

from enum import Enum
from typing import NamedTuple

from access.decision import Decision, Grant, Refusal, Zone, decide, standing
from access.device_table import Device
from access.evidence import Evidence, Medium, Method, Strength, place_of
from access.reasons import Reason
from access.rulebook import Rulebook
from directory.person import Person
from portal.captive.visits import Visit


class Next(Enum):
    """What a person at the door has to do now."""

    OWN_PASSWORD = "own password"  # noqa: S105 - the name of a step
    FACTOR = "second factor"
    DONE = "done"


class Step(NamedTuple):
    """What comes next, and the decision where it is done."""

    next: Next
    decision: Decision | None = None
    better: Zone | None = None  # which a second factor would open in the place of the one granted, and there is none


def evidence(person: Person, visit: Visit, device: Device, strength: Strength) -> Evidence:
    """Return what is proven at the portal. The medium is the RADIUS worker's to know: it decides in the end."""
    place = place_of(device)
    medium = Medium.WIRELESS if visit.ssid else Medium.WIRED
    return Evidence(
        person, Method.PORTAL, strength, place, visit.hardware, medium, visit.ssid, visit.port, visit.address
    )


def next_step(
    person: Person,
    visit: Visit,
    device: Device,
    rulebook: Rulebook,
    now: float,
    *,
    strength: Strength,
    has_factor: bool,
) -> Step:
    """Return what comes next for a person whose password was proven; `now` is in seconds since the epoch.

    The second factor is asked for where it changes what the rules give, and before a first password is replaced: who
    found that password on a slip of paper sets no other.
    """
    refused = standing(person, now)
    if refused is not None:
        if refused.reason is not Reason.PASSWORD_MUST_CHANGE:
            return Step(Next.DONE, refused)
        return Step(Next.FACTOR if has_factor and strength is not Strength.STRONG else Next.OWN_PASSWORD)
    plain = decide(evidence(person, visit, device, Strength.PASSWORD), rulebook, now)
    strong = decide(evidence(person, visit, device, Strength.STRONG), rulebook, now)
    if strength is Strength.STRONG:
        return Step(Next.DONE, strong)
    if not isinstance(strong, Grant) or (isinstance(plain, Grant) and plain.zone.code == strong.zone.code):
        return Step(Next.DONE, plain)
    if has_factor:
        return Step(Next.FACTOR)
    if isinstance(plain, Grant):
        return Step(Next.DONE, plain, better=None if strong.zone.is_door else strong.zone)
    return Step(Next.DONE, Refusal(Reason.SECOND_FACTOR_MISSING, plain.trace))
