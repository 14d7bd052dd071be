"""Types that bodies and answers share."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from directory.spelling import CATEGORIES, UNIT_KINDS
from portal.api.fields import Line, Moment, instant, moment, seconds
from portal.api.people import Category, PersonChange, told_fields
from portal.api.units import UnitKind


def test_times_come_back_as_they_were():
    """Through RFC 3339, with an offset."""
    when = TypeAdapter(Moment).validate_python("2026-11-25T22:10:03+08:00")
    assert instant(seconds(when)) == datetime(2026, 11, 25, 14, 10, 3, tzinfo=UTC)
    assert moment(None) is None
    assert seconds(None) is None


@pytest.mark.parametrize(
    "text", ["2026-11-25T22:10:03", "1969-12-31T00:00:00Z", "9999-12-31T00:00:00Z", "0001-01-01T00:00:00+14:00", 1e300]
)
def test_times_of_another_age_are_refused(text):
    """A login's number would not hold them; without an offset nobody knows what is meant."""
    with pytest.raises(ValidationError):
        TypeAdapter(Moment).validate_python(text)


@given(st.text())
def test_a_line_is_a_line(text):
    """Short, and without control characters."""
    try:
        TypeAdapter(Line).validate_python(text)
    except ValidationError:
        return
    assert len(text) <= 200
    assert not any(ord(each) < 32 for each in text)


def test_only_what_is_told_changes():
    """Null takes away, absence leaves; choices are plain texts."""
    body = PersonChange.model_validate({"mail": None, "category": "staff", "valid_until": "2026-01-01T00:00:00Z"})
    assert told_fields(body) == {"mail": None, "category": "staff", "valid_until": 1767225600.0}
    assert type(told_fields(body)["category"]) is str


def test_choices_are_those_of_the_registry():
    """The description offers what is taken, and all of it."""
    assert {each.value for each in Category} == set(CATEGORIES)
    assert {each.value for each in UnitKind} == set(UNIT_KINDS)
