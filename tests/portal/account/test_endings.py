"""What a person may end, and by which orders."""

import pytest

from access import own_devices
from access.decision import Grant, Refusal
from access.reasons import Reason
from access.tables import OrderRow
from portal.account.endings import RECENT_LOGIN, end_session, lose, own_session
from portal.account.refusals import AccountRefused, Why
from portal.captive.visits import Visit
from portal.handoff import reauthentication
from tests.portal.account.conftest import PHONE


def login(knowledge, subject, *, at, device, reason):
    """Keep a login of PHONE."""
    visit = Visit(PHONE, device, "10.1.2.3", "GE1")
    decision = Grant(knowledge.zones["public"], 3, ()) if reason is None else Refusal(reason)
    reauthentication.record(knowledge, visit, "x", knowledge.mirror.by_subject(subject), decision, at)


def test_a_session_is_its_persons(knowledge, zhang, li):
    """Not found for others; over is told to its person only."""
    number = zhang.online(stopped_at=1.0)
    with knowledge.store.read() as session:
        for subject, why in ((li.subject, Why.NOT_FOUND), (zhang.subject, Why.SESSION_OVER)):
            with pytest.raises(AccountRefused) as refused:
                own_session(session, subject, number)
            assert refused.value.why is why


def test_the_portal_login_of_another_stays(knowledge, zhang, li):
    """A device that two people use: only what is one's own ends."""
    number = zhang.online()
    li.bind()
    with knowledge.store.write() as unit:
        orders = end_session(unit, zhang.subject, number, "person:x")
    assert len(orders) == 1
    assert "已登录" in li.get("/account/devices").text


@pytest.mark.parametrize(
    ("age", "device", "reason", "ordered"),
    [
        (60.0, 7, None, True),
        (RECENT_LOGIN + 60, 7, None, False),
        (60.0, 0, None, False),
        (60.0, 7, Reason.NO_RULE, False),
    ],
)
def test_a_device_without_accounting_is_sought_where_it_was_last(knowledge, zhang, age, device, reason, ordered):
    """At the device of its last login, if that let it in lately."""
    login(knowledge, zhang.subject, at=knowledge.clock() - age, device=device, reason=reason)
    knowledge.recorder.stop()  # so that it is written
    with knowledge.store.write() as unit:
        own_devices.seen(unit, PHONE, zhang.subject)
        orders = lose(unit, zhang.subject, PHONE, "person:x")
        rows = [unit.session.get(OrderRow, number) for number in orders]
        assert [(row.kind, row.device, row.port) for row in rows] == [("reauthenticate", 7, "GE1")] * ordered
