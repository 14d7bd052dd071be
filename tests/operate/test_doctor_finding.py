"""What the checks find."""

from operate.doctor_finding import Finding, Level
from operate.words import t


def test_a_finding_needs_no_remedy():
    """What is well has nothing to be done about."""
    assert Finding(Level.FINE, "x", t("好", "well")).remedy is None


def test_levels_are_words():
    """Programs read them in JSON."""
    assert [level.value for level in Level] == ["fine", "note", "warning", "wrong"]
