"""The first page: who I am, how long, and what needs looking after."""

import time

import pytest

from directory import otp
from tests.portal.account.conftest import Visitor

pytestmark = pytest.mark.usefixtures("town")

DAY = 86400


def test_rights_unit_and_validity_are_shown(knowledge):
    """The zones that a person has a right to are named; an account without an end says so."""
    page = Visitor(knowledge, "wangfang").get("/account").text
    for words in ("王芳", "市财政局", "dedicated 区", "长期"):
        assert words in page
    assert "一般规则" in Visitor(knowledge, "liting").get("/account").text


def test_an_account_that_ends_soon_is_warned(knowledge, town, zhang):
    """From fourteen days before its end; not earlier."""
    now = knowledge.clock()
    for days, warned in ((13, True), (16, False)):
        until = time.strftime("%Y%m%d%H%M%SZ", time.gmtime(now + days * DAY))
        town.tell(zhang.subject, rnvaliduntil=[until.encode()])
        assert ("到期" in zhang.get("/account").text) is warned


def test_few_recovery_codes_are_told(knowledge, zhang):
    """Two are left of ten: time for new ones."""
    _, codes = zhang.enrol()
    assert "更新恢复码" not in zhang.get("/account").text
    with knowledge.store.write() as unit:
        for code in codes[:8]:
            assert otp.use_recovery_code(unit, knowledge.sealer, zhang.subject, code)
    assert "更新恢复码" in zhang.get("/account").text


def test_counts_are_of_the_own_things(zhang, li):
    """Sessions and devices of others are nobody's business."""
    li.bind()
    li.online()
    page = zhang.get("/account").text
    assert "没有以您的名义打开的会话" in page
    assert "登录过 0 台设备" in page
