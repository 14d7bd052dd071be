"""Choosing many, looking, confirming."""

from portal.console import bulk
from portal.console.roles import Role
from tests.support.doors import person_of
from tests.support.records import write_session


def test_nothing_is_done_before_it_is_confirmed(knowledge, clerk):
    """The preview names everybody and what will happen."""
    one = clerk(Role.SYSTEM)
    subjects = [person_of(knowledge, login).subject for login in ("zhangwei", "liting")]
    page = one.post("/people/bulk", {"act": "suspend", "subject": subjects}).text
    assert "张伟" in page
    assert "李婷" in page
    assert person_of(knowledge, "zhangwei").state == "active"
    answer = one.post("/people/bulk/done", {"act": "suspend", "subject": subjects})
    assert answer.headers["location"] == "/people?done=2"
    assert {person_of(knowledge, login).state for login in ("zhangwei", "liting")} == {"suspended"}
    assert "已办理 2 人" in one.get("/people?done=2").text


def test_the_doors_answers_follow(knowledge, clerk):
    """Where sessions end, the way leads to what the devices say."""
    subject = person_of(knowledge, "zhangwei").subject
    write_session(knowledge.store, 1, subject=subject)
    one = clerk(Role.SYSTEM)
    answer = one.post("/people/bulk/done", {"act": "end", "sure": "1", "subject": subject})
    assert answer.headers["location"] == "/people/doors?first=1&done=1"
    assert "等待应答" in one.get("/people/doors?first=1&done=1").text


def test_everybody_who_was_found_is_chosen_with_one_box(clerk):
    """The search is asked again, within the administrator's own."""
    one = clerk(Role.UNIT, "finance")
    page = one.post("/people/bulk", {"act": "grant", "all": "1", "q": "", "unit": "", "state": ""}).text
    assert "选择了 2 人" in page
    assert "李婷" not in page


def test_what_an_act_needs_is_asked_beside_it(knowledge, clerk):
    """Where to, which zone, until when, whether sure: an error keeps the choice."""
    one = clerk(Role.SYSTEM)
    chosen = {"subject": person_of(knowledge, "zhangwei").subject}
    for act, wrong in (
        ("move", {"to": "nowhere"}), ("move", {}), ("grant", {"zone": "x"}), ("until", {"until": "soon"}),
        ("release", {"assurance": "9"}), ("release", {}), ("end", {}),
    ):  # fmt: skip
        answer = one.post("/people/bulk/done", {"act": act, **chosen, **wrong})
        assert answer.status_code == 400, act
        assert "张伟" in answer.text
    answer = one.post("/people/bulk/done", {"act": "until", "until": "2030-01-01", **chosen})
    assert answer.status_code == 303
    assert person_of(knowledge, "zhangwei").valid_until == 1893513600.0


def test_nobody_too_many_and_unknown_acts_are_refused(clerk, monkeypatch):
    """Before anything is done."""
    one = clerk(Role.SYSTEM)
    assert one.post("/people/bulk", {"act": "end"}).status_code == 400
    assert one.post("/people/bulk", {"act": "explode", "all": "1"}).status_code == 400
    monkeypatch.setattr(bulk, "MOST", 3)
    assert "2,000" in one.post("/people/bulk", {"act": "end", "all": "1"}).text


def test_nobody_of_another_unit_is_chosen(knowledge, clerk):
    """One such person refuses the whole, as if there were none."""
    one = clerk(Role.UNIT, "court")
    subjects = [person_of(knowledge, login).subject for login in ("zhangwei", "liting")]
    for path in ("/people/bulk", "/people/bulk/done"):
        assert one.post(path, {"act": "suspend", "subject": subjects}).status_code == 404
    assert person_of(knowledge, "liting").state == "active"
    answer = one.post("/people/bulk/done", {"act": "move", "to": "finance", "subject": subjects[1]})
    assert "没有此单位" in answer.text
    assert person_of(knowledge, "liting").unit == "court"
