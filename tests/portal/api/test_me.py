"""Whom a token stands for."""

from portal.console.roles import Right, Role


def test_a_token_says_whom_it_stands_for(program):
    """With the scopes that it has, and no other."""
    one = program(Role.UNIT, "court", {Right.PEOPLE_SEE})
    told = one.get("/me")
    assert (told["login"], told["role"], told["unit"]) == (one.login, "unit", "court")
    assert told["scopes"] == ["own", "people:see"]
