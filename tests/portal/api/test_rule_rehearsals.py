"""Rehearsals over the API."""

import pytest

from access import devices, rules
from access.rules import load_rules
from directory import people
from portal.console.administrators import find
from portal.console.roles import Role
from portal.language import Text
from tests.portal.console.test_rules import let_in

STRONGER = {"act": "change", "number": 3, "rule": {"strength": 2}}


@pytest.fixture
def town(knowledge):
    """The town, with one switch in it."""
    with knowledge.store.write() as unit:
        devices.add(unit, "test", knowledge.sealer, name="sw-0", prefix="127.0.0.9", vendor="h3c", site="南关")
    return knowledge


def rules_of(knowledge):
    """Return the rules as they are."""
    with knowledge.store.read() as session:
        return load_rules(session)


def test_a_rehearsal_says_what_would_change_and_changes_nothing(program, town):
    """Grouped by zone before and after, with examples and why; that people were named is recorded."""
    name, before = let_in(town, count=7), rules_of(town)
    one = program(Role.SECURITY)
    told = one.post("/rules/rehearsals", {"draft": STRONGER})
    assert (told["looked_at"], told["changed"], told["is_cut"]) == (7, 7, False)
    (shift,) = told["shifts"]
    assert (shift["before"], shift["after"], shift["logins"], shift["subjects"]) == ("public", None, 7, 1)
    (example,) = shift["examples"]
    assert (example["name"], example["cause"], example["rule"]) == (name, "fails", 3)
    assert (example["failed"], example["login"]) == ("strength", "zhangwei")
    assert rules_of(town) == before
    (act,) = program(Role.AUDIT).get("/acts?act=rehearsal")["items"]
    assert (act["actor"], act["subject"]) == (f"admin:{one.login}", "change")


@pytest.mark.parametrize(
    ("draft", "left"),
    [
        ({"act": "add", "rule": {"name": "夜间", "result": "refuse"}}, [1, 2, 3, 4]),
        (STRONGER, [1, 2, 3]),
        ({"act": "disable", "number": 1}, [1, 2, 3]),
        ({"act": "enable", "number": 1}, [1, 2, 3]),
        ({"act": "remove", "number": 2}, [1, 3]),
        ({"act": "order", "order": [3, 1, 2]}, [3, 1, 2]),
    ],
)
def test_what_was_rehearsed_is_carried_out(program, town, draft, left):
    """As it was looked at; the same fingerprint serves once, since the rules are others then."""
    one = program(Role.SECURITY)
    told = {"draft": draft, "fingerprint": one.post("/rules/rehearsals", {"draft": draft})["fingerprint"]}
    rule = one.post("/rules/rehearsals/carry-out", told)["rule"]
    assert (rule is None) == (draft["act"] in ("remove", "order"))
    assert [each.number for each in rules_of(town)] == left
    if draft["act"] != "enable":  # which changed nothing
        assert one.post("/rules/rehearsals/carry-out", told, 409)["code"] == "AP-403"


def test_another_change_or_other_rules_are_not_what_was_rehearsed(program, town):
    """Nothing is saved then."""
    one = program(Role.SECURITY)
    mark = one.post("/rules/rehearsals", {"draft": STRONGER})["fingerprint"]
    other = {**STRONGER, "rule": {"strength": 1}}
    assert one.post("/rules/rehearsals/carry-out", {"draft": other, "fingerprint": mark}, 409)["code"] == "AP-403"
    with town.store.write() as unit:
        rules.change(unit, "test", 1, name="别的名字")
    assert one.post("/rules/rehearsals/carry-out", {"draft": STRONGER, "fingerprint": mark}, 409)["code"] == "AP-403"
    assert rules_of(town)[2].strength == 0


def test_a_draft_that_is_no_rule(program, town):
    """Says which field; an order names every rule that is no exception, once; an exception ends later than now."""
    one = program(Role.SECURITY)
    for draft, field in (
        ({"act": "add", "rule": {"name": "x", "result": "nowhere"}}, "result"),
        ({"act": "remove", "number": 99}, "number"),
        ({"act": "order", "order": [1]}, "number"),
        ({"act": "change", "number": 3, "rule": {"valid_until": "2020-01-01T00:00:00Z"}}, "valid_until"),
    ):
        assert one.post("/rules/rehearsals", {"draft": draft}, 422)["field"] == field, draft
    assert one.post("/rules/rehearsals", {"draft": {"act": "forget"}}, 422)["code"] == "AP-301"
    assert town is not None


def test_nobody_rehearses_or_makes_a_rule_for_the_own_person(program, town):
    """Nor changes, switches or removes one that names it."""
    one = program(Role.SECURITY)
    with town.store.write() as unit:
        own = people.by_login(unit.session, "liting").subject
        find(unit.session, one.number).person = own
        mine = rules.add(unit, "test", name="m", result="refuse", person=own)
    new = {"name": "例外", "result": "dedicated", "person": [own], "valid_until": "2099-01-01T00:00:00Z"}
    for draft in (
        {"act": "add", "rule": new}, {"act": "change", "number": 3, "rule": {"person": [own]}},
        {"act": "change", "number": mine, "rule": {"person": []}}, {"act": "disable", "number": mine},
        {"act": "remove", "number": mine},
    ):  # fmt: skip
        assert one.post("/rules/rehearsals", {"draft": draft}, 403)["code"] == "CN-204", draft
    assert len(rules_of(town)) == 4


def test_what_devices_could_not_carry_out_is_told_and_not_saved(program, town):
    """Neither as rehearsed nor directly; old objections are no reason against another change."""
    town.objections = lambda zone, _vendor: (Text("不支持", "cannot"),) if zone.code == "dedicated" else ()
    one = program(Role.SECURITY)
    new = {"name": "x", "result": "dedicated", "category": ["visitor"]}
    draft = {"act": "add", "rule": new}
    told = one.post("/rules/rehearsals", {"draft": draft})
    assert "cannot" in told["objections"][0]["english"]
    saved = {"draft": draft, "fingerprint": told["fingerprint"]}
    assert one.post("/rules/rehearsals/carry-out", saved, 409)["code"] == "AP-402"
    assert one.post("/rules", new, 409)["code"] == "AP-402"
    assert one.post("/rules/rehearsals", {"draft": STRONGER})["objections"] == []  # rule 2 leads into it already
    assert one.ask("PATCH", "/rules/3", {"strength": 2})["strength"] == 2
    assert len(rules_of(town)) == 3


def test_only_security_decides_about_rules(program, town):
    """Who runs the network does not."""
    program(Role.SYSTEM).post("/rules/rehearsals", {"draft": STRONGER}, 403)
    program(Role.UNIT, "court").post("/rules/rehearsals", {"draft": STRONGER}, 403)
    assert town is not None
