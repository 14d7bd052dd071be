"""What an administrator reaches, by role and unit."""

import pytest

from portal.console.administrators import find
from portal.console.refusals import ConsoleRefused
from portal.console.roles import Right, Role
from portal.reach import Reach
from tests.support.doors import acts_about, add_administrator


def reach(knowledge, role, unit=None):
    """Return the reach of a new administrator."""
    number = add_administrator(knowledge, role, f"a-{role.value}", unit)
    with knowledge.store.read() as session:
        return Reach(knowledge, find(session, number))


def test_a_unit_is_a_world(knowledge):
    """Its administrator sees the subtree; what has no unit is the city's."""
    one = reach(knowledge, Role.UNIT, "court")
    assert one.scope == {"court"}
    assert (one.sees("court"), one.sees("finance"), one.sees(None)) == (True, False, False)
    with pytest.raises(ConsoleRefused) as refused:
        one.must_see("finance")
    assert refused.value.status == 404


def test_the_city_is_everybody_elses(knowledge):
    """Without a scope everything is there, within the rights of the role."""
    one = reach(knowledge, Role.AUDIT)
    assert one.scope is None
    assert one.sees(None)
    assert one.may(Right.AUDIT_SEE)
    assert not one.may(Right.PEOPLE_CHANGE)


def test_nobody_changes_the_own_person(knowledge):
    """Where the registry knows who the administrator is."""
    one = reach(knowledge, Role.SYSTEM)
    one.must_be_other("p-x")
    one.administrator.person = "p-x"
    with pytest.raises(ConsoleRefused):
        one.must_be_other("p-x")


def test_what_is_looked_at_is_an_act_of_the_administrator(knowledge):
    """In a unit of work of the administrator's."""
    one = reach(knowledge, Role.SYSTEM)
    one.viewed("person", "p-x")
    assert acts_about(knowledge, "p-x") == ["person.view"]
