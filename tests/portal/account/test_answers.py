"""What the devices answered."""

import pytest

from access.enforcement import OrderState, Outcome, record_outcome
from portal.account.answers import WAITING, WORDS, summary
from tests.portal.account.conftest import Visitor

OPEN = OrderState(None, None, None)


def done(outcome):
    return OrderState(1.0, outcome, None)


def test_one_order_of_a_session_is_enough():
    """The second is for devices that do not know the session: its refusal says nothing then."""
    found = summary([[done(Outcome.ACK), done(Outcome.NAK)]])
    assert (found.waiting, found.done, found.lines) == (False, True, (WORDS[Outcome.ACK],))
    assert summary([[done(Outcome.ENDED), OPEN]]).done


def test_every_session_of_a_device_counts():
    """One that ended does not stand for another that did not."""
    found = summary([[done(Outcome.ACK)], [OPEN], [done(Outcome.TIMEOUT)]])
    assert (found.waiting, found.done) == (True, False)
    assert found.lines == (WORDS[Outcome.ACK], WAITING, WORDS[Outcome.TIMEOUT])


def test_nothing_to_order_is_done():
    """A device with nothing open."""
    assert summary([]) == (False, True, ())


@pytest.mark.parametrize(
    ("outcome", "words"),
    [("ack", "接入设备已经断开"), ("nak", "没有执行"), ("timeout", "没有应答"), ("unreachable", "无法送达")],
)
def test_the_page_waits_and_then_tells(knowledge, zhang, outcome, words):
    """It reloads itself until the device has answered, and for two minutes at most."""
    number = zhang.online()
    where = zhang.post(f"/account/sessions/{number}/end").headers["location"]
    page = zhang.get(where)
    assert page.headers["refresh"] == "2"
    assert WAITING.chinese in page.text
    with knowledge.store.write() as unit:
        assert record_outcome(unit, 1, outcome, None)
    page = zhang.get(where)
    assert "refresh" not in page.headers
    assert words in page.text


def test_a_late_page_no_longer_reloads(knowledge, zhang):
    """Nobody's phone asks all night."""
    where = zhang.post(f"/account/sessions/{zhang.online()}/end").headers["location"]
    now = knowledge.clock()
    knowledge.clock = lambda: now + 130
    page = zhang.get(where)
    assert "refresh" not in page.headers
    assert WAITING.chinese in page.text


def test_answers_are_for_whoever_ordered(knowledge, zhang, li):
    """The address of the page opens nothing for others, nor when it was changed."""
    where = zhang.post(f"/account/sessions/{zhang.online()}/end").headers["location"]
    assert li.get(where).status_code == 404
    assert zhang.get(where + "x").status_code == 404
    assert Visitor(knowledge, "zhangwei", "10.9.9.1").get(where).status_code == 200
