"""Tokens as programs send them."""

import json
from pathlib import Path

import portal.api
from portal.api_tokens import tokens_of
from portal.console.administrators import find
from portal.console.roles import Right, Role
from tests.support.doors import person_of


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


def test_every_act_says_by_which_token(program, knowledge):
    """Number and name, beside what the act says itself; also of a look, a removal and an export."""
    one, auditor = program(Role.SYSTEM), program(Role.AUDIT)
    one.post("/units", {"code": "x", "name": "新单位", "kind": "department"}, 201)
    one.ask("DELETE", "/units/x", None, 204)
    one.get(f"/people/{person_of(knowledge, 'zhangwei').subject}")
    auditor.ask("POST", "/acts/export", {"reason": "年度检查"})
    for program_, act in ((one, "unit.add"), (one, "unit.remove"), (one, "person.view"), (auditor, "audit.export")):
        told = auditor.get(f"/acts?act={act}&limit=1")["items"][0]["after"]
        assert json.loads(told)["token"] == f"{program_.get('/me')['token']} program"
    assert json.loads(auditor.get("/acts?act=unit.add&limit=1")["items"][0]["after"])["name"] == "新单位"


def test_no_operation_writes_past_the_token():
    """Units of work come from the caller, so that no act is without its token."""
    for file in Path(portal.api.__file__).parent.glob("*.py"):
        assert file.name == "bearer.py" or "store.write(" not in file.read_text(encoding="utf-8"), file.name


def test_a_missing_scope_is_named(program):
    """As RFC 6750 §3.1 wants it."""
    one = program(Role.SYSTEM, scopes={Right.UNITS_SEE})
    answer = one.client.get("http://127.0.0.1:8444/api/v1/people")
    assert 'scope="people:see"' in answer.headers["www-authenticate"]
