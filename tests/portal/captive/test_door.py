"""What the captive pages share."""

from portal.captive.door import STYLE, field, mark_of
from tests.support.doors import publish


def test_pages_are_small_and_need_nothing_else(visitor):
    """One response under 50 KB, no script, no file, no cookie."""
    answer = visitor.come()
    assert len(answer.content) < 50_000
    assert "<script" not in answer.text
    assert "src=" not in answer.text
    assert 'rel="stylesheet"' not in answer.text
    assert "set-cookie" not in answer.headers
    assert STYLE in answer.text


def test_a_changed_password_ends_what_was_proven_with_the_old_one(knowledge):
    """The mark in the form is of the verifiers."""
    subject = publish(knowledge, "zhangwei")
    before = mark_of(knowledge.mirror.by_subject(subject), knowledge)
    publish(knowledge, "zhangwei", "another")
    assert mark_of(knowledge.mirror.by_subject(subject), knowledge) != before


def test_odd_fields_count_as_empty():
    """Too long, or a file."""
    assert field({"a": "x" * 2000}, "a") == ""
    assert field({"a": object()}, "a") == ""
    assert field({"a": " x "}, "a") == "x"
    assert field({"a": " x "}, "a", strip=False) == " x "
