"""Nothing about rules is saved that was not rehearsed."""

import re
import time

import pytest

from access import rules, zones
from access.rules import load_rules
from directory.registry import PersonRow
from portal.console.roles import Role
from portal.language import Text
from portal.tables import AdministratorRow
from store.record import ActRow
from tests.portal.console.test_rules import let_in

pytestmark = pytest.mark.postgresql

STRONGER = {
    "act": "change",
    "number": "3",
    "name": "在职人员",
    "category": "staff",
    "strength": "2",
    "result": "public",
}


@pytest.fixture
def security(clerk):
    """A security administrator."""
    return clerk(Role.SECURITY)


def rehearse(one, told):
    """Open the rehearsal; return the page and the fields of its save."""
    page = one.client.get("/rules/rehearsal", params=told)
    form = page.text.partition('action="/rules/save"')[2]
    fields = {}
    for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form):
        fields.setdefault(name, []).append(value)
    return page.text, fields


def now(knowledge):
    with knowledge.store.read() as session:
        return load_rules(session)


def acts(knowledge, kind):
    with knowledge.store.read() as session:
        return [act for act in session.query(ActRow).order_by(ActRow.number) if act.act == kind and act.actor != "test"]


@pytest.mark.usefixtures("switch")
def test_a_rehearsal_says_which_logins_would_change_and_writes_no_rule(knowledge, security):
    """Grouped by zone before and after, with an example and the condition that fails."""
    name = let_in(knowledge, count=7)
    before = now(knowledge)
    page, fields = rehearse(security, STRONGER)
    assert "7 次登录，1 个人员或设备" in page
    assert name in page
    assert "认证强度的要求：至少为 双因素" in page
    assert "双因素或证书认证 → public 区" in page
    assert fields["token"]
    assert now(knowledge) == before
    assert acts(knowledge, "rehearsal.view")


@pytest.mark.usefixtures("switch")
def test_what_was_rehearsed_is_saved_with_before_and_after(knowledge, security):
    """By the button of that page; the act has both."""
    _, fields = rehearse(security, STRONGER)
    assert security.post("/rules/save", fields).headers["location"] == "/rules/3"
    assert int(now(knowledge)[2].strength) == 2
    (act,) = acts(knowledge, "rule.change")
    assert act.actor == f"admin:{security.login}"
    assert '"strength":0' in act.before.replace(" ", "")
    assert '"strength":2' in act.after.replace(" ", "")


@pytest.mark.parametrize("act", ["disable", "enable", "remove", "add", "order"])
def test_every_kind_of_change_goes_through_a_rehearsal(knowledge, security, act):
    """Enabling, disabling, removing, adding and a new order alike."""
    told = {
        "add": {"act": "add", "name": "新", "result": "refuse", "category": "visitor"},
        "order": {"act": "order", "order": ["3", "1", "2"]},
    }.get(act, {"act": act, "number": "2"})
    page, fields = rehearse(security, told)
    assert "保存" in page
    wanted = {"add": "/rules/4", "order": "/rules", "remove": "/rules"}.get(act, "/rules/2")
    assert security.post("/rules/save", fields).headers["location"] == wanted
    after = [(rule.number, rule.enabled) for rule in now(knowledge)]
    assert after == {
        "disable": [(1, True), (2, False), (3, True)], "enable": [(1, True), (2, True), (3, True)],
        "remove": [(1, True), (3, True)], "add": [(1, True), (2, True), (3, True), (4, True)],
        "order": [(3, True), (1, True), (2, True)],
    }[act]  # fmt: skip


