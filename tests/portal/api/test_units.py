"""Units over the API."""

from portal.console.roles import Role


def test_units_are_added_changed_and_removed(program):
    """With the registry's refusals."""
    one = program(Role.SYSTEM)
    made = one.post("/units", {"code": "tax", "name": "税务所", "kind": "department", "parent": "city"}, 201)
    assert made["parent"] == "city"
    assert one.post("/units", {"code": "tax", "name": "税务所", "kind": "department"}, 409)["code"] == "RG-105"
    assert one.post("/units", {"code": "b", "name": "b", "kind": "x"}, 422)["errors"][0]["field"] == "body.kind"
    changed = one.ask("PATCH", "/units/tax", {"name": "税务局", "parent": "finance"})
    assert (changed["name"], changed["parent"]) == ("税务局", "finance")
    assert one.ask("PATCH", "/units/finance", {"parent": "tax"}, 409)["code"] == "RG-301"
    assert one.ask("DELETE", "/units/finance", None, 409)["code"] == "RG-302"
    one.ask("DELETE", "/units/tax", None, 204)
    assert one.get("/units/tax", 404)["code"] == "RG-202"


def test_a_unit_sees_itself(program):
    """And what is below."""
    one = program(Role.UNIT, "court")
    assert [each["code"] for each in one.get("/units")["items"]] == ["court"]
    assert one.get("/units/court")["name"] == "市人民法院"
