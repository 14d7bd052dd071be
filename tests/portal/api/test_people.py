"""People over the API."""

import pytest

from directory import people
from portal.console.administrators import find
from portal.console.roles import Role

pytestmark = pytest.mark.postgresql

NEW = {"login": "sunli", "name": "孙丽", "unit": "court", "telephone": "0571-8800"}


def subject(knowledge, login):
    """Return a person's subject."""
    with knowledge.store.read() as session:
        return people.by_login(session, login).subject


def test_people_are_found_and_paged(program):
    """By pinyin, state and unit; the next page begins behind the last login."""
    one = program(Role.SYSTEM)
    assert [each["login"] for each in one.get("/people?text=zw")["items"]] == ["zhangwei"]
    assert [each["login"] for each in one.get("/people?unit=court")["items"]] == ["ailijiang", "liting"]
    first = one.get("/people?limit=3")
    second = one.get(f"/people?limit=3&after={first['next']}")
    assert [each["login"] for each in (*first["items"], *second["items"])] == [
        "ailijiang", "liting", "wangfang", "zhangwei",
    ]  # fmt: skip
    assert second["next"] is None
    assert one.get("/people?state=left")["items"] == []


def test_a_person_is_added_and_changed(program):
    """As a draft; null takes a value away, what is absent stays."""
    one = program(Role.UNIT, "court")
    made = one.post("/people", NEW, 201)
    assert (made["state"], made["zones"]) == ("draft", [])
    path = f"/people/{made['subject']}"
    assert one.get(path) == made
    changed = one.ask("PATCH", path, {"telephone": None, "title": "书记员"})
    assert (changed["telephone"], changed["title"], changed["name"]) == (None, "书记员", "孙丽")


def test_what_is_refused_says_why(program):
    """Taken, malformed, elsewhere: each with its code and field."""
    one = program(Role.UNIT, "court")
    assert one.post("/people", NEW | {"login": "zhangwei"}, 409)["code"] == "RG-102"
    assert one.post("/people", NEW | {"mail": "x"}, 422)["field"] == "mail"
    assert one.post("/people", NEW | {"unit": "finance"}, 422)["code"] == "RG-202"
    assert one.post("/people", NEW | {"zones": ["nowhere"]}, 422)["field"] == "zones"
    assert one.post("/people", NEW | {"password": "x"}, 422)["errors"][0]["field"] == "body.password"
    assert one.get("/people?unit=finance", 404)["code"] == "CN-202"


def test_nobody_changes_the_own_person(program, knowledge):
    """By no door."""
    one = program(Role.SYSTEM)
    own = subject(knowledge, "zhangwei")
    with knowledge.store.write() as unit:
        find(unit.session, one.number).person = own
    assert one.ask("PATCH", f"/people/{own}", {"title": "局长"}, 403)["code"] == "CN-204"
    assert one.post(f"/people/{own}/suspend", None, 403)["code"] == "CN-204"


def test_looking_is_recorded(program, knowledge):
    """A person in full is personal data."""
    one = program(Role.SYSTEM)
    own = subject(knowledge, "zhangwei")
    one.get(f"/people/{own}")
    (act,) = program(Role.AUDIT).get("/acts?act=person.view")["items"]
    assert (act["actor"], act["subject"]) == (f"admin:{one.login}", own)
