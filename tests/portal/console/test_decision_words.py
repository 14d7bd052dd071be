"""Decisions in words."""

from access import logins, zones
from access.decision import Grant, Refusal, Step
from access.evidence import Evidence, Method, Place, Strength
from access.reasons import Reason
from portal.console.decision_words import Speaker
from tests.access.builders import NOW, person

PLACE = Place(1, "接入-1", "huawei", "access", "大楼")


def speaker(session, knowledge):
    """Return one who speaks of the small town."""
    return Speaker(session, knowledge.time_zone, zones.load_zones(session))


def test_a_login_of_the_record_is_told(knowledge, network):
    """The sentence, and each rule with what it wanted and what was there."""
    with knowledge.store.read() as session:
        told = speaker(session, knowledge)
        row = logins.find(session, network.refused)
        evidence = Evidence(person(unit="finance"), Method.PAP, Strength.PASSWORD, PLACE)
        said = told.recorded(row, logins.trace_of(session, row), evidence)
        granted = told.recorded(logins.find(session, network.granted), (), None)
    assert not said.granted
    assert said.sentence.chinese == "拒绝：没有规则允许此次登录。"
    assert "逐条" in said.remedy.chinese
    assert [(step.name, step.condition.chinese, step.wanted.chinese, step.actual.chinese) for step in said.tried] == [
        ("未登记设备", "类别", "未登记的设备", "在编"),
        ("专用区", "个人权限", "dedicated 区", "无"),
        ("在职人员", "类别", "聘用", "在编"),
    ]
    assert granted.sentence.english == "Let into public 区, by rule “在职人员”."
    assert granted.remedy is None


def test_a_decision_of_now_is_told(knowledge, network):
    """With the remedy of its reason, until when it holds, and rules that are gone by their number."""
    assert network
    evidence = Evidence(None, Method.MAC, Strength.NONE, PLACE, ssid="gov")
    steps = (Step(99, "hours", "mon 08:00-09:00"), Step(98, "ssid", "x"), Step(97, "category", "staff"),
             Step(96, "unit", "court"), Step(95, None, None))  # fmt: skip
    with knowledge.store.read() as session:
        told = speaker(session, knowledge)
        refusal = told.decided(Refusal(Reason.NOT_YET_VALID, steps, until=NOW + 5), evidence, NOW)
        grant = told.decided(Grant(zones.load_zones(session)["public"], 3, steps), None, NOW)
        rule = told.decided(Refusal(Reason.RULE_REFUSES, steps), evidence, NOW)
    assert refusal.until == NOW + 5
    assert refusal.remedy.english == Reason.NOT_YET_VALID.value.remedy_english
    assert [step.name for step in refusal.tried] == [None] * 5
    assert refusal.tried[0].actual.chinese.startswith("周一 2026-09-21 22:13:20")
    assert [step.actual.english if step.actual else None for step in refusal.tried[1:]] == [
        "gov", "an unregistered device", "none", None,
    ]  # fmt: skip
    assert grant.granted
    assert grant.tried[1].actual is None  # nothing is known of the evidence
    assert "有期限的例外" in rule.remedy.chinese


def test_a_reason_of_another_version_is_shown_by_its_code(knowledge, network):
    """A record outlives the list of reasons."""
    with knowledge.store.read() as session:
        row = logins.find(session, network.refused)
        session.expunge(row)
        row.reason = "TN-999"
        said = speaker(session, knowledge).recorded(row, (), None)
    assert said.sentence.chinese == "TN-999"
    assert said.remedy is None
