"""Evidence: how strong each method is."""

from access.evidence import STRENGTH, Method, Strength


def test_every_method_has_a_strength():
    """A method without a strength cannot exist."""
    assert STRENGTH.keys() == set(Method)


def test_a_hardware_address_proves_nothing():
    """Anybody can copy a hardware address; a password is more, a second factor more again."""
    assert STRENGTH[Method.MAC] is Strength.NONE
    assert Strength.NONE < STRENGTH[Method.PAP] < Strength.STRONG
