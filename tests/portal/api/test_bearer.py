"""Tokens as programs send them."""

from portal.api_tokens import tokens_of
from portal.console.administrators import find
from portal.console.roles import Right, Role


def test_a_dead_token_is_dead_at_once(program, knowledge):
    """Revoked, or its administrator disabled: the next request is refused."""
    one, other = program(Role.SYSTEM), program(Role.SYSTEM)
    with knowledge.store.write() as unit:
        for row in tokens_of(unit.session, one.number):
            row.revoked_at = unit.now
        find(unit.session, other.number).enabled = False
    for each in (one, other):
        assert each.get("/me", 401)["code"] == "AP-102"


def test_what_is_done_is_done_in_the_administrators_name(program, knowledge):
    """As the record of acts tells it."""
    one = program(Role.SYSTEM)
    one.post("/units", {"code": "x", "name": "新单位", "kind": "department"}, 201)
    auditor = program(Role.AUDIT)
    (act,) = auditor.get("/acts?act=unit.add&limit=1")["items"]
    assert act["actor"] == f"admin:{one.login}"
    assert knowledge is not None


def test_a_missing_scope_is_named(program):
    """As RFC 6750 §3.1 wants it."""
    one = program(Role.SYSTEM, scopes={Right.UNITS_SEE})
    answer = one.client.get("http://127.0.0.1:8444/api/v1/people")
    assert 'scope="people:see"' in answer.headers["www-authenticate"]
