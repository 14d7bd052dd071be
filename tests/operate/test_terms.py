"""Words for the codes of the records."""

from access.enforcement import Outcome
from access.evidence import Strength
from access.rulebook import Rule
from directory.person import State
from directory.reconciliation import Fault
from directory.spelling import CATEGORIES, UNIT_KINDS
from operate.terms import CONDITIONS, STRENGTHS, TERMS, condition, term


def test_every_code_has_its_words():
    """The records' own lists and ours are the same."""
    assert set(TERMS["state"]) == {state.value for state in State}
    assert set(TERMS["category"]) == set(CATEGORIES)
    assert set(TERMS["unit_kind"]) == set(UNIT_KINDS)
    assert set(TERMS["outcome"]) == {outcome.value for outcome in Outcome}
    assert set(TERMS["fault"]) == {fault.value for fault in Fault}
    assert [Strength(number).name.lower() for number in range(len(STRENGTHS))] == list(STRENGTHS)


def test_conditions_are_fields_of_rules():
    """Every condition that a trace may name has words."""
    assert set(CONDITIONS) <= set(Rule._fields)
    assert condition("new").english == "new"


def test_an_unknown_code_stays():
    """A code without words is shown as it is."""
    assert term("state", "other") == "other"
    assert term("number", 7) == 7
