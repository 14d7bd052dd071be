"""The page of API tokens."""

import re

from portal.api_tokens import holder, offered
from portal.console.roles import Right, Role
from portal.console.tokens import SCOPES


def made(one, **changes):
    """Make a token and return the answer."""
    return one.post("/tokens/new", {"name": "人事系统", "scopes": ["audit:see"], "days": "30", **changes})


def test_a_token_is_shown_once(clerk, knowledge):
    """And then only its name and scopes are."""
    one = clerk(Role.AUDIT)
    token = re.search(r"tn_[0-9a-f]{64}", made(one).text)[0]
    assert holder(knowledge.store, token, knowledge.clock()).scopes == {Right.AUDIT_SEE, Right.OWN}
    listed = one.get("/tokens").text
    assert token not in listed
    assert "人事系统" in listed
    assert "查看审计记录" in listed


def test_only_what_the_role_has_is_offered_and_taken(clerk):
    """A form that somebody changed gives no more."""
    one = clerk(Role.AUDIT)
    assert "people:change" not in one.get("/tokens/new").text
    for changes in ({"scopes": ["people:change"]}, {"scopes": []}, {"name": ""}, {"days": "366"}, {"days": "x"}):
        answer = made(one, **changes)
        assert answer.status_code == 400, changes
        assert "请更正" in answer.text


def test_revoked_is_dead_and_nobody_elses(clerk, knowledge):
    """Another administrator's number opens nothing."""
    one, other = clerk(Role.AUDIT), clerk(Role.SYSTEM)
    token = re.search(r"tn_[0-9a-f]{64}", made(one).text)[0]
    assert other.post("/tokens/1/revoke").status_code == 404
    assert holder(knowledge.store, token, knowledge.clock()) is not None
    assert one.post("/tokens/1/revoke").status_code == 303
    assert holder(knowledge.store, token, knowledge.clock()) is None


def test_every_scope_has_words():
    """In both languages."""
    assert set(SCOPES) == set(Right)
    assert all(set(offered(role)) <= set(SCOPES) for role in Role)
