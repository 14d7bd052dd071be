"""What paths and bodies name is found within reach."""

import pytest

from directory import people
from portal.api import reached
from portal.api.problems import AboutBody, Refused
from portal.console.administrators import find
from portal.console.refusals import ConsoleRefused
from portal.console.roles import Role
from portal.reach import Reach
from tests.support.doors import add_administrator


@pytest.fixture
def court(knowledge):
    """The reach of the court's administrator."""
    number = add_administrator(knowledge, Role.UNIT, "judge", "court")
    with knowledge.store.read() as session:
        return Reach(knowledge, find(session, number))


def test_outside_there_is_nothing(court, knowledge):
    """For a path: not found. For a body: the field is not acceptable, as if it did not exist."""
    with knowledge.store.read() as session:
        other = people.by_login(session, "zhangwei").subject
        own = people.by_login(session, "liting").subject
        assert reached.person(court, session, own).subject == own
        with pytest.raises(ConsoleRefused):
            reached.person(court, session, other)
        for named in (lambda: reached.named_person(court, session, other, "owner"),
                      lambda: reached.named_unit(court, session, "finance"),
                      lambda: reached.named_unit(court, session, "nowhere")):  # fmt: skip
            with pytest.raises(AboutBody):
                named()
        assert reached.sees_subject(court, session, own)
        assert not reached.sees_subject(court, session, other)
        assert not reached.sees_subject(court, session, None)


def test_a_units_administrator_ends_no_administrator(court, knowledge):
    """That would be a decision about the city's administration."""
    number = add_administrator(knowledge, Role.AUDIT, "liting")
    with knowledge.store.write() as unit:
        subject = people.by_login(unit.session, "liting").subject
        find(unit.session, number).person = subject
    with knowledge.store.read() as session:
        reached.person_to_change(court, session, subject)
        with pytest.raises(Refused):
            reached.person_to_change(court, session, subject, takes_away=True)


def test_zones_that_are_none(knowledge):
    """A right to a zone that is not there would be a slip."""
    with knowledge.store.read() as session:
        assert reached.named_zones(session, ["public"]) == {"public"}
        with pytest.raises(Refused):
            reached.named_zones(session, ["public", "nowhere"])
