"""The record of acts over the API."""

import json

from portal.console.roles import Role


def test_acts_are_found_and_paged(program):
    """The latest first, as canonical texts that the hash covers."""
    one = program(Role.AUDIT)
    page = one.get("/acts?act=person&limit=3")
    assert [each["act"] for each in page["items"]] == ["person.add"] * 3
    assert len(one.get(f"/acts?act=person&limit=3&before={page['next']}")["items"]) == 1
    head = one.get("/acts/head")
    assert one.get("/acts?limit=1")["items"][0]["hash"] == head["hash"]
    assert one.get("/acts?actor=nobody")["items"] == []


def test_an_export_has_a_reason_and_is_an_act(program):
    """As a stream of either kind."""
    one = program(Role.AUDIT)
    answer = one.post("/acts/export", {"reason": "年度检查", "act": "unit"})
    assert [json.loads(line)["act"] for line in answer.content.splitlines()] == ["unit.add"] * 3
    assert one.post("/acts/export", {"reason": "年度检查", "format": "csv"}).content.startswith(b"\xef\xbb\xbf")
    assert one.post("/acts/export", {"reason": "x"}, 422)["errors"][0]["field"] == "body.reason"
    assert len(one.get("/acts?act=audit.export")["items"]) == 2


def test_looking_at_a_person_is_recorded(program):
    """Whoever watches is watched."""
    one = program(Role.AUDIT)
    subject = one.get("/acts?act=person&limit=1")["items"][0]["subject"]
    one.get(f"/acts?subject={subject}")
    assert one.get("/acts?act=audit.view")["items"][0]["subject"] == subject
