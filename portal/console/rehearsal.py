"""Before a change of the rules is saved: what it would have made of the logins of the last day.

The draft lives in the address of the page, so a reload keeps it and nothing is written. Saved is exactly what was
rehearsed, against the rules with which it was: a signed digest of both comes back with the save.
"""

from collections.abc import Callable
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import Response

from access import logins, rule_drafts
from access.evidence import Place
from access.malformed import RuleMalformed
from access.rehearsal import Example, Known, Record, Rehearsal, rehearse
from access.rule_drafts import Act, Draft
from access.rulebook import Rule, compile_rulebook
from access.rules import ENDED_KEPT, load_rules
from access.tables import DeviceRow
from access.zones import load_zones
from directory import endpoints, people, units
from directory.mirror import Ambiguous
from directory.person import Endpoint, Person
from directory.registry import EndpointRow, PersonRow
from portal import carrying, form_tokens
from portal.carrying import Objected
from portal.console import conditions
from portal.console.desk import Desk, Posted, asks, go
from portal.console.devices import LATELY
from portal.console.malformed_words import sentence as flaw_sentence
from portal.console.refusals import ConsoleRefused, Why
from portal.console.roles import Right
from portal.console.rule_forms import DraftFlawed, asked_of, draft_of, form_page, names, pairs, typed
from portal.console.rule_sentences import Names, result_name, sentence
from portal.form_tokens import TokenBroken
from portal.knowledge import Knowledge
from portal.language import Text
from portal.rendering import written_time

router = APIRouter()
MOST_LOGINS = 50_000
PATIENCE = 3600.0  # seconds for which a rehearsal may be saved
_PURPOSE = "rehearsal"
_FIELDS = {"valid_until": "until", "approved_by": "until"}  # of the rule → of the form


@router.get("/rules/rehearsal")
def rehearsal(desk: Desk = Depends(asks(Right.RULES_CHANGE))) -> Response:
    """Show what a change would have made of the last day, with the button that saves it."""
    fields = asked_of(desk)
    with desk.knowledge.store.read() as session:
        try:
            draft = draft_of(desk, session, fields)
            _refuse_own(desk, session, draft)
            after = rule_drafts.proposed(session, draft)
        except DraftFlawed as flawed:
            return form_page(desk, typed(fields), number=_number(fields), errors=flawed.errors)
        except RuleMalformed as malformed:
            if Act(fields.text("act")) not in (Act.ADD, Act.CHANGE):
                raise ConsoleRefused(Why.FORM_STALE) from None
            errors = {_FIELDS.get(malformed.field, malformed.field): flaw_sentence(malformed)}
            return form_page(desk, typed(fields), number=_number(fields), errors=errors)
        seal = _seal(desk, session, draft)
        before = load_rules(session)
        objected = _objections(desk.knowledge, session, after)
        records = logins.judged(session, since=desk.knowledge.clock() - LATELY, limit=MOST_LOGINS + 1)
        more, records = len(records) > MOST_LOGINS, records[:MOST_LOGINS]
        result = _rehearsed(desk.knowledge, session, records, before, after)
        known = names(session, [*before, *after])
        who = _who(session, result)
    if result.changed:
        desk.viewed("rehearsal", draft.act.value)  # its examples name people
    return desk.page(
        "console/rehearsal.html", draft=draft, Act=Act, result=result, more=more, most=MOST_LOGINS, objections=objected,
        changes=_changes(draft, before, after, known), zone=lambda code: result_name(code, known), who=who,
        condition=conditions.name_of, wanted=_wanted(desk, known), pairs=pairs(fields), token=seal, back=_back(fields),
        is_stale=bool(fields.text("stale")), here=f"/rules/rehearsal?{urlencode(pairs(fields))}",
    )  # fmt: skip


@router.post("/rules/save")
def save(desk: Desk = Depends(asks(Right.RULES_CHANGE, proven=True))) -> Response:
    """Make the change that was rehearsed; where rules, zones or devices changed meanwhile, rehearse it again."""
    fields = desk.posted
    again = f"/rules/rehearsal?{urlencode([*pairs(fields), ('stale', 'yes')])}"
    try:
        told = form_tokens.read(
            desk.knowledge.key(_PURPOSE), _PURPOSE, fields.text("token"), desk.knowledge.clock(), seconds=PATIENCE
        )
        with desk.knowledge.store.write() as unit:
            draft = draft_of(desk, unit.session, fields)
            if told.get("digest") != rule_drafts.fingerprint(unit.session, draft):
                return go(again)
            _refuse_own(desk, unit.session, draft)
            before = carrying.objections(desk.knowledge, unit.session)
            number = rule_drafts.carry_out(unit, desk.actor, draft)
            carrying.refuse(desk.knowledge, unit.session, before=before)
    except (TokenBroken, DraftFlawed, RuleMalformed, Objected):
        return go(again)
    return go(f"/rules/{number}" if number and draft.act is not Act.REMOVE else "/rules")


def _number(fields: Posted) -> int:
    return 0 if fields.text("act") == Act.ADD else fields.number("number")


def _back(fields: Posted) -> str:
    act = fields.text("act")
    query = urlencode([pair for pair in pairs(fields) if pair[0] != "number"])
    if act == Act.ADD:
        return f"/rules/new?{query}"
    if act == Act.CHANGE:
        return f"/rules/{_number(fields)}/edit?{query}"
    return f"/rules?{query}" if act == Act.ORDER else f"/rules/{_number(fields)}"


def _refuse_own(desk: Desk, session: Session, draft: Draft) -> None:
    own = desk.administrator.person
    if own is not None and own in rule_drafts.persons(session, draft):
        raise ConsoleRefused(Why.OWN_REQUEST, status=403)


def _seal(desk: Desk, session: Session, draft: Draft) -> str:
    digest = rule_drafts.fingerprint(session, draft)
    return form_tokens.make(desk.knowledge.key(_PURPOSE), _PURPOSE, desk.knowledge.clock(), digest=digest)


def _rehearsed(
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
    places = {row[0]: Place(*row) for row in session.execute(select(*columns))}
    return Known(persons, devices, places)


def _who(session: Session, result: Rehearsal) -> dict[str, str]:
    """Return the names of the people and endpoints in the examples."""
    subjects = {one.record.subject for shift in result.shifts for one in shift.examples if one.record.subject}
    found = {row.subject: row.name for row in session.scalars(select(PersonRow).where(PersonRow.subject.in_(subjects)))}
    things = session.scalars(select(EndpointRow).where(EndpointRow.subject.in_(subjects)))
    return found | {row.subject: row.name for row in things}


def _wanted(desk: Desk, known: Names) -> Callable[[Example], Text]:
    """Return what says which condition of a rule would have had to hold."""
    codes = conditions.Directory(units=known.units, zones=known.zones, people=known.people)

    def wanted(one: Example) -> Text:
        zone = desk.knowledge.time_zone
        return conditions.wanted(one.failed or "", one.wanted, codes, lambda at: written_time(at, zone))

    return wanted


def _changes(
    draft: Draft, before: list[Rule], after: list[Rule], known: Names
) -> list[tuple[Text | None, Text | None]]:
    """Return the sentences of the rule before and after; for an order, none."""
    if draft.act is Act.ORDER:
        return []
    was = next((rule for rule in before if rule.number == draft.number), None) if draft.number else None
    now = next((rule for rule in after if rule.number == draft.number), None)
    return [(sentence(was, known) if was else None, sentence(now, known) if now else None)]
