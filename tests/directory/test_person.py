"""People and endpoints as a login sees them."""

import pytest

from directory.person import Endpoint, Person, State, normal_login


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("LiWei", "liwei"), ("  liwei ", "liwei"), ("STRAẞE", "strasse"), ("阿依古丽", "阿依古丽")],
)
def test_one_spelling_of_a_login(typed, kept):
    """Case does not matter, as in LDAP (RFC 4517 §4.2.11), nor does space around the name."""
    assert normal_login(typed) == kept


def test_nobody_changes_a_person_in_place():
    """The mirror replaces an entry as a whole, so that a login never sees half a change."""
    person = Person("p-1", "e-1", "uid=li,dc=test", "li", "city", State.ACTIVE)
    endpoint = Endpoint("e-1", "e", "cn=x", "aa:bb:cc:00:11:22", "city", State.ACTIVE)
    for one in (person, endpoint):
        with pytest.raises(AttributeError):
            one.state = State.LEFT


def test_nothing_is_granted_by_default():
    """A person of whom little is known has no rights, no verifier and no assurance."""
    person = Person("p-1", "e-1", "uid=li,dc=test", "li", "city", State.DRAFT)

    assert (person.zones, person.verifiers, person.nt_hash, person.assurance) == (frozenset(), (), None, 0)
