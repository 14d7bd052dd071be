"""Rules in order, as sentences; a new order is put together here and saved by the rehearsal."""

from fastapi import APIRouter, Depends
from starlette.responses import Response

from access import logins
from access.rulebook import REFUSE, Rule
from access.rules import load_rules
from portal.console.desk import Desk, Posted, asks
from portal.console.devices import LATELY
from portal.console.roles import Right
from portal.console.rule_forms import asked_of, form_page, names, order_of, people_named, rule_row, shown, typed
from portal.console.rule_sentences import sentence

router = APIRouter()
LAST_LOGINS = 20


@router.get("/rules")
def list_rules(desk: Desk = Depends(asks(Right.RULES_SEE))) -> Response:
    """List exceptions and rules in the order in which they are looked at, or in one that is being put together."""
    now = desk.knowledge.clock()
    with desk.knowledge.store.read() as session:
        found = load_rules(session)
        known = names(session, found)
        used = logins.uses(session, since=now - LATELY)
    saved = [rule for rule in found if not rule.is_exception]
    fields = asked_of(desk)
    ordinary = _moved(saved, fields) if desk.may(Right.RULES_CHANGE) else saved
    return desk.page(
        "console/rules.html", exceptions=[rule for rule in found if rule.is_exception], ordinary=ordinary,
        is_moved=[rule.number for rule in ordinary] != [rule.number for rule in saved], now=now, used=used,
        said={rule.number: sentence(rule, known) for rule in found}, REFUSE=REFUSE,
    )  # fmt: skip


def _moved(saved: list[Rule], fields: Posted) -> list[Rule]:
    """Return the rules in the order that the form names, one moved up or down; as saved where it names other rules."""
    order = list(order_of(fields))
    by_number = {rule.number: rule for rule in saved}
    if sorted(order) != sorted(by_number):
        return saved
    for direction, step in (("up", -1), ("down", 1)):
        told = fields.text(direction)
        place = order.index(int(told)) if told.isascii() and told.isdigit() and int(told) in by_number else -1
        if place >= 0 and 0 <= place + step < len(order):
            order[place], order[place + step] = order[place + step], order[place]
    return [by_number[number] for number in order]


@router.get("/rules/new")
def new(desk: Desk = Depends(asks(Right.RULES_CHANGE))) -> Response:
    """Show the form of a new rule, filled in with what the link says."""
    return form_page(desk, typed(asked_of(desk)), number=0)


@router.get("/rules/{number:int}/edit")
def edit(number: int, desk: Desk = Depends(asks(Right.RULES_CHANGE))) -> Response:
    """Show the form of a rule, as it is or as it was being changed."""
    fields = asked_of(desk)
    with desk.knowledge.store.read() as session:
        rule_row(session, number)
        if fields.text("act"):
            values = typed(fields)
        else:
            values = shown(desk, session, next(rule for rule in load_rules(session) if rule.number == number))
    return form_page(desk, values, number=number)


@router.get("/rules/{number:int}")
def show(number: int, desk: Desk = Depends(asks(Right.RULES_SEE))) -> Response:
    """Show a rule: its sentence, and whom it let in lately."""
    since = desk.knowledge.clock() - LATELY
    with desk.knowledge.store.read() as session:
        rule_row(session, number)
        rule = next(one for one in load_rules(session) if one.number == number)
        known = names(session, [rule])
        last = logins.by_rule(session, number, since=since, limit=LAST_LOGINS)
        use = logins.uses(session, since=since).get(number)
        people = {row.subject: row.name for row in people_named(session, {one.subject for one in last if one.subject})}
    if last:
        desk.viewed("rule", str(number))  # who logged in where is personal
    return desk.page(
        "console/rule.html", rule=rule, said=sentence(rule, known), last=last, use=use, people=people, REFUSE=REFUSE,
        now=desk.knowledge.clock(),
    )  # fmt: skip
