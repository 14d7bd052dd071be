"""Before a change of the rules is saved: what it would have made of the logins of the last day.

The draft lives in the address of the page, so a reload keeps it and nothing is written. Saved is exactly what was
rehearsed, against the rules with which it was: a signed digest of both comes back with the save.
"""

from collections.abc import Callable
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from starlette.responses import Response

from access.malformed import RuleMalformed
from access.rehearsal import Example
from access.rule_drafts import Act, Draft
from access.rulebook import Rule
from portal import form_tokens, rehearsals
from portal.carrying import Objected
from portal.console import conditions
from portal.console.desk import Desk, Posted, asks
from portal.console.malformed_words import sentence as flaw_sentence
from portal.console.refusals import ConsoleRefused, Why
from portal.console.roles import Right
from portal.console.rule_forms import DraftFlawed, asked_of, draft_of, form_page, names, pairs, typed
from portal.console.rule_sentences import Names, result_name, sentence
from portal.form_tokens import TokenBroken
from portal.knowledge import Knowledge
from portal.language import Text
from portal.rehearsals import MOST_LOGINS, Stale
from portal.rendering import written_time
from portal.requests import go

router = APIRouter()
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
            seen = rehearsals.rehearsed(desk, session, draft)
        except DraftFlawed as flawed:
            return form_page(desk, typed(fields), number=_number(fields), errors=flawed.errors)
        except RuleMalformed as malformed:
            if Act(fields.text("act")) not in (Act.ADD, Act.CHANGE):
                raise ConsoleRefused(Why.FORM_STALE) from None
            errors = {_FIELDS.get(malformed.field, malformed.field): flaw_sentence(malformed)}
            return form_page(desk, typed(fields), number=_number(fields), errors=errors)
        known = names(session, [*seen.before, *seen.after])
    if seen.result.changed:
        desk.viewed("rehearsal", draft.act.value)  # its examples name people
    return desk.page(
        "console/rehearsal.html", draft=draft, Act=Act, result=seen.result, more=seen.is_cut, most=MOST_LOGINS,
        objections=seen.objections, changes=_changes(draft, seen.before, seen.after, known),
        zone=lambda code: result_name(code, known), who=seen.names, condition=conditions.name_of,
        wanted=_wanted(desk, known), pairs=pairs(fields), token=_seal(desk.knowledge, seen.fingerprint),
        back=_back(fields), is_stale=bool(fields.text("stale")), here=f"/rules/rehearsal?{urlencode(pairs(fields))}",
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
            number = rehearsals.carry_out(desk, unit, draft, told.get("digest"))
    except (TokenBroken, DraftFlawed, RuleMalformed, Objected, Stale):
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


def _seal(knowledge: Knowledge, fingerprint: str) -> str:
    return form_tokens.make(knowledge.key(_PURPOSE), _PURPOSE, knowledge.clock(), digest=fingerprint)


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
