"""The fields of a record, to a form and back."""

from types import SimpleNamespace

import pytest
from starlette.datastructures import FormData

from directory import people
from portal.console import person_fields
from portal.console.desk import Posted
from portal.console.refusals import ConsoleRefused
from tests.support.doors import person_of


def read(knowledge, row, **fields):
    desk = SimpleNamespace(knowledge=knowledge, posted=Posted(FormData(fields)))
    return person_fields.read(desk, row)


def test_what_was_not_touched_stays_to_the_second(knowledge):
    """A form shows days; an end at half past four on a day is not moved to midnight by another change."""
    with knowledge.store.write() as unit:
        subject = people.by_login(unit.session, "zhangwei").subject
        people.change(unit, "test", subject, valid_from=1_700_000_001.0, valid_until=2_000_000_001.0)
    row = person_of(knowledge, "zhangwei")
    shown = person_fields.shown(row, knowledge.time_zone)
    assert shown["valid_until"] == "2033-05-18"
    assert shown["mail"] == ""
    same = read(knowledge, row, **shown)
    assert (same["valid_from"], same["valid_until"]) == (1_700_000_001.0, 2_000_000_001.0)
    assert read(knowledge, row, **{**shown, "valid_until": "2033-05-19"})["valid_until"] == 2_000_131_200.0
    assert read(knowledge, row, **{**shown, "valid_until": ""})["valid_until"] is None


def test_zones_that_are_not_there_are_refused(knowledge):
    """A right to nothing would be a slip of somebody's form."""
    with knowledge.store.read() as session:
        assert person_fields.zones_in(session, Posted(FormData([("zones", "public")]))) == {"public"}
        with pytest.raises(ConsoleRefused):
            person_fields.zones_in(session, Posted(FormData([("zones", "public"), ("zones", "x")])))
        assert [code for code, _ in person_fields.zone_choices(session)] == ["dedicated", "portal", "public"]
