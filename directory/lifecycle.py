"""Joiner, mover, leaver as a table: what may be done to a person in which state, and where it leads. Pure."""

from enum import StrEnum

from directory.person import State


class Act(StrEnum):
    """What is done to a person's record."""

    RELEASE = "release"  # the real name is verified: the account begins
    CHANGE = "change"  # name, mail, validity and the like
    RIGHTS = "rights"  # personal rights
    MOVE = "move"  # another unit answers for the person
    SUSPEND = "suspend"
    RESUME = "resume"
    END = "end"  # the person leaves
    PRESERVE = "preserve"  # taken out of the tree, kept for the record


class LifecycleError(Exception):
    """The act is not possible in the state; nothing was changed."""

    def __init__(self, state: State, act: Act) -> None:
        super().__init__(f"{act.value} is not possible in the state {state.value}")
        self.state = state
        self.act = act


# Nobody comes back from `left`: who returns gets a new account, so that an old record never means a new employment.
# A record may still move afterwards, because the unit that answers for it can be dissolved.
TABLE: dict[tuple[State, Act], State] = {
    (State.DRAFT, Act.RELEASE): State.ACTIVE,
    (State.DRAFT, Act.CHANGE): State.DRAFT,
    (State.DRAFT, Act.RIGHTS): State.DRAFT,
    (State.DRAFT, Act.MOVE): State.DRAFT,
    (State.DRAFT, Act.END): State.LEFT,
    (State.ACTIVE, Act.CHANGE): State.ACTIVE,
    (State.ACTIVE, Act.RIGHTS): State.ACTIVE,
    (State.ACTIVE, Act.MOVE): State.ACTIVE,
    (State.ACTIVE, Act.SUSPEND): State.SUSPENDED,
    (State.ACTIVE, Act.END): State.LEFT,
    (State.SUSPENDED, Act.CHANGE): State.SUSPENDED,
    (State.SUSPENDED, Act.RIGHTS): State.SUSPENDED,
    (State.SUSPENDED, Act.MOVE): State.SUSPENDED,
    (State.SUSPENDED, Act.RESUME): State.ACTIVE,
    (State.SUSPENDED, Act.END): State.LEFT,
    (State.LEFT, Act.MOVE): State.LEFT,
    (State.LEFT, Act.PRESERVE): State.PRESERVED,
    (State.PRESERVED, Act.MOVE): State.PRESERVED,
}


def after(state: State, act: Act) -> State:
    """Return the state that follows; raises LifecycleError where the table has no such pair."""
    following = TABLE.get((state, act))
    if following is None:
        raise LifecycleError(state, act)
    return following
