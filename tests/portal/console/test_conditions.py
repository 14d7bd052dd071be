"""Conditions of rules in words."""

import pytest

from access.rulebook import compile_rulebook
from portal.console import conditions
from portal.console.conditions import NAMES, Directory
from tests.access.builders import rule

DIRECTORY = Directory(units={"court": "法院"}, zones={"office": "办公区"}, people={"P1": "阿依"})


def said(condition, told):
    """Return what is wanted, in both languages."""
    return conditions.wanted(condition, told, DIRECTORY, str)


@pytest.mark.parametrize(
    ("condition", "told", "chinese", "english"),
    [
        ("category", "contract, staff", "聘用、在编", "Contract or Staff"),
        ("category", "unknown", "未登记的设备", "an unregistered device"),
        ("category", "a known person", "已登记的人员", "a registered person"),
        ("unit", "court", "法院及其下级", "法院, or below"),
        ("right", "office", "办公区", "办公区"),
        ("person", "P1, P2", "阿依、P2", "阿依 or P2"),
        ("method", "mac", "设备地址", "Hardware address"),
        ("medium", "wireless", "无线", "Wireless"),
        ("strength", "strong", "至少为 双因素", "at least: Two factors"),
        ("site", "a, b and 3 more", "a、b等，另有 3 项", "a or b, or 3 more"),
        ("valid_until", "before 1970-01-01T00:01:00Z", "在 60.0 之前", "before 60.0"),
        ("hours", "mon-fri 08:00-18:00; sat 09:00-12:00", "周一至周五 08:00-18:00；周六 09:00-12:00",
         "mon-fri 08:00-18:00; sat 09:00-12:00"),
    ],
)  # fmt: skip
def test_what_would_have_passed_reads_well(condition, told, chinese, english):
    """Codes become names, lists become sentences."""
    assert said(condition, told) == (chinese, english)


def test_every_condition_of_a_rulebook_has_a_name():
    """Whatever a trace may name."""
    everything = rule(
        person="P1", category="staff", right="office", unit="court", device_group="a", site="b", medium="wired",
        ssid="c", method="pap", strength=2, hours="mon 08:00-09:00", valid_until=10.0, approved_by="x",
    )  # fmt: skip
    from access.decision import Zone

    book = compile_rulebook([Zone("office", "x")], [everything], {"court": None})
    checks = book.people.of("P1")[0][0]
    assert {step.failed for _, _, step in checks} == set(NAMES)
    for _, _, step in checks:
        assert said(step.failed, step.wanted).english
