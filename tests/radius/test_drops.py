"""radius.drops: the closed list of reasons for silence."""

import re

from radius.drops import Drop


def test_labels_are_stable_names_for_logs_and_metrics():
    """Every label is unique, lower case with hyphens, and so needs no escaping anywhere."""
    labels = [drop.label for drop in Drop]
    assert len(set(labels)) == len(labels)
    assert all(re.fullmatch("[a-z]+(-[a-z]+)*", label) for label in labels)


def test_every_drop_has_a_sentence():
    """An operator reads a sentence, not a code."""
    assert all(drop.sentence.endswith(".") and drop.sentence[0].isupper() for drop in Drop)
