"""My login history."""

from sqlalchemy import update

from access.decision import Grant, Refusal
from access.reasons import Reason
from access.tables import LoginRow
from portal.captive.visits import Visit
from portal.handoff import reauthentication
from tests.portal.account.conftest import PHONE


def told(knowledge, subject, reason=None, device=7):
    """Keep a login."""
    visit = Visit(PHONE, device, "10.1.2.3", "GE1", None, "city")
    decision = Grant(knowledge.zones["public"], 3, ()) if reason is None else Refusal(reason)
    person = knowledge.mirror.by_subject(subject)
    reauthentication.record(knowledge, visit, "x", person, decision, knowledge.clock())


def test_each_login_says_where_and_why_not(knowledge, zhang, li):
    """Reason with code and what to do; device, port, address and zone; nothing of others."""
    told(knowledge, zhang.subject)
    told(knowledge, zhang.subject, Reason.PASSWORD_WRONG)
    told(knowledge, zhang.subject, Reason.INTERNAL, device=99)
    told(knowledge, li.subject, Reason.EXPIRED)
    knowledge.recorder.stop()  # so that all is written
    with knowledge.store.write() as unit:  # a code of another version
        unit.session.execute(update(LoginRow).where(LoginRow.device == 99).values(reason="TN-999"))
    page = zhang.get("/account/history").text
    explained = Reason.PASSWORD_WRONG.value
    for words in ("public 区", explained.chinese, explained.remedy_chinese, "TN-102", "TN-999", PHONE, "10.1.2.3"):
        assert words in page
    assert "sw-finance-2f (财政局二楼), GE1, city" in page
    assert Reason.EXPIRED.code not in page
    english = zhang.get("/account/history?lang=en").text
    assert explained.english in english


def test_an_empty_history_says_so(zhang):
    """A new account."""
    assert "还没有登录记录" in zhang.get("/account/history").text