def test_something_else_than_was_rehearsed_is_not_saved(knowledge, security):
    """A field changed, no token, a token of another draft, an old one: rehearsed anew, and nothing changed."""
    before = now(knowledge)
    _, fields = rehearse(security, STRONGER)
    _, other = rehearse(security, {**STRONGER, "strength": "1"})
    for wrong in ({"result": "dedicated"}, {"token": ""}, {"token": "x.y"}, {"token": other["token"]}, {"number": "2"}):
        answer = security.post("/rules/save", {**fields, **wrong})
        assert answer.headers["location"].startswith("/rules/rehearsal?"), wrong
        assert "没有保存" in security.get(answer.headers["location"]).text
    assert now(knowledge) == before
    start = time.time()
    knowledge.clock = lambda: start + 500
    _, fields = rehearse(security, STRONGER)
    knowledge.clock = lambda: start + 599
    with knowledge.store.write() as unit:
        rules.move(unit, "test", 1, 3)
    assert "stale" in security.post("/rules/save", fields).headers["location"]
    _, fields = rehearse(security, STRONGER)
    with knowledge.store.write() as unit:
        zones.change(unit, "test", zones.load_zones(unit.session)["public"]._replace(vlan="999"))
    assert "stale" in security.post("/rules/save", fields).headers["location"]


def test_the_save_needs_the_password_again_and_comes_back_to_the_draft(knowledge, security):
    """After ten minutes; the draft lives in the address and is not lost."""
    _, fields = rehearse(security, STRONGER)
    start = time.time()
    knowledge.clock = lambda: start + 700
    answer = security.post("/rules/save", fields)
    assert answer.headers["location"].startswith("/prove?next=%2Frules%2Frehearsal%3Fact%3Dchange")


def test_only_security_decides_about_rules(clerk):
    """System sees them; nobody else rehearses or saves."""
    for role in (Role.SYSTEM, Role.AUDIT):
        one = clerk(role)
        assert one.client.get("/rules/rehearsal", params=STRONGER).status_code == 403
        assert one.post("/rules/save", STRONGER).status_code == 403


def test_nobody_makes_an_exception_for_themselves(knowledge, security):
    """Nor changes or removes one that names them; for somebody else it has an end and the approver."""
    with knowledge.store.write() as unit:
        own, other = (unit.session.query(PersonRow).filter_by(login=login).one() for login in ("liting", "wangfang"))
        unit.session.get(AdministratorRow, security.number).person = own.subject
        mine = rules.add(unit, "test", name="m", result="refuse", person=own.subject)
    told = {"act": "add", "name": "例外", "result": "dedicated", "until": "2099-01-01T00:00"}
    for draft in (
        {**told, "person": "liting"}, {**told, "person": "wangfang, liting"}, {"act": "remove", "number": mine},
        {"act": "disable", "number": mine}, {**STRONGER, "number": mine},
    ):  # fmt: skip
        assert security.client.get("/rules/rehearsal", params=draft).status_code == 403, draft
        assert security.post("/rules/save", {**draft, "token": "x"}).status_code == 303  # no token: nothing
    _, fields = rehearse(security, {**told, "person": "wangfang"})
    security.post("/rules/save", fields)
    made = next(rule for rule in now(knowledge) if rule.name == "例外")
    assert made.person == {other.subject}
    assert made.is_exception
    assert made.approved_by == f"管理员{security.login} ({security.login})"
    assert len(now(knowledge)) == 5


@pytest.mark.usefixtures("switch")
def test_what_devices_could_not_carry_out_cannot_be_saved(knowledge, security):
    """The page says which and has no button; old objections are no reason against another change."""
    knowledge.objections = lambda zone, _vendor: (Text("不支持", "cannot"),) if zone.code == "dedicated" else ()
    page, fields = rehearse(security, {"act": "add", "name": "x", "result": "dedicated", "category": "visitor"})
    assert "不能保存" in page
    assert not fields
    page, fields = rehearse(security, STRONGER)  # rule 2 leads into it already
    assert "不能保存" not in page
    assert security.post("/rules/save", fields).headers["location"] == "/rules/3"


def test_people_whom_the_mirror_does_not_have_come_from_the_registry(knowledge, security):
    """A device that is gone, and a day without logins, are said as they are."""
    let_in(knowledge, device=77)
    page, _ = rehearse(security, STRONGER)
    assert "1 次登录的人员或设备已不存在" in page
