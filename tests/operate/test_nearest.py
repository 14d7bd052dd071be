"""Guessing what was meant."""

from operate.nearest import nearest


def test_a_near_word_is_offered():
    """One slip of the finger is forgiven with an offer."""
    assert nearest("intrenet", ["internet", "office"]).english == "Did you mean internet?"


def test_else_all_words_are_listed():
    """Where nothing is near, what there is."""
    assert nearest("zzz", ["office", "internet"]).english == "Known are: internet, office."
