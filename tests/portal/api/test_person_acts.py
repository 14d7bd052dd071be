"""What is done to one person over the API."""

import pytest

from directory import people
from portal.console.roles import Role
from tests.portal.api.builders import open_session


@pytest.fixture
def path(knowledge):
    """The path of a person."""
    with knowledge.store.read() as session:
        return f"/people/{people.by_login(session, 'zhangwei').subject}"


def test_the_life_of_an_account(program, knowledge):
    """Draft, released, moved with its rights ended, suspended, resumed, ended, preserved; nothing out of order."""
    one = program(Role.SYSTEM)
    new = {"login": "sunli", "name": "孙丽", "unit": "court", "zones": ["dedicated"]}
    path = f"/people/{one.post('/people', new, 201)['subject']}"
    assert one.post(f"{path}/suspend", None, 409)["code"] == "RG-303"
    assert one.post(f"{path}/release", {"assurance": 2})["state"] == "active"
    moved = one.post(f"{path}/move", {"unit": "finance"})
    assert (moved["unit"], moved["zones"]) == ("finance", [])
    assert one.ask("PUT", f"{path}/rights", {"zones": ["public"]})["zones"] == ["public"]
    assert one.post(f"{path}/suspend")["person"]["state"] == "suspended"
    assert one.post(f"{path}/resume")["state"] == "active"
    assert one.post(f"{path}/end")["person"]["state"] == "left"
    assert one.post(f"{path}/resume", None, 409)["code"] == "RG-303"
    assert one.post(f"{path}/preserve")["state"] == "preserved"
    assert knowledge is not None


def test_what_is_open_ends_and_can_be_followed(program, knowledge, path):
    """Each order by its number."""
    one = program(Role.SYSTEM)
    with knowledge.store.write() as unit:
        number = open_session(unit.session, path.rpartition("/")[2])
    for act in ("disconnect", "suspend"):
        (order,) = one.post(f"{path}/{act}")["orders"]
        told = one.get(f"/orders/{order}")
        assert (told["kind"], told["session"], told["outcome"]) == ("disconnect", number, None)


def test_a_password_is_told_once(program, knowledge, path):
    """It must be changed, and only its verifier goes to the directory; the record says that it was set."""
    one = program(Role.SYSTEM)
    words = one.post(f"{path}/password")["password"]
    ((_, changes),) = knowledge.pool.modified
    assert words.encode() not in changes["userPassword"][0]
    assert changes["pwdReset"] == [b"TRUE"]
    (act,) = program(Role.AUDIT).get("/acts?act=person.password")["items"]
    assert words not in str(act)


def test_a_lock_that_is_none(program, path):
    """Says so."""
    assert program(Role.SYSTEM).post(f"{path}/unlock") == {"subject": path.rpartition("/")[2], "was_locked": False}


def test_a_second_factor_that_is_none(program, path):
    """Cannot be taken away."""
    assert program(Role.SYSTEM).ask("DELETE", f"{path}/factor", None, 404)["code"] == "RG-204"


def test_nobody_is_moved_out_of_reach_or_given_what_is_not_there(program, knowledge):
    """A unit's program moves within the own subtree."""
    one = program(Role.UNIT, "court")
    with knowledge.store.read() as session:
        path = f"/people/{people.by_login(session, 'liting').subject}"
    assert one.post(f"{path}/move", {"unit": "finance"}, 422)["field"] == "unit"
    assert one.ask("PUT", f"{path}/rights", {"zones": ["nowhere"]}, 422)["field"] == "zones"
