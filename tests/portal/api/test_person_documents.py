"""Identity documents over the API."""

import pytest

from directory import people
from portal.console.administrators import find
from portal.console.roles import Right, Role
from tests.support.doors import acts_about, person_of

NUMBER, OTHER = "11010519491231002X", "110105195002150105"
MASK = "110105********002X"
WHY = {"reason": "协助核查"}


@pytest.fixture
def path(knowledge):
    """The documents of a person in the court."""
    return f"/people/{person_of(knowledge, 'liting').subject}/documents"


def test_a_document_is_recorded_replaced_and_removed(program, knowledge, path):
    """Shown masked; the record of acts has the mask too, and who looked."""
    one = program(Role.UNIT, "court")
    assert one.get(path)["items"] == []
    (told,) = one.ask("PUT", f"{path}/resident", {"number": NUMBER})["items"]
    assert (told["kind"], told["masked"]) == ("resident", MASK)
    (told,) = one.ask("PUT", f"{path}/resident", {"number": OTHER})["items"]
    assert told["masked"] == "110105********0105"
    one.ask("DELETE", f"{path}/resident", None, 204)
    assert one.ask("DELETE", f"{path}/resident", None, 404)["code"].startswith("RG-")
    subject = path.split("/")[2]
    assert acts_about(knowledge, subject)[-4:] == [
        "person.view", "document.record", "document.record", "document.remove",
    ]  # fmt: skip
    assert NUMBER not in str(program(Role.AUDIT).get(f"/acts?subject={subject}"))


def test_a_refused_number_is_not_repeated(program, path):
    """Impossible, of another kind, or somebody else's."""
    one = program(Role.SYSTEM)
    for kind, number in (("resident", NUMBER[:-1] + "1"), ("taiwan", NUMBER), ("passport", "x")):
        told = one.ask("PUT", f"{path}/{kind}", {"number": number}, 422)
        assert told["field"] == "number"
        assert number not in str(told) or number == "x"
    one.ask("PUT", f"{path}/resident", {"number": NUMBER})
    others = one.post("/people", {"login": "sunli", "name": "孙丽", "unit": "court"}, 201)["subject"]
    told = one.ask("PUT", f"/people/{others}/documents/resident", {"number": NUMBER}, 409)
    assert NUMBER not in str(told)


def test_a_number_is_read_in_clear_for_a_reason_only(program, knowledge, path):
    """The reason is on record before the number is told."""
    one = program(Role.SYSTEM)
    assert one.post(f"{path}/reveal", WHY, 404)["code"].startswith("RG-")  # there is none
    one.ask("PUT", f"{path}/resident", {"number": NUMBER})
    for reason in ({}, {"reason": ""}, {"reason": "  "}):
        one.post(f"{path}/reveal", reason, 422)
    before = len(acts_about(knowledge, path.split("/")[2]))
    assert one.post(f"{path}/reveal", WHY)["items"] == [{"kind": "resident", "number": NUMBER}]
    assert acts_about(knowledge, path.split("/")[2])[before:] == ["document.reveal"]
    (act,) = program(Role.AUDIT).get("/acts?act=document.reveal")["items"]
    assert WHY["reason"] in act["after"]
    assert MASK in act["after"]


def test_only_who_may_see_identities_reads_them(program, path):
    """Neither a unit, nor security, nor a token without the scope."""
    program(Role.UNIT, "court").post(f"{path}/reveal", WHY, 403)
    program(Role.SECURITY).post(f"{path}/reveal", WHY, 403)
    program(Role.SYSTEM, scopes={Right.PEOPLE_SEE, Right.PEOPLE_CHANGE}).post(f"{path}/reveal", WHY, 403)
    program(Role.AUDIT).get(path, 403)
    program(Role.SECURITY).ask("PUT", f"{path}/resident", {"number": NUMBER}, 403)


def test_sideways_there_is_nobody(program, path):
    """A unit's program does not reach another unit's person."""
    one = program(Role.UNIT, "finance")
    one.get(path, 404)
    one.ask("PUT", f"{path}/resident", {"number": NUMBER}, 404)
    one.ask("DELETE", f"{path}/resident", None, 404)


def test_nobody_changes_the_own_documents(program, knowledge, path):
    """Recorded or removed by somebody else."""
    one = program(Role.SYSTEM)
    with knowledge.store.write() as unit:
        find(unit.session, one.number).person = people.by_login(unit.session, "liting").subject
    for method, body in (("PUT", {"number": NUMBER}), ("DELETE", None)):
        assert one.ask(method, f"{path}/resident", body, 403)["code"] == "CN-204"
