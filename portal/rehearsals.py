"""A change of the rules on its way: what it would have made of the last day's logins, and carried out as looked at.

The console and the API both come through here, so that nobody decides about the own person, and no device is asked for
what it cannot carry out, by either way.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from access import logins, rule_drafts
from access.evidence import place_of
from access.rehearsal import Known, Record, Rehearsal, rehearse
from access.rule_drafts import Draft
from access.rulebook import Rule, compile_rulebook
from access.rules import ENDED_KEPT, load_rules
from access.tables import DeviceRow
from access.zones import load_zones
from directory import endpoints, people, units
from directory.mirror import Ambiguous
from directory.person import Endpoint, Person
from directory.registry import EndpointRow, PersonRow
from portal import carrying
from portal.knowledge import Knowledge
from portal.language import Text
from portal.reach import Reach
from store.engine import Unit

LATELY = 86_400.0  # seconds of logins that are looked at
MOST_LOGINS = 50_000


class Stale(Exception):  # noqa: N818 - a refusal: it has to be rehearsed again
    """Rules, zones or devices are not those with which the draft was rehearsed, or it is another draft."""


class Rehearsed(NamedTuple):
    """What came of it, with the rules before and after."""

    result: Rehearsal
    before: list[Rule]
    after: list[Rule]
    is_cut: bool  # there were more than MOST_LOGINS; the latest ones were looked at
    names: dict[str, str]  # of the people and endpoints in the examples, by subject id
    objections: list[Text]  # what devices could not carry out and did not have to before
    fingerprint: str  # of the draft and all that it was looked at with


def approver(reach: Reach) -> str:
    """Return how an exception names who answers for it."""
    return f"{reach.administrator.name} ({reach.administrator.login})"


def refuse_own(reach: Reach, session: Session, draft: Draft) -> None:
    """Raise ConsoleRefused where a rule names the administrator before or after. Raises RuleMalformed for no rule."""
    for subject in rule_drafts.persons(session, draft):
        reach.must_be_other(subject)


def rehearsed(reach: Reach, session: Session, draft: Draft) -> Rehearsed:
    """Return what a draft would have made of the last day; nothing is written. Raises RuleMalformed, ConsoleRefused."""
    knowledge = reach.knowledge
    refuse_own(reach, session, draft)
    after = rule_drafts.proposed(session, draft)
    before = load_rules(session)
    records = logins.judged(session, since=knowledge.clock() - LATELY, limit=MOST_LOGINS + 1)
    is_cut, records = len(records) > MOST_LOGINS, records[:MOST_LOGINS]
    result = _compared(knowledge, session, records, before, after)
    fingerprint = rule_drafts.fingerprint(session, draft)
    in_the_way = _objections(knowledge, session, after)
    return Rehearsed(result, before, after, is_cut, _names(session, result), in_the_way, fingerprint)


@contextmanager
def judged(reach: Reach, unit: Unit, draft: Draft) -> Iterator[None]:
    """Let a change of the rules be made inside, if it is not about the administrator and devices can carry it out.

    Raises ConsoleRefused before, carrying.Objected after; RuleMalformed where there is no such rule.
    """
    refuse_own(reach, unit.session, draft)
    before = carrying.objections(reach.knowledge, unit.session)
    yield
    carrying.refuse(reach.knowledge, unit.session, before=before)


def carry_out(reach: Reach, unit: Unit, draft: Draft, fingerprint: object) -> int:
    """Make the change that was rehearsed; return the number of the rule, 0 for an order. Raises Stale, as `judged`."""
    if fingerprint != rule_drafts.fingerprint(unit.session, draft):
        raise Stale
    with judged(reach, unit, draft):
        return rule_drafts.carry_out(unit, reach.actor, draft)


def _compared(
    knowledge: Knowledge, session: Session, records: list[Record], before: list[Rule], after: list[Rule]
) -> Rehearsal:
    zones, tree, now = load_zones(session).values(), units.parents(session), knowledge.clock()
    present, proposed = (
        compile_rulebook(zones, [rule for rule in rules if not _is_over(rule, now)], tree,
                         time_zone=knowledge.access.time_zone)
        for rules in (before, after)
    )  # fmt: skip
    return rehearse(records, _known(knowledge, session, records), present, proposed)


def _objections(knowledge: Knowledge, session: Session, after: list[Rule]) -> list[Text]:
    """Return what devices could not carry out and did not have to before."""
    before = carrying.objections(knowledge, session)
    return [one for one in carrying.objections(knowledge, session, rules=after) if one not in before]


def _is_over(rule: Rule, now: float) -> bool:
    return rule.valid_until is not None and rule.valid_until < now - ENDED_KEPT


def _known(knowledge: Knowledge, session: Session, records: list[Record]) -> Known:
    """Return who and where, from the mirror, and from the registry whom the mirror does not have."""
    subjects = {record.subject for record in records if record.subject is not None}
    persons: dict[str, Person] = {}
    for subject in subjects:
        try:
            person = knowledge.mirror.by_subject(subject)
        except Ambiguous:
            continue
        if person is not None:
            persons[subject] = person
    missing = sorted(subjects - persons.keys())
    devices: dict[str, Endpoint] = {}
    for start in range(0, len(missing), 500):
        some = missing[start : start + 500]
        # Plain rows: a day may have 20,000 people, and objects of each cost ten times as much.
        for row in session.execute(select(*PersonRow.__table__.columns).where(PersonRow.subject.in_(some))):
            persons[row.subject] = people.as_person(row)
        for thing in session.scalars(select(EndpointRow).where(EndpointRow.subject.in_(some))):
            devices[thing.subject] = endpoints.as_endpoint(thing)
    columns = (DeviceRow.number, DeviceRow.name, DeviceRow.vendor, DeviceRow.group, DeviceRow.site)
    places = {row.number: place_of(row) for row in session.execute(select(*columns))}
    return Known(persons, devices, places)


def _names(session: Session, result: Rehearsal) -> dict[str, str]:
    """Return the names of the people and endpoints in the examples."""
    subjects = {one.record.subject for shift in result.shifts for one in shift.examples if one.record.subject}
    found = {row.subject: row.name for row in session.scalars(select(PersonRow).where(PersonRow.subject.in_(subjects)))}
    things = session.scalars(select(EndpointRow).where(EndpointRow.subject.in_(subjects)))
    return found | {row.subject: row.name for row in things}
