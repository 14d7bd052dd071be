"""One login, and why."""

import pytest
from sqlalchemy import select

from portal.console.roles import Role
from store.record import ActRow
from tests.portal.console.pages import words

pytestmark = pytest.mark.postgresql


@pytest.mark.parametrize("role", list(Role))
def test_one_page_answers_why(network, clerk, role):
    """Evidence, the decision in a sentence, each rule with what would have passed, the remedy, and today's answer."""
    one = clerk(role, "finance" if role is Role.UNIT else None)
    page = words(one.get(f"/logins/{network.refused}"))
    for expected in (
        "张伟", "市财政局", "接入-1", "gov", "密码（PAP）", "拒绝：没有规则允许此次登录。", "怎么办：", "未登记设备",
        "个人权限", "dedicated 区", "现在再试", "放行，进入“public 区”，依据规则“在职人员”。",
    ):  # fmt: skip
        assert expected in page, expected
    links = one.get(f"/logins/{network.refused}").text
    assert (f"/people/{network.zhang}" in links) == (role is not Role.AUDIT)
    assert ("/devices/1" in links) == (role in (Role.SYSTEM, Role.SECURITY))
    assert ("/rules/1" in links) == (role in (Role.SYSTEM, Role.SECURITY))


def test_a_grant_shows_what_the_device_is_told(network, clerk):
    """The zone's fields; where somebody renders them for the vendor, the attributes themselves."""
    one = clerk(Role.SYSTEM)
    page = words(one.get(f"/logins/{network.granted}"))
    assert "110" in page
    assert "huawei" in page
    one.knowledge.render_attributes = lambda zone, vendor: [("Tunnel-Private-Group-ID", f"{zone.vlan} {vendor}")]
    assert "Tunnel-Private-Group-ID 110 huawei" in words(one.get(f"/logins/{network.granted}"))
    assert "/online/1" in one.get(f"/logins/{network.granted}").text


def test_a_name_that_nobody_has_cannot_be_tried_again(network, clerk):
    """No rule was looked at, and none can be."""
    page = words(clerk(Role.SYSTEM).get(f"/logins/{network.unknown}"))
    assert "没有走到规则" in page
    assert "无法重新判断" in page


def test_a_unit_asks_about_own_people_only(network, clerk):
    """Anybody else's login is not there; neither is nobody's, nor a number that none has."""
    own = clerk(Role.UNIT, "court")
    asked = (network.court, network.granted, network.refused, network.unknown, 1, 10**30)
    assert [own.get(f"/logins/{number}").status_code for number in asked] == [200, 404, 404, 404, 404, 404]


def test_looking_is_recorded(network, clerk):
    """With the number of the record."""
    one = clerk(Role.AUDIT)
    one.get(f"/logins/{network.refused}")
    with one.knowledge.store.read() as session:
        act = session.scalars(select(ActRow).where(ActRow.act == "login.view")).one()
    assert (act.actor, act.subject) == (f"admin:{one.login}", str(network.refused))


def test_the_page_is_whole_in_english(network, clerk):
    """Names of the city stay as they are."""
    page = words(clerk(Role.SYSTEM).get(f"/logins/{network.refused}?lang=en"))
    for expected in ("Why 张伟 was refused", "Refused: No rule allows this login.", "Personal right", "What to do:"):
        assert expected in page, expected
