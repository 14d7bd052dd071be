"""The page that waits for the switch tells the truth at every step."""

from sqlalchemy import select

from access.enforcement import record_outcome
from access.tables import OrderRow
from tests.support.doors import Visitor, asked_again, publish


def waiting(knowledge, visitor):
    """Log in and return where the page is."""
    publish(knowledge, "zhangwei")
    visitor.come()
    return visitor.log_in("zhangwei").headers["location"]


def answered(knowledge, outcome, detail=None):
    """Let the device answer."""
    with knowledge.store.write() as unit:
        order = unit.session.scalars(select(OrderRow)).one()
        record_outcome(unit, order.number, outcome, detail)


def test_nothing_is_claimed_before_it_is_so(knowledge, visitor):
    """Ordered, answered, asked again: three steps."""
    page = waiting(knowledge, visitor)
    assert "等待接入设备应答" in visitor.client.get(page).text
    answered(knowledge, "ack")
    answer = visitor.client.get(page)
    assert "接入设备已应答" in answer.text
    assert "已接入网络" not in answer.text
    assert answer.headers["refresh"] == "2"
    asked_again(knowledge, "public")
    answer = visitor.client.get(page)
    assert "已接入网络" in answer.text
    assert "refresh" not in answer.headers


def test_why_not_is_told(knowledge, visitor):
    """A device that does not answer; a zone that is the door again; a refusal."""
    page = waiting(knowledge, visitor)
    answered(knowledge, "timeout", "hardware address: timeout")
    assert "接入设备没有执行命令" in visitor.client.get(page).text
    asked_again(knowledge, "portal")
    assert "已接入网络" not in visitor.client.get(page).text
    asked_again(knowledge, None, "TN-202")
    assert "TN-202" in visitor.client.get(page).text
    assert "suspended" in visitor.client.get(page + "?lang=en").text


def test_it_is_nobody_elses(knowledge, visitor):
    """From another address, or forged: refused."""
    page = waiting(knowledge, visitor)
    assert Visitor(knowledge, "192.0.2.9").client.get(page).status_code == 403
    assert visitor.client.get(page[:-2]).status_code == 403


def test_a_factor_that_would_open_more_is_named_once_inside(knowledge, visitor):
    """Not while the page waits, and only where the device is."""
    publish(knowledge, "wangfang")
    visitor.come()
    page = visitor.log_in("wangfang").headers["location"]
    assert "/account/factor" not in visitor.client.get(page).text
    asked_again(knowledge, "public")
    assert "下次登录将接入“dedicated 区”" in visitor.client.get(page).text
