"""The errors of saving."""

import pytest

from access.malformed import DeviceMalformed, Malformed, RuleMalformed, ZoneMalformed


@pytest.mark.parametrize("kind", [DeviceMalformed, RuleMalformed, ZoneMalformed])
def test_names_the_field_and_what_would_do(kind: type[Malformed]):
    """One family, which names the field and what is wanted."""
    raised = kind("vlan", "an id from 1 to 4094")

    assert (raised.field, raised.wanted) == ("vlan", "an id from 1 to 4094")
    assert str(raised) == "vlan: an id from 1 to 4094"
    assert isinstance(raised, Malformed)
