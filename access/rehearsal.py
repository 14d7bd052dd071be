"""What other rules would have made of logins that were: the same decision, twice, over recorded evidence. Pure.

A record does not say everything that rules may look at. The medium is not kept, nor how strong a login at the portal
was: the first of the possible facts counts under which the present rules decide as it was recorded. Where another one
would fit as well and lead elsewhere, the login is counted as uncertain.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from typing import Any, NamedTuple

from access.decision import Decision, Grant, decide, standing
from access.evidence import STRENGTH, Evidence, Medium, Method, Place, Strength
from access.rulebook import Rule, Rulebook
from directory.person import Endpoint, Person

EXAMPLES = 5  # kept of each kind of change
Move = tuple[str | None, str | None]  # codes of the zones before and after; None: refused
_METHODS = {method.value: method for method in Method}


class Record(NamedTuple):
    """A login that came before the rules, as it was recorded."""

    number: int
    at: float  # seconds since the epoch
    login: str
    subject: str | None
    hardware: str | None
    address: str | None
    device: int
    port: str | None
    ssid: str | None
    method: str
    zone: str | None  # code; None: refused by the rules


class Known(NamedTuple):
    """Who and where, as they are now."""

    people: Mapping[str, Person]
    endpoints: Mapping[str, Endpoint]
    places: Mapping[int, Place]


class Cause(Enum):
    """Why a login would be decided otherwise."""

    FAILS = "fails"  # a condition of the rule that decided does not hold any more
    EARLIER = "earlier"  # another rule comes before it
    GONE = "gone"  # the rule that decided is not there or not enabled
    APPLIES = "applies"  # no rule decided before, one does now


class Example(NamedTuple):
    """One login that would be decided otherwise, and why. `failed` and `wanted` are those of a Step."""

    record: Record
    before: Decision
    after: Decision
    cause: Cause
    rule: int  # that fails, comes earlier, is gone or applies
    failed: str | None
    wanted: str | None


class Shift(NamedTuple):
    """All logins that would be moved from one zone into another; None stands for a refusal."""

    before: str | None
    after: str | None
    logins: int
    subjects: int  # people and devices
    examples: tuple[Example, ...]


class Rehearsal(NamedTuple):
    """What came of it."""

    looked_at: int
    unknown: int  # of people or devices that are not known any more: nothing can be said
    uncertain: int  # the record does not say which of two outcomes is meant
    changed: int
    shifts: tuple[Shift, ...]  # the most logins first


class _Outcome(NamedTuple):
    """What both rulebooks say of one set of facts."""

    before: Decision
    after: Decision
    uncertain: bool


def rehearse(records: Iterable[Record], known: Known, present: Rulebook, proposed: Rulebook) -> Rehearsal:
    """Decide every record by both rulebooks, each at its own time, with what is known of the subject now."""
    stage = _Stage(known, present, proposed)
    kept: dict[Move, list[Example]] = {}
    logins: Counter[Move] = Counter()
    subjects: dict[Move, set[str]] = {}
    looked_at = unknown = uncertain = 0
    for record in records:
        looked_at += 1
        outcome = stage.outcome(record)
        if outcome is None:
            unknown += 1
            continue
        uncertain += outcome.uncertain
        move = _zone(outcome.before), _zone(outcome.after)
        if move[0] == move[1]:
            continue
        logins[move] += 1
        subjects.setdefault(move, set()).add(_who(record))
        examples = kept.setdefault(move, [])
        if len(examples) < EXAMPLES and all(_who(one.record) != _who(record) for one in examples):
            examples.append(stage.example(record, outcome))
    shifts = [Shift(*move, count, len(subjects[move]), tuple(kept[move])) for move, count in logins.most_common()]
    return Rehearsal(looked_at, unknown, uncertain, logins.total(), tuple(shifts))


class _Stage:
    """Two rulebooks, and what they said of facts that came already: a day's logins are much alike."""

    def __init__(self, known: Known, present: Rulebook, proposed: Rulebook) -> None:
        self._known, self._present, self._proposed = known, present, proposed
        rules = [rule for book in (present, proposed) for rule in book.rules if rule.enabled]
        self._media, self._strengths = _possible(rules)
        # Of a login's time, names and places only what some rule asks for makes a difference.
        self._hours = list({rule.hours.text: rule.hours for rule in rules if rule.hours is not None}.values())
        self._ends = sorted({rule.valid_until for rule in rules if rule.valid_until is not None})
        self._asked = {
            field: frozenset[str]().union(*(getattr(rule, field) for rule in rules))
            for field in ("person", "right", "unit", "device_group", "site", "ssid")
        }
        self._above = present.ancestors
        self._enabled = frozenset(rule.number for rule in proposed.rules if rule.enabled)
        self._told: dict[tuple[Any, ...], _Outcome] = {}

    def outcome(self, record: Record) -> _Outcome | None:
        """Return what both rulebooks say; None where the subject or the device is not known."""
        first = next(possible_evidence(record, self._known, self._media, self._strengths), None)
        if first is None:
            return None
        facts = self._facts(record, first)
        told = self._told.get(facts)
        if told is None:
            told = self._told[facts] = self._decided(record)
        return told

    def _facts(self, record: Record, evidence: Evidence) -> tuple[Any, ...]:
        """Return everything on which the outcome depends."""
        subject, place, asked = evidence.subject, evidence.place, self._asked
        who: tuple[Any, ...] = ()
        if subject is not None:
            category = subject.category if type(subject) is Person else None
            name = subject.subject if subject.subject in asked["person"] else None
            units = (self._above.get(subject.unit, frozenset()) | {subject.unit}) & asked["unit"]
            who = (category, subject.zones & asked["right"], units, name, standing(subject, record.at) is None)
        minute = self._present.clock.minute(record.at) if self._hours else 0
        times = tuple(minute in hours for hours in self._hours), bisect_right(self._ends, record.at)
        where = (
            place.group if place.group in asked["device_group"] else None,
            place.site if place.site in asked["site"] else None,
            record.ssid if record.ssid in asked["ssid"] else record.ssid is None,
            record.hardware is None,
        )
        return who, where, record.method, record.zone, times

    def _decided(self, record: Record) -> _Outcome:
        pairs = [
            (judge(evidence, self._present, record.at), evidence)
            for evidence in possible_evidence(record, self._known, self._media, self._strengths)
        ]
        fitting = [pair for pair in pairs if _zone(pair[0]) == record.zone] or pairs[:1]
        afters = [judge(evidence, self._proposed, record.at) for _, evidence in fitting]
        return _Outcome(fitting[0][0], afters[0], len({_zone(each) for each in afters}) > 1)

    def example(self, record: Record, outcome: _Outcome) -> Example:
        """Return a login with why it would be decided otherwise."""
        before, after = outcome.before, outcome.after
        return Example(record, before, after, *_because(before, after, self._enabled))


