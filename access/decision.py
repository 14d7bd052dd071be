"""`decide`: may this subject, with this proof, here, now? Pure; the same for every door, and for `explain`."""

from typing import TYPE_CHECKING, Any, NamedTuple

from access.evidence import Evidence
from access.reasons import Reason
from directory.person import Endpoint, Person, State

if TYPE_CHECKING:
    from access.rulebook import Program, Rulebook  # which makes Steps, and so imports this file


class Zone(NamedTuple):
    """What a zone means on a port. `vlan` is an id as text or a VLAN name (RFC 3580 §3.31)."""

    code: str
    name: str
    vlan: str | None = None
    acl: str | None = None  # Filter-Id: number or name of an ACL on the device (RFC 2865 §5.11)
    role: str | None = None  # user group or role name, where the vendor has one
    rate_up: int | None = None  # bit/s towards the network
    rate_down: int | None = None  # bit/s towards the subject
    session_timeout: int | None = None  # seconds (RFC 2865 §5.27)
    reauthenticate: bool = True  # at session_timeout: ask again rather than cut (RFC 2865 §5.29)
    idle_timeout: int | None = None  # seconds (RFC 2865 §5.28)
    interim: int | None = None  # seconds between interim records (RFC 2869 §5.16)
    redirect_url: str | None = None  # sends the subject to the portal; rendered by the vendor's file
    redirect_acl: str | None = None
    message: str | None = None  # Reply-Message to the person
    reaches: frozenset[str] = frozenset()  # codes of zones that are reachable from it
    excludes: frozenset[str] = frozenset()  # codes of zones that it must never be joined with

    @property
    def is_door(self) -> bool:
        """Whether it leads to the portal: who is in it is not in yet."""
        return self.redirect_url is not None


class Step(NamedTuple):
    """One rule that was looked at: `failed` is its first condition that did not hold, None where it applied."""

    rule: int
    failed: str | None  # name of the condition
    wanted: str | None  # what would have passed, as data of the rule, never as data of the person


class Grant(NamedTuple):
    """Yes, into this zone."""

    zone: Zone
    rule: int
    trace: tuple[Step, ...]


class Refusal(NamedTuple):
    """No, and why."""

    reason: Reason
    trace: tuple[Step, ...] = ()
    until: float | None = None  # seconds since the epoch, where waiting helps


Decision = Grant | Refusal

_BY_STATE = {
    State.DRAFT: Refusal(Reason.PERSON_DRAFT),
    State.SUSPENDED: Refusal(Reason.PERSON_SUSPENDED),
    State.LEFT: Refusal(Reason.PERSON_LEFT),
    State.PRESERVED: Refusal(Reason.PERSON_LEFT),
}
_EXPIRED = Refusal(Reason.EXPIRED)
_MUST_CHANGE = Refusal(Reason.PASSWORD_MUST_CHANGE)
_NO_RIGHTS: frozenset[str] = frozenset()
_FOREVER = float("inf")
MOST_DECIDED = 16_384  # combinations of facts whose decision is remembered


def standing(subject: Person | Endpoint, now: float) -> Refusal | None:
    """Return why this subject may not come in, whatever it proves and wherever; None where nothing speaks against.

    `now` is in seconds since the epoch. Asked first in every method alike, and again for whoever is inside already.
    """
    if subject.state is not State.ACTIVE:
        # A state that the table does not know is a fault of ours, and no reason to let anybody in.
        return _BY_STATE.get(subject.state, Refusal(Reason.INTERNAL))
    if subject.valid_from is not None and now < subject.valid_from:
        return Refusal(Reason.NOT_YET_VALID, until=subject.valid_from)
    if subject.valid_until is not None and now >= subject.valid_until:
        return _EXPIRED
    if type(subject) is Person:
        if subject.locked_until is not None and now < subject.locked_until:
            until = None if subject.locked_until == _FOREVER else subject.locked_until
            return Refusal(Reason.DIRECTORY_LOCKED, until=until)
        if subject.must_change:
            return _MUST_CHANGE
    return None


def decide(evidence: Evidence, rulebook: "Rulebook", now: float) -> Decision:
    """Return whether this login is granted, and into which zone; `now` is in seconds since the epoch.

    The state of the subject comes first; then exceptions and rules in order, and the first whose conditions all
    hold decides. Where none does, nobody gets in.
    """
    subject = evidence.subject
    code: str | None = None
    category: str | None = None
    rights, unit = _NO_RIGHTS, None
    if subject is None:
        programs = rulebook.unknown
    else:
        refused = standing(subject, now)
        if refused is not None:
            return refused
        code, rights, unit = subject.subject, subject.zones, subject.unit
        if type(subject) is Person:
            category = subject.category
            programs = rulebook.people
        else:
            programs = rulebook.endpoints
    place = evidence.place
    minute = rulebook.clock.minute(now) if rulebook.timed else 0
    # In the order of the constants in access.rulebook, between the subject and the time.
    facts = (
        category, rights, unit, place.group, place.site, evidence.medium, evidence.ssid, evidence.method,
        evidence.strength, minute,
    )  # fmt: skip
    decided = programs.decided
    if decided is None or code in programs.named:
        return _follow(programs.of(code), (code, *facts, now))
    # Most people of a city share their facts with many others: what came of them once, comes of them again.
    decision = decided.get(facts)
    if decision is None:
        if len(decided) >= MOST_DECIDED:
            decided.clear()
        decision = decided[facts] = _follow(programs.general, (code, *facts, now))
    return decision


def _follow(program: "Program", facts: tuple[Any, ...]) -> Decision:
    trace: list[Step] = []
    note = trace.append
    for checks, passed, zone in program:
        for fact, allowed, failed in checks:
            if facts[fact] not in allowed:
                note(failed)
                break
        else:
            note(passed)
            if zone is None:
                return Refusal(Reason.RULE_REFUSES, tuple(trace))
            return Grant(zone, passed.rule, tuple(trace))
    return Refusal(Reason.NO_RULE, tuple(trace))
