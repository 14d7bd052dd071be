"""Password proven: what comes next."""

import pytest

from access.decision import Grant, Refusal
from access.evidence import Strength
from access.reasons import Reason
from directory.person import Person, State
from portal.captive.judging import Next, next_step
from portal.captive.visits import Visit
from tests.support.doors import DEVICE, HARDWARE

VISIT = Visit(HARDWARE, 1, "127.0.0.1")
PLAIN = Person("p-1", "e", "dn", "zhangwei", "finance", State.ACTIVE)
SPECIAL = PLAIN._replace(zones=frozenset({"dedicated"}))


def step(knowledge, person, strength=Strength.PASSWORD, *, has_factor=False):
    """What comes next."""
    now = knowledge.clock()
    return next_step(person, VISIT, DEVICE, knowledge.rulebook, now, strength=strength, has_factor=has_factor)


def zone(answer):
    """The zone that is granted."""
    assert isinstance(answer.decision, Grant)
    return answer.decision.zone.code


def test_the_factor_is_asked_for_where_it_changes_the_zone(knowledge):
    """Not of somebody whom it would bring nothing."""
    assert zone(step(knowledge, PLAIN, has_factor=True)) == "public"
    assert step(knowledge, SPECIAL, has_factor=True).next is Next.FACTOR
    assert zone(step(knowledge, SPECIAL, Strength.STRONG, has_factor=True)) == "dedicated"


def test_without_a_factor_the_lesser_zone_or_a_reason(knowledge):
    """Who has none is told so where nothing else is open."""
    lesser = step(knowledge, SPECIAL)
    assert (zone(lesser), lesser.better.code) == ("public", "dedicated")
    assert step(knowledge, PLAIN).better is None
    nothing = step(knowledge, SPECIAL._replace(category="vendor"))
    assert nothing.decision.reason is Reason.SECOND_FACTOR_MISSING


@pytest.mark.parametrize("must_change", [False, True])
@pytest.mark.parametrize("has_factor", [False, True])
@pytest.mark.parametrize("strength", [Strength.PASSWORD, Strength.STRONG])
def test_state_comes_first(knowledge, must_change, has_factor, strength):
    """Whose account is suspended or over hears that, and is asked for nothing."""
    person = SPECIAL._replace(must_change=must_change)
    for changed, reason in (
        ({"state": State.SUSPENDED}, Reason.PERSON_SUSPENDED),
        ({"state": State.LEFT}, Reason.PERSON_LEFT),
        ({"valid_until": 1.0}, Reason.EXPIRED),
        ({"locked_until": float("inf")}, Reason.DIRECTORY_LOCKED),
    ):
        refused = step(knowledge, person._replace(**changed), strength, has_factor=has_factor)
        assert refused.next is Next.DONE
        assert isinstance(refused.decision, Refusal)
        assert refused.decision.reason is reason


def test_a_first_password_is_replaced_before_anything(knowledge):
    """Whether a rule asks for a second factor or none does."""
    for person in (PLAIN, SPECIAL, SPECIAL._replace(category="vendor")):
        assert step(knowledge, person._replace(must_change=True)).next is Next.OWN_PASSWORD


def test_who_has_a_factor_proves_it_before_a_first_password_is_replaced(knowledge):
    """Also where no rule asks for it, or none lets the person in; once proven it is not asked for again."""
    for person in (PLAIN, SPECIAL, SPECIAL._replace(category="vendor"), PLAIN._replace(category="visitor")):
        first = person._replace(must_change=True)
        assert step(knowledge, first, has_factor=True).next is Next.FACTOR
        assert step(knowledge, first, Strength.STRONG, has_factor=True).next is Next.OWN_PASSWORD
        assert step(knowledge, person, Strength.STRONG, has_factor=True).next is Next.DONE