def possible_evidence(
    record: Record, known: Known, media: tuple[Medium, ...], strengths: tuple[Strength, ...]
) -> Iterator[Evidence]:
    """Yield what the record may have meant, the likeliest first; nothing where its subject or device is not known."""
    place = known.places.get(record.device)
    method = _METHODS.get(record.method)
    if place is None or method is None:
        return
    subject: Person | Endpoint | None = None
    if record.subject is not None:
        subject = known.people.get(record.subject) or known.endpoints.get(record.subject)
    if subject is None and (method is not Method.MAC or record.subject is not None):
        return
    bound = type(subject) is Person and method in (Method.MAC, Method.PORTAL)
    for strength in strengths if bound else (STRENGTH[method],):
        for medium in (Medium.WIRELESS,) if record.ssid else media:
            yield Evidence(
                subject, Method.PORTAL if bound else method, strength, place, record.hardware, medium, record.ssid,
                record.port, record.address,
            )  # fmt: skip


def judge(evidence: Evidence, rulebook: Rulebook, now: float) -> Decision:
    """Decide as the doors do: whoever stands behind a hardware address and may not come in leaves it unknown."""
    decision = decide(evidence, rulebook, now)
    if evidence.method is Method.PORTAL and not isinstance(decision, Grant) and evidence.hardware is not None:
        nobody = evidence._replace(subject=None, method=Method.MAC, strength=Strength.NONE)
        return decide(nobody, rulebook, now)
    return decision


def _possible(rules: Iterable[Rule]) -> tuple[tuple[Medium, ...], tuple[Strength, ...]]:
    """Return the facts among which these rules make a difference at all."""
    told = list(rules)
    media = (Medium.WIRED, Medium.WIRELESS, Medium.REMOTE, Medium.UNKNOWN)
    strong = any(rule.strength is Strength.STRONG for rule in told)
    return (
        media if any(rule.medium for rule in told) else (Medium.UNKNOWN,),
        (Strength.PASSWORD, Strength.STRONG) if strong else (Strength.PASSWORD,),
    )


def _zone(decision: Decision) -> str | None:
    return decision.zone.code if isinstance(decision, Grant) else None


def _who(record: Record) -> str:
    return record.subject or record.hardware or record.login


def decided_by(decision: Decision) -> int | None:
    """Return the rule that decided; None where none did."""
    last = decision.trace[-1] if decision.trace else None
    return last.rule if last is not None and last.failed is None else None


def _because(before: Decision, after: Decision, enabled: frozenset[int]) -> tuple[Cause, int, str | None, str | None]:
    was, now = decided_by(before), decided_by(after)
    if was is None:
        return Cause.APPLIES, now or 0, None, None
    if was not in enabled:
        return Cause.GONE, was, None, None
    for step in after.trace:
        if step.rule == was and step.failed is not None:
            return Cause.FAILS, was, step.failed, step.wanted
    return Cause.EARLIER, now or 0, None, None
