"""Password proven: what comes next."""

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
    assert (zone(lesser), lesser.better) == ("public", True)
    nothing = step(knowledge, SPECIAL._replace(category="vendor"))
    assert nothing.decision.reason is Reason.SECOND_FACTOR_MISSING


def test_state_comes_first(knowledge):
    """A suspended account hears that, and a first password is changed before anything."""
    suspended = step(knowledge, PLAIN._replace(state=State.SUSPENDED))
    assert isinstance(suspended.decision, Refusal)
    assert suspended.decision.reason is Reason.PERSON_SUSPENDED
    assert step(knowledge, PLAIN._replace(must_change=True)).next is Next.OWN_PASSWORD
