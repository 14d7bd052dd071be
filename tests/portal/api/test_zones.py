"""Zones over the API."""

from portal.console.roles import Role


def test_zones_are_put_and_removed(program):
    """New or replaced, by code; nothing leads into one that is removed."""
    one = program(Role.SECURITY)
    made = one.ask("PUT", "/zones/guest", {"name": "访客区", "vlan": "130", "excludes": ["dedicated"]})
    assert (made["code"], made["excludes"]) == ("guest", ["dedicated"])
    assert one.ask("PUT", "/zones/guest", {"name": "访客区"})["vlan"] is None
    assert one.ask("PUT", "/zones/guest", {"name": "访客区", "vlan": "5000"}, 422)["field"] == "vlan"
    assert one.get("/zones/guest")["name"] == "访客区"
    one.ask("DELETE", "/zones/guest", None, 204)
    assert one.ask("DELETE", "/zones/public", None, 409)["code"] == "AP-302"
    assert [each["code"] for each in one.get("/zones")["items"]] == ["dedicated", "portal", "public"]
    assert one.get("/zones/guest", 404)["code"] == "AP-303"


def test_who_runs_the_network_does_not_decide_about_it(program):
    """Zones are the security administrator's."""
    program(Role.SYSTEM).ask("PUT", "/zones/guest", {"name": "x"}, 403)
