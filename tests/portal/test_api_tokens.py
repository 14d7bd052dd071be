"""Tokens of the API: hashed, scoped, bounded in time, and dead with their administrator."""

import pytest
from sqlalchemy import select

from portal import api_tokens
from portal.console.administrators import find
from portal.console.refusals import ConsoleRefused
from portal.console.roles import RIGHTS, Right, Role
from portal.tables import ApiTokenRow
from tests.support.doors import add_administrator


def token(knowledge, number, octets=bytes(32), **changes):
    """Make a token."""
    told = {"name": "x", "scopes": {Right.PEOPLE_SEE}, "seconds": 100.0, **changes}
    with knowledge.store.write() as unit:
        return api_tokens.make(unit, find(unit.session, number), octets=octets, **told)


def test_a_token_stands_for_its_administrator(knowledge):
    """Within its scopes, and for the own account; only its hash is kept."""
    number = add_administrator(knowledge, Role.SYSTEM, "a")
    made = token(knowledge, number)
    held = api_tokens.holder(knowledge.store, made, knowledge.clock())
    assert (held.administrator.number, held.scopes) == (number, {Right.PEOPLE_SEE, Right.OWN})
    with knowledge.store.read() as session:
        row = session.scalars(select(ApiTokenRow)).one()
    assert made.encode() not in row.hash
    assert row.used_at is not None


def test_tokens_die(knowledge):
    """Late, revoked, unknown, or of a disabled administrator: the same answer."""
    number = add_administrator(knowledge, Role.SYSTEM, "a")
    late, revoked, orphan = (token(knowledge, number, bytes([one]) * 32) for one in (1, 2, 3))
    now = knowledge.clock()
    assert api_tokens.holder(knowledge.store, late, now + 101) is None
    with knowledge.store.write() as unit:
        api_tokens.revoke(unit, "admin:a", number, 2)
    assert api_tokens.holder(knowledge.store, revoked, now) is None
    with knowledge.store.write() as unit:
        find(unit.session, number).enabled = False
    assert api_tokens.holder(knowledge.store, orphan, now) is None
    for junk in ("", "tn_", "tn_" + "0" * 64, "\udcff"):
        assert api_tokens.holder(knowledge.store, junk, now) is None


def test_a_scope_is_a_right_of_the_role(knowledge):
    """Neither more, nor nothing; and what a role lost, its tokens lost."""
    number = add_administrator(knowledge, Role.AUDIT, "a")
    for changes in (
        {"scopes": {Right.PEOPLE_CHANGE}},
        {"scopes": set()},
        {"scopes": {"own"}},
        {"scopes": {"root"}},
        {"name": " "},
        {"name": "a\nb"},
        {"seconds": api_tokens.LONGEST + 1},
        {"seconds": 0},
    ):
        with pytest.raises(ConsoleRefused):
            token(knowledge, number, **changes)
    made = token(knowledge, number, scopes={Right.AUDIT_SEE})
    with knowledge.store.write() as unit:
        find(unit.session, number).role = Role.SYSTEM.value
    assert api_tokens.holder(knowledge.store, made, knowledge.clock()).scopes == {Right.OWN}


def test_nobody_revokes_anothers(knowledge):
    """As if there were none."""
    one, two = (add_administrator(knowledge, Role.SYSTEM, name) for name in "ab")
    made = token(knowledge, one)
    with pytest.raises(ConsoleRefused), knowledge.store.write() as unit:
        api_tokens.revoke(unit, "admin:b", two, 1)
    assert api_tokens.holder(knowledge.store, made, knowledge.clock()) is not None


def test_each_role_may_give_what_it_has():
    """Nothing else is offered."""
    for role in Role:
        assert set(api_tokens.offered(role)) == RIGHTS[role] - {Right.OWN}
