"""Changes of rules that are looked at first."""

import pytest

from access import rules, zones
from access.decision import Zone
from access.malformed import RuleMalformed
from access.rule_drafts import Act, Draft, carry_out, fingerprint, persons, proposed
from store.engine import Store


@pytest.fixture
def three(store: Store) -> Store:
    """Two rules and an exception between them."""
    with store.write() as unit:
        for code in ("office", "guest"):
            zones.add(unit, "test", Zone(code, code))
        rules.add(unit, "test", name="a", result="office")
        rules.add(unit, "test", name="b", result="guest", person="P1", valid_until=4e9, approved_by="x")
        rules.add(unit, "test", name="c", result="guest", category="visitor")
    return store


DRAFTS = [
    Draft(Act.ADD, fields={"name": "new", "result": "refuse", "person": "P2"}),
    Draft(Act.CHANGE, 1, {"name": "a", "result": "guest", "category": "staff"}),
    Draft(Act.DISABLE, 1),
    Draft(Act.ENABLE, 1),
    Draft(Act.REMOVE, 2),
    Draft(Act.ORDER, order=(3, 1)),
]


@pytest.mark.parametrize("draft", DRAFTS, ids=lambda draft: draft.act)
def test_what_was_proposed_is_what_comes_of_it(three: Store, draft: Draft):
    """The rules after the act are the rules that the rehearsal saw, but for the number of a new one."""

    def plain(found):
        return [
            rule._replace(number=0, position=0)
            for rule in sorted(found, key=lambda rule: (not rule.is_exception, rule.position))
        ]

    with three.read() as session:
        seen = proposed(session, draft)
        before = rules.load_rules(session)
        assert rules.load_rules(session) == before
    with three.write() as unit:
        number = carry_out(unit, "test", draft)
    assert number == (4 if draft.act is Act.ADD else draft.number)
    with three.read() as session:
        assert plain(rules.load_rules(session)) == plain(seen)


@pytest.mark.parametrize(
    "draft",
    [
        Draft(Act.ADD, fields={"name": "", "result": "office"}),
        Draft(Act.ADD, fields={"name": "x", "result": "nowhere"}),
        Draft(Act.CHANGE, 9, {"name": "x", "result": "office"}),
        Draft(Act.REMOVE, 9),
        Draft(Act.ORDER, order=(1,)),
        Draft(Act.ORDER, order=(1, 1, 3)),
        Draft(Act.ORDER, order=(1, 2, 3)),
    ],
)
def test_what_cannot_be_is_refused_in_both(three: Store, draft: Draft):
    """A rehearsal of it as well as the act."""
    with three.read() as session, pytest.raises(RuleMalformed):
        proposed(session, draft)
    with three.write() as unit, pytest.raises(RuleMalformed):
        carry_out(unit, "test", draft)


def test_the_fingerprint_changes_with_draft_rules_and_zones(three: Store):
    """So a save is refused where anything that was looked at is different by now."""
    draft = DRAFTS[1]
    with three.read() as session:
        first = fingerprint(session, draft)
        assert fingerprint(session, draft) == first
        assert len({fingerprint(session, each) for each in DRAFTS}) == len(DRAFTS)
    with three.write() as unit:
        rules.move(unit, "test", 3, 1)
    with three.read() as session:
        second = fingerprint(session, draft)
    with three.write() as unit:
        zones.change(unit, "test", Zone("office", "office", vlan="7"))
    with three.read() as session:
        assert len({first, second, fingerprint(session, draft)}) == 3


def test_whom_a_rule_names_before_or_after_is_known(three: Store):
    """Nobody decides about a rule on themselves, whichever way."""
    with three.read() as session:
        assert persons(session, Draft(Act.REMOVE, 2)) == {"P1"}
        assert persons(session, Draft(Act.CHANGE, 2, {"person": "P3"})) == {"P1", "P3"}
        assert persons(session, DRAFTS[0]) == {"P2"}
        assert persons(session, DRAFTS[5]) == set()
