"""My login history."""

import json

from access.reasons import Reason
from access.session_rows import LoginEntry
from tests.portal.account.conftest import PHONE


def told(knowledge, subject, number, reason=None, zone=None, device=7):
    """Keep a login."""
    knowledge.recorder.login(
        LoginEntry(
            number, 1_760_000_000.0 + number, "x", subject, PHONE, "10.1.2.3", device, "GE1", "city", "pap", zone,
            None, reason, json.dumps([]),
        )
    )  # fmt: skip


def test_each_login_says_where_and_why_not(knowledge, zhang, li):
    """Reason with code and what to do; device, port, address and zone; nothing of others."""
    told(knowledge, zhang.subject, 1, zone="public")
    told(knowledge, zhang.subject, 2, reason=Reason.PASSWORD_WRONG.code)
    told(knowledge, zhang.subject, 3, reason="TN-999", device=99)
    told(knowledge, li.subject, 4, reason=Reason.EXPIRED.code)
    knowledge.recorder.stop()  # so that all is written
    page = zhang.get("/account/history").text
    explained = Reason.PASSWORD_WRONG.value
    for words in ("public 区", explained.chinese, explained.remedy_chinese, "TN-102", "TN-999", PHONE, "10.1.2.3"):
        assert words in page
    assert "sw-finance-2f (财政局二楼), GE1, city" in page
    assert Reason.EXPIRED.code not in page
    english = zhang.get("/account/history?lang=en").text
    assert explained.english in english


def test_an_empty_history_says_so(knowledge, zhang):
    """A new account."""
    assert "还没有登录记录" in zhang.get("/account/history").text
