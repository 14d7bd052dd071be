"""Zones over the API."""

from access import devices
from portal.console.roles import Role
from portal.language import Text


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


def test_a_zone_that_devices_could_not_carry_out_is_not_saved(program, knowledge):
    """A limit that a device ignores is no limit; a zone into which nothing leads is nobody's to carry out."""
    why = Text("不支持限速", "knows no rates")
    knowledge.objections = lambda zone, _vendor: (why,) if zone.rate_up else ()
    with knowledge.store.write() as unit:
        devices.add(unit, "test", knowledge.sealer, name="c", prefix="10.0.0.1", vendor="cisco")
    one = program(Role.SECURITY)
    limited = {"name": "公用区", "vlan": "110", "rate_up": 1_000_000}
    told = one.ask("PUT", "/zones/public", limited, 409)
    assert told["code"] == "AP-402"
    assert why.english in told["objections"][0]["english"]
    assert one.get("/zones/public")["rate_up"] is None
    assert one.ask("PUT", "/zones/spare", limited)["rate_up"] == 1_000_000
