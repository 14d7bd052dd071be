"""Endpoints over the API."""

import pytest

from directory import people
from portal.console.roles import Role


@pytest.fixture
def owners(knowledge):
    """Subjects of two people of the court, and one of finance."""
    with knowledge.store.read() as session:
        return [people.by_login(session, login).subject for login in ("liting", "ailijiang", "zhangwei")]


def test_the_life_of_an_endpoint(program, owners):
    """Registered, changed, prolonged, handed over, retired."""
    one = program(Role.UNIT, "court")
    new = {"hardware": "02:00:00:00:00:01", "name": "打印机", "kind": "printer", "owner": owners[0]}
    made = one.post("/endpoints", new, 201)
    assert (made["unit"], made["state"]) == ("court", "active")
    assert one.post("/endpoints", new, 409)["code"] == "RG-112"
    path = f"/endpoints/{made['subject']}"
    told = {"name": "三楼打印机", "owner": owners[1], "valid_until": "2099-01-01T00:00:00Z"}
    changed = one.ask("PATCH", path, told)
    assert (changed["name"], changed["owner"], changed["kind"]) == ("三楼打印机", owners[1], "printer")
    assert changed["valid_until"].startswith("2099")
    assert one.get("/endpoints?ends_before=2100-01-01T00:00:00Z")["items"] == [changed]
    assert one.post(f"{path}/retire")["endpoint"]["state"] == "left"
    assert one.ask("PATCH", path, {"name": "x"}, 409)["code"] == "RG-303"
    assert one.get("/endpoints?text=三楼")["items"][0]["subject"] == made["subject"]


def test_nobody_elses_person_answers(program, owners):
    """Nor is a device of others taken over."""
    city, court = program(Role.SYSTEM), program(Role.UNIT, "court")
    new = {"hardware": "02:00:00:00:00:02", "name": "摄像头", "kind": "camera", "owner": owners[2]}
    assert court.post("/endpoints", new, 422)["field"] == "owner"
    made = city.post("/endpoints", new, 201)
    city.post(f"/endpoints/{made['subject']}/retire")
    assert court.post("/endpoints", new | {"owner": owners[0]}, 409)["code"] == "RG-112"
    assert court.get("/endpoints?unit=finance", 404)["code"] == "CN-202"
