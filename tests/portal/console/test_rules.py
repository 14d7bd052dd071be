"""The list of rules, and one of them."""

import time

from access import rules
from access.tables import LoginRow
from directory.registry import PersonRow
from portal.console.roles import Role
from store.record import ActRow


def let_in(knowledge, rule=3, count=1, **fields):
    """Write logins of now that a rule let in; return the name of the person."""
    with knowledge.store.write() as unit:
        person = unit.session.query(PersonRow).filter_by(login="zhangwei").one()
        for number in range(count):
            at = time.time() - 1 - number
            told = {
                "login": "zhangwei", "subject": person.subject, "hardware": "aa:bb:cc:00:00:01", "device": 1,
                "port": "GE1", "method": "pap", "zone": "public", "rule": rule, "reason": None, "trace": None,
            }  # fmt: skip
            unit.session.add(LoginRow(number=(int(at * 1000) << 20) + number, at=at, **told | fields))
    return person.name


def test_rules_are_sentences_with_what_they_decided(knowledge, clerk):
    """In order, with the number of logins of the day; exceptions before them, with end and approver."""
    let_in(knowledge, count=3)
    with knowledge.store.write() as unit:
        rules.add(unit, "test", name="审计", result="public", valid_until=time.time() + 9, approved_by="李四")
        rules.add(unit, "test", name="旧例外", result="refuse", valid_until=1.0, approved_by="李四")
    page = clerk(Role.SYSTEM).get("/rules").text
    assert "在编人员 → public 区" in page
    assert '<td class="number">3</td>' in page
    assert page.index("审计") < page.index("未登记设备")
    assert "李四" in page
    assert "已失效" in page
    assert 'name="up"' not in page  # the system administrator sees, and does not change
    assert "Staff → public" in clerk(Role.SECURITY).get("/rules?lang=en").text


def test_an_order_is_put_together_without_saving_it(knowledge, clerk):
    """Up and down move one rule in the link's order; the way leads to the rehearsal."""
    one = clerk(Role.SECURITY)
    page = one.get("/rules?order=1&order=2&order=3&up=3").text
    assert page.index("专用区") > page.index("在职人员")
    assert "次序还没有保存" in page
    page = one.get("/rules?order=1&order=3&order=2&down=1").text
    assert page.index("在职人员") < page.index("未登记设备")
    for query in ("order=1", "order=1&order=2&order=3", "order=1&order=2&order=3&up=1", "order=1&order=2&order=9&up=2"):
        assert "次序还没有保存" not in one.get(f"/rules?{query}").text, query
    with knowledge.store.read() as session:
        assert [rule.number for rule in rules.load_rules(session)] == [1, 2, 3]


def test_a_rule_shows_whom_it_let_in_and_that_is_recorded(knowledge, clerk):
    """The last ones, with names; who looked stands in the record of acts."""
    name = let_in(knowledge, count=25)
    one = clerk(Role.SYSTEM)
    page = one.get("/rules/3").text
    assert name in page
    assert "共 25 次" in page
    assert page.count("/logins/") == 20
    with knowledge.store.read() as session:
        assert [act.subject for act in session.query(ActRow) if act.act == "rule.view"] == ["3"]
    assert one.get("/rules/9").status_code == 404
    assert "edit" not in one.get("/rules/1").text


def test_without_rules_the_page_says_so(knowledge, clerk):
    """Nobody gets in, and what to do about it."""
    with knowledge.store.write() as unit:
        for number in (1, 2, 3):
            rules.remove(unit, "test", number)
    assert "新建第一条规则" in clerk(Role.SECURITY).get("/rules").text
    assert "新建第一条规则" not in clerk(Role.SYSTEM).get("/rules").text
