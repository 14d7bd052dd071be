"""The memory of proven passwords: bound to person and verifier, short, and never for a wrong one."""

import pytest

from directory import proven
from directory.person import Person, State
from directory.proven import Proven

PERSON = Person(
    subject="s1", entry="e1", dn="uid=li,ou=north", login="li", unit="north", state=State.ACTIVE,
    verifiers=(b"{ARGON2}one",), password_changed="20260101000000Z",
)  # fmt: skip
NOW = 1000.0


def remembering(person: Person = PERSON, password: bytes = b"word", seconds: float = 300.0) -> Proven:
    memory = Proven(seconds)
    memory.remember(person, password, NOW, memory.mark)
    return memory


def test_just_this_password_is_remembered():
    """The proven password is known again; any other, and any other person's, is not."""
    memory = remembering()
    assert memory.holds(PERSON, b"word", NOW)
    assert not memory.holds(PERSON, b"wordx", NOW)
    assert not memory.holds(PERSON, b"", NOW)
    assert not memory.holds(PERSON._replace(subject="s2"), b"word", NOW)


@pytest.mark.parametrize(
    "change",
    [
        {"verifiers": (b"{ARGON2}two",)}, {"verifiers": ()}, {"verifiers": (b"{ARGON2}one", b"x")}, {"entry": "e2"},
        {"dn": "uid=li,ou=south"}, {"password_changed": "20260101000001Z"}, {"locked_until": float("inf")},
    ],
)  # fmt: skip
def test_a_change_in_the_directory_ends_it(change: dict[str, object]):
    """What the directory would judge differently now is not answered from memory, even without `forget`."""
    assert not remembering().holds(PERSON._replace(**change), b"word", NOW)


def test_octets_cannot_move_between_verifier_and_password():
    """Parts are kept apart in the digest: a longer verifier with a shorter password is something else."""
    memory = remembering(PERSON._replace(verifiers=(b"ab",)), b"cd")
    assert not memory.holds(PERSON._replace(verifiers=(b"abc",)), b"d", NOW)


def test_time_ends_it_in_both_directions():
    """An entry counts for its seconds; a clock that was set back does not lengthen them."""
    memory = remembering(seconds=10.0)
    assert memory.holds(PERSON, b"word", NOW + 9.9)
    assert not memory.holds(PERSON, b"word", NOW + 10.0)
    assert not memory.holds(PERSON, b"word", NOW - 0.1)


def test_zero_seconds_remember_nothing():
    """A city that wants no such memory has none."""
    assert not remembering(seconds=0.0).holds(PERSON, b"word", NOW)


def test_forget_and_clear():
    """`forget` ends one person's entry, `clear` all."""
    other = PERSON._replace(subject="s2")
    memory = remembering()
    memory.remember(other, b"word", NOW, memory.mark)
    memory.forget("s1")
    assert not memory.holds(PERSON, b"word", NOW)
    assert memory.holds(other, b"word", NOW)
    memory.clear()
    assert not memory.holds(other, b"word", NOW)


def test_what_was_proven_before_a_change_is_not_remembered_after_it():
    """A verification that was under way when something was forgotten leaves no entry behind."""
    memory = Proven(300.0)
    mark = memory.mark
    memory.forget("s1")
    memory.remember(PERSON, b"word", NOW, mark)
    assert not memory.holds(PERSON, b"word", NOW)


def test_number_of_people_is_bounded(monkeypatch: pytest.MonkeyPatch):
    """When it is full the oldest entry goes; one that was renewed is not the oldest."""
    monkeypatch.setattr(proven, "_PEOPLE", 2)
    people = [PERSON._replace(subject=name) for name in "abc"]
    memory = Proven(300.0)
    for person in (people[0], people[1], people[0], people[2]):
        memory.remember(person, b"word", NOW, memory.mark)
    assert [memory.holds(person, b"word", NOW) for person in people] == [True, False, True]


def test_nothing_readable_is_kept():
    """Neither password nor verifier lies in the memory, only keyed digests that differ from process to process."""
    first, second = remembering(), remembering()
    assert first._entries["s1"].digest != second._entries["s1"].digest
    assert "word" not in str(first._entries)
    assert repr(first._entries["s1"]) == "_Entry()"
