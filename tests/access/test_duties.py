"""Which vendors have to carry out which zones."""

from access.decision import Zone
from access.duties import Duty, Served, duties
from tests.access.builders import rule

ZONES = {"office": Zone("office", "办公")}
DEVICES = [Served("huawei", "access", "hall"), Served("cisco", "old", "hall"), Served("huawei", "access", "yard")]


def test_a_rule_asks_of_the_devices_that_it_covers():
    """Group and site narrow it; each vendor is named once."""
    found = list(
        duties([rule(1), rule(2, device_group="access"), rule(3, site="yard", device_group="old")], ZONES, DEVICES)
    )

    assert found == [
        Duty(1, ZONES["office"], "cisco"),
        Duty(1, ZONES["office"], "huawei"),
        Duty(2, ZONES["office"], "huawei"),
    ]


def test_what_leads_nowhere_asks_for_nothing():
    """A disabled rule, one that refuses, and one whose zone is gone."""
    rules = [rule(1, enabled=False), rule(2, result="refuse"), rule(3, result="gone")]

    assert list(duties(rules, ZONES, DEVICES)) == []
