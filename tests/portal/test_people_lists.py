"""Lists of people by either way: within the reach, and never about oneself."""

import pytest

from directory.import_columns import guess_mapping
from directory.import_files import read_file
from directory.import_verdicts import Verdict
from directory.refusal import RegistryRefused
from portal.console import administrators
from portal.console.refusals import ConsoleRefused
from portal.console.roles import Role
from portal.people_lists import planned, ready
from portal.reach import Reach
from tests.support.doors import add_administrator, person_of

LIST = "姓名,登录名,单位代码,权限区域\n李婷,liting,court,public\n张伟,zhangwei,finance,\n"


def plan_of(knowledge, role, unit=None, text=LIST):
    """Return a reach and its plan of a list."""
    number = add_administrator(knowledge, role, f"a-{role}", unit)
    sheet = read_file("a.csv", text.encode())
    with knowledge.store.read() as session:
        reach = Reach(knowledge, administrators.find(session, number))
        return reach, planned(reach, session, sheet, guess_mapping(sheet.headings))


def test_zones_are_known_and_other_units_are_out_of_reach(knowledge):
    """A zone is one that there is; a refused row refuses the list, and no plan is none to carry out."""
    reach, plan = plan_of(knowledge, Role.UNIT, "court")
    assert [row.verdict for row in plan.rows] == [Verdict.CHANGE, Verdict.REFUSED]
    for each in (plan, None):
        with pytest.raises(RegistryRefused):
            ready(reach, each)


def test_a_list_that_changes_oneself_is_not_ready(knowledge):
    """One that says of oneself what is known already is."""
    reach, plan = plan_of(knowledge, Role.SYSTEM)
    assert ready(reach, plan) is plan
    reach.administrator.person = person_of(knowledge, "zhangwei").subject
    assert ready(reach, plan) is plan
    reach.administrator.person = person_of(knowledge, "liting").subject
    with pytest.raises(ConsoleRefused):
        ready(reach, plan)
