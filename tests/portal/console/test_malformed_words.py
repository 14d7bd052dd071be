"""What a form says about a field."""

from access.malformed import DeviceMalformed, RuleMalformed, ZoneMalformed
from portal.console.malformed_words import sentence


def test_both_languages_say_what_is_wanted():
    """The Chinese sentence by field, the English one as the act said it; an unforeseen field has words, too."""
    assert "网段" in sentence(DeviceMalformed("prefix", "an address")).chinese
    assert sentence(ZoneMalformed("vlan", "an id")).english == "Wanted: an id."
    assert sentence(RuleMalformed("name", "x")).chinese != sentence(RuleMalformed("hours", "x")).chinese
    assert sentence(RuleMalformed("strange", "{x}")).chinese
