"""One way for all changes of rules: rehearsed against the last day, judged, and carried out as looked at."""

import pytest

from access.rule_drafts import Act, Draft
from access.rules import find
from portal.console import administrators
from portal.console.refusals import ConsoleRefused
from portal.console.roles import Role
from portal.reach import Reach
from portal.rehearsals import Stale, approver, carry_out, rehearsed
from tests.support.doors import add_administrator, person_of


@pytest.fixture
def reach(knowledge):
    """A security administrator."""
    number = add_administrator(knowledge, Role.SECURITY, "sec")
    with knowledge.store.read() as session:
        return Reach(knowledge, administrators.find(session, number))


def test_only_what_was_rehearsed_is_carried_out(knowledge, reach):
    """With the fingerprint of the draft and of all that it was looked at with."""
    draft = Draft(Act.CHANGE, 3, {"strength": 2})
    with knowledge.store.read() as session:
        seen = rehearsed(reach, session, draft)
    assert (seen.result.looked_at, seen.objections) == (0, [])
    with pytest.raises(Stale), knowledge.store.write() as unit:
        carry_out(reach, unit, draft._replace(number=2), seen.fingerprint)
    with knowledge.store.write() as unit:
        assert carry_out(reach, unit, draft, seen.fingerprint) == 3
        assert find(unit.session, 3).strength == 2


def test_nobody_decides_about_a_rule_on_themselves(knowledge, reach):
    """Not even in a rehearsal; an exception names whoever made it."""
    reach.administrator.person = person_of(knowledge, "zhangwei").subject
    draft = Draft(Act.CHANGE, 3, {"person": reach.administrator.person})
    with knowledge.store.read() as session, pytest.raises(ConsoleRefused):
        rehearsed(reach, session, draft)
    assert approver(reach) == "管理员sec (sec)"
