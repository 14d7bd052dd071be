"""Rules over the API."""

from directory import people
from portal.console.administrators import find
from portal.console.roles import Role


def test_rules_are_added_changed_moved_and_removed(program):
    """In their order."""
    one = program(Role.SECURITY)
    made = one.post("/rules", {"name": "夜间", "result": "refuse", "category": ["visitor"], "position": 1}, 201)
    assert (made["position"], made["category"]) == (1, ["visitor"])
    path = f"/rules/{made['number']}"
    assert one.ask("PATCH", path, {"category": ["visitor", "vendor"]})["category"] == ["vendor", "visitor"]
    assert one.post(f"{path}/move", {"position": 3})["position"] == 3
    assert [each["position"] for each in one.get("/rules")["items"]] == [1, 2, 3, 4]
    assert one.ask("PATCH", path, {"result": "nowhere"}, 422)["field"] == "result"
    assert one.ask("PATCH", path, {"site": ["a,b"]}, 422)["field"] == "site"
    one.ask("DELETE", path, None, 204)
    assert one.get(path, 404)["code"] == "AP-303"


def test_somebody_answers_for_an_exception(program):
    """Whoever made it; it ends by itself."""
    one = program(Role.SECURITY)
    made = one.post("/rules", {"name": "例外", "result": "public", "valid_until": "2099-01-01T00:00:00Z"}, 201)
    assert made["approved_by"].endswith(f"({one.login})")
    assert one.ask("PATCH", f"/rules/{made['number']}", {"valid_until": None})["approved_by"] is None


def test_nobody_makes_a_rule_for_the_own_person(program, knowledge):
    """Nor changes one that names it."""
    one, other = program(Role.SECURITY), program(Role.SECURITY)
    with knowledge.store.write() as unit:
        own = people.by_login(unit.session, "zhangwei").subject
        find(unit.session, one.number).person = own
    new = {"name": "例外", "result": "dedicated", "person": [own]}
    assert one.post("/rules", new, 403)["code"] == "CN-204"
    path = f"/rules/{other.post('/rules', new, 201)['number']}"
    for method, tail, body in (("PATCH", "", {"person": []}), ("POST", "/move", {"position": 1}), ("DELETE", "", None)):
        assert one.ask(method, path + tail, body, 403)["code"] == "CN-204"
