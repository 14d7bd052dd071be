"""The closed list of my account."""

import re

from portal.account.refusals import Why, not_found


def test_codes_are_stable_unlike_and_in_both_languages():
    """A code stands for one meaning; English has no Chinese in it."""
    codes = [why.code for why in Why]
    assert len(codes) == len(set(codes))
    for why in Why:
        assert re.fullmatch(r"AC-[1-9]\d\d", why.code)
        assert re.search("[\u4e00-\u9fff]", why.value.text.chinese)
        assert not re.search("[\u4e00-\u9fff]", why.value.text.english)


def test_what_is_another_persons_is_not_there():
    """One answer for both, so that nobody finds out which numbers are taken."""
    assert not_found().status == 404
