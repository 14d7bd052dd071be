"""Network devices over the API."""

from typing import get_args

from access import devices, enforcement
from access.device_drops import record_drops
from portal.api.devices import Vendor
from portal.console.roles import Role
from portal.language import Text
from radius.vendor import vendor_names

NEW = {"name": "sw-1", "prefix": "10.0.0.1", "vendor": "huawei", "site": "一号楼"}
WHY = Text("不支持限速", "knows no rates")


def test_a_secret_is_told_once(program, knowledge):
    """When it is made, and when the next one is drawn; then both are valid until the rotation is finished."""
    one = program(Role.SYSTEM)
    made = one.post("/devices", NEW, 201)
    number = made["device"]["number"]
    assert made["secret"] not in str(one.get(f"/devices/{number}"))
    following = one.post(f"/devices/{number}/rotation", None, 201)
    assert following["device"]["rotating"]
    with knowledge.store.read() as session:
        table = devices.load_devices(session, knowledge.sealer)
    assert table.by_number(number).secrets == (made["secret"].encode(), following["secret"].encode())
    assert not one.post(f"/devices/{number}/rotation/finish")["rotating"]
    assert one.post(f"/devices/{number}/rotation/finish", None, 409)["code"] == "AP-302"


def test_what_got_no_answer_is_told(program, knowledge):
    """By reason, as the console shows it; a device that is none has none."""
    one = program(Role.SYSTEM)
    number = one.post("/devices", NEW, 201)["device"]["number"]
    assert one.get(f"/devices/{number}/drops")["items"] == []
    with knowledge.store.write() as unit:
        record_drops(unit, {(number, "unsigned"): (4, "10.0.0.1")})
    (drop,) = one.get(f"/devices/{number}/drops")["items"]
    assert (drop["drop"], drop["packets"], drop["address"]) == ("unsigned", 4, "10.0.0.1")
    one.get("/devices/999/drops", 404)


def test_a_rotation_can_be_given_up(program, knowledge):
    """The secret before stays the only one; where nothing was begun there is nothing to give up."""
    one = program(Role.SYSTEM)
    made = one.post("/devices", NEW, 201)
    path = f"/devices/{made['device']['number']}/rotation"
    assert one.post(f"{path}/cancel", None, 409)["field"] == "rotation"
    one.post(path, None, 201)
    assert not one.post(f"{path}/cancel")["rotating"]
    with knowledge.store.read() as session:
        table = devices.load_devices(session, knowledge.sealer)
    assert table.by_number(made["device"]["number"]).secrets == (made["secret"].encode(),)


def test_a_device_that_could_not_carry_its_zones_out_is_saved_only_by_whoever_says_so(program, knowledge):
    """Nothing of what was refused remains; what was in the way before is no reason against another change."""
    knowledge.objections = lambda _zone, vendor: (WHY,) if vendor == "cisco" else ()
    one = program(Role.SYSTEM)
    told = one.post("/devices", NEW | {"vendor": "cisco"}, 409)
    assert told["code"] == "AP-402"
    assert any("不支持限速" in each["chinese"] and WHY.english in each["english"] for each in told["objections"])
    assert one.get("/devices")["items"] == []
    number = one.post("/devices", NEW, 201)["device"]["number"]
    path = f"/devices/{number}"
    assert one.ask("PATCH", path, {"vendor": "cisco"}, 409)["code"] == "AP-402"
    assert one.get(path)["vendor"] == "huawei"
    assert one.ask("PATCH", path, {"vendor": "cisco", "anyway": True})["vendor"] == "cisco"
    assert one.ask("PATCH", path, {"site": "二号楼"})["site"] == "二号楼"


def test_devices_are_changed_locked_disabled_and_removed(program):
    """And paged by number."""
    one = program(Role.SYSTEM)
    numbers = [one.post("/devices", NEW | {"name": f"sw-{n}", "prefix": f"10.0.0.{n}"}, 201)["device"]["number"]
               for n in (1, 2, 3)]  # fmt: skip
    first = one.get("/devices?limit=2")
    assert [each["number"] for each in first["items"]] == numbers[:2]
    assert [each["number"] for each in one.get(f"/devices?limit=2&after={first['next']}")["items"]] == numbers[2:]
    path = f"/devices/{numbers[0]}"
    assert one.post(f"{path}/lock")["require"] == "yes"
    assert not one.ask("PATCH", path, {"enabled": False})["enabled"]
    assert one.ask("PATCH", path, {"prefix": "10.0.0.2"}, 422)["field"] == "prefix"
    one.ask("DELETE", path, None, 204)
    assert one.get(path, 404)["code"] == "AP-303"


def test_a_device_is_probed(program, knowledge):
    """The order tells what it proved, once the device answered."""
    one = program(Role.SYSTEM)
    number = one.post("/devices", NEW, 201)["device"]["number"]
    given = one.post(f"/devices/{number}/probe", None, 202)
    assert (given["kind"], given["device"], given["session"], given["verdict"]) == ("probe", number, None, "waiting")
    with knowledge.store.write() as unit:
        enforcement.record_outcome(unit, given["number"], "nak", "made-up session: nak 503 session context not found")
    assert one.get(f"/orders/{given['number']}")["verdict"] == "answers"
    assert one.post("/devices/99/probe", None, 404)["code"] == "AP-303"


def test_unknown_sources_wait_in_the_inbox(program, knowledge):
    """Until they are a device."""
    with knowledge.store.write() as unit:
        devices.remember_unknown(unit, {"10.0.0.9": 3})
    one = program(Role.SYSTEM)
    assert [(each["address"], each["packets"]) for each in one.get("/unknown-sources")["items"]] == [("10.0.0.9", 3)]
    one.post("/devices", NEW | {"prefix": "10.0.0.9"}, 201)
    assert one.get("/unknown-sources")["items"] == []


def test_a_malformed_field_says_what_is_wanted(program):
    """In its own words."""
    told = program(Role.SYSTEM).post("/devices", NEW | {"prefix": "10.0.0.1/24"}, 422)
    assert told["field"] == "prefix"
    assert "host bits" in told["wanted"]


def test_every_vendor_is_offered():
    """The description names those that there are, and no other."""
    assert set(get_args(Vendor)) == set(vendor_names())
