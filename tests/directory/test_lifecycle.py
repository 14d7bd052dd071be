import itertools

import pytest

from directory import lifecycle
from directory.lifecycle import TABLE, Act, LifecycleError
from directory.person import State


def test_joiner_mover_leaver():
    """A person is released, suspended, resumed, ended and preserved, in this order."""
    state = State.DRAFT
    for act, expected in (
        (Act.RELEASE, State.ACTIVE),
        (Act.MOVE, State.ACTIVE),
        (Act.SUSPEND, State.SUSPENDED),
        (Act.RESUME, State.ACTIVE),
        (Act.END, State.LEFT),
        (Act.PRESERVE, State.PRESERVED),
    ):
        state = lifecycle.after(state, act)
        assert state is expected


@pytest.mark.parametrize(("state", "act"), [pair for pair in itertools.product(State, Act) if pair not in TABLE])
def test_what_is_not_in_the_table_is_refused_by_name(state, act):
    """A pair that the table lacks raises LifecycleError, which names both."""
    with pytest.raises(LifecycleError, match=rf"{act.value}.*{state.value}") as caught:
        lifecycle.after(state, act)
    assert (caught.value.state, caught.value.act) == (state, act)


def test_nobody_comes_back():
    """From `left` and `preserved` no act leads to a state with access."""
    gone = {State.LEFT, State.PRESERVED}
    assert {following for (state, _), following in TABLE.items() if state in gone} <= gone


def test_only_release_and_resume_lead_to_active():
    """The real name cannot be skipped: `active` is entered by release, and by resume of a suspended person."""
    entering = {(state, act) for (state, act), to in TABLE.items() if to is State.ACTIVE and state is not State.ACTIVE}
    assert entering == {(State.DRAFT, Act.RELEASE), (State.SUSPENDED, Act.RESUME)}
