"""What people type is brought to the spelling of the records, or refused beside its field."""

from contextlib import suppress
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory import units
from directory.refusal import RegistryRefused
from portal.console import typed
from portal.console.refusals import ConsoleRefused
from tests.support.doors import person_of

CITY = ZoneInfo("Asia/Shanghai")


def test_a_day_is_one_of_the_citys_zone():
    """It begins at midnight there, and a validity ends with the day that was typed."""
    assert typed.begin_of("2026-11-25", CITY, "x") == 1795536000.0
    assert typed.end_of("2026-11-25", CITY, "x") == 1795536000.0 + 86400
    assert typed.day_of(1795536000.0, CITY) == "2026-11-25"
    assert typed.day_of(1795536000.0 + 86400, CITY, last=True) == "2026-11-25"
    assert typed.begin_of("", CITY, "x") is typed.end_of("", CITY, "x") is None
    assert typed.day_of(None, CITY) == ""


@given(st.text(max_size=12))
def test_any_text_is_a_day_or_refused(text):
    """Nothing else is raised."""
    with suppress(ConsoleRefused):
        at = typed.end_of(text, CITY, "until")
        assert at is None or typed.day_of(at, CITY, last=True) == text


@pytest.mark.parametrize("text", ["0A-BB-CC-00-00-01", "0abb.cc00.0001", "0ABBCC000001", " 0a:bb:cc:00:00:01 "])
def test_a_hardware_address_is_read_however_it_is_parted(text):
    """As labels, switches and scanners write it."""
    assert typed.hardware_of(text) == "0a:bb:cc:00:00:01"


@given(st.text(max_size=30))
def test_any_text_is_a_hardware_address_or_refused(text):
    """Nothing else is raised."""
    with suppress(RegistryRefused):
        assert len(typed.hardware_of(text)) == 17


def test_people_and_units_are_known_by_what_a_suggestion_says(knowledge):
    """A suggestion, a login, a subject id; a code, a name that only one unit has."""
    subject = person_of(knowledge, "zhangwei").subject
    with knowledge.store.write() as unit:
        for text in (typed.suggestion("张伟", "zhangwei"), "zhangwei", " ZhangWei ", subject):
            assert typed.person_of(unit.session, text, "owner").subject == subject
        for text in (typed.suggestion("市财政局", "finance"), "finance", "市财政局", "市财政局（finance）"):
            assert typed.unit_of(unit.session, text, "to").code == "finance"
        units.add(unit, "test", code="other", name="市财政局", kind="department")
        for text in ("市财政局", "x", "", "(finance", "张伟 (nobody)", "a" * 4000, "\udc80"):
            with pytest.raises(RegistryRefused):
                typed.unit_of(unit.session, text, "to")
        for text in ("张伟", "", "('"):
            with pytest.raises(RegistryRefused):
                typed.person_of(unit.session, text, "owner")
