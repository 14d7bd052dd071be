"""On how many devices a person may be online at once."""

import pytest

from access import zones
from access.decision import Grant, Refusal, Step, Zone
from access.lifetime import Status
from access.reasons import Reason
from access.session_limit import is_limited, limited, others_online
from access.session_rows import BulkRows
from tests.access.builders import HARDWARE, NOW, endpoint, evidence, person, record

OFFICE = Grant(Zone("office", "办公区"), 1, (Step(1, None, None),))
PORTAL = Grant(Zone("portal", "认证引导区", redirect_url="https://portal.test/in/{token}?"), 1, ())


def online(store, *records):
    """Let devices account for sessions."""
    with store.write() as unit:
        BulkRows(store.dialect).write_records(unit.session.connection(), records)


@pytest.mark.parametrize(
    ("subject", "decision", "counts"),
    [
        (person(session_limit=1), OFFICE, True),
        (person(), OFFICE, False),
        (person(session_limit=1), PORTAL, False),
        (person(session_limit=1), Refusal(Reason.NO_RULE), False),
        (endpoint(), OFFICE, False),
        (None, PORTAL, False),
    ],
)
def test_only_a_grant_to_a_person_with_a_limit_is_counted(subject, decision, counts):
    """Nobody else's login waits for a look into the sessions; who is led to the portal is not in yet."""
    assert is_limited(evidence(subject), decision) is counts


def test_one_more_device_than_may_be_is_refused(store):
    """The device that asks does not count against itself; what the rules said stays to be read."""
    online(
        store,
        record(acct_session="a", subject="P1", hardware="02:00:00:00:00:21"),
        record(acct_session="b", subject="P1", hardware="02:00:00:00:00:22"),
    )
    with store.read() as session:
        for most, device, granted in (
            (2, HARDWARE, False),
            (3, HARDWARE, True),
            (2, "02:00:00:00:00:21", True),
            (1, "02:00:00:00:00:21", False),
        ):
            decision = limited(session, evidence(person(session_limit=most), hardware=device), OFFICE)
            assert decision == (OFFICE if granted else Refusal(Reason.SESSION_LIMIT, OFFICE.trace)), (most, device)


def test_devices_are_counted_and_not_sessions(store):
    """Not twice where one changed its port; not what is over, somebody else's, or still in front of the portal."""
    with store.write() as unit:
        zones.add(unit, "test", PORTAL.zone)
    other = "02:00:00:00:00:21"
    online(
        store,
        record(acct_session="a", subject="P1", hardware=other, port="1"),
        record(acct_session="b", subject="P1", hardware=other, port="2"),
        record(acct_session="c", subject="P1", hardware="02:00:00:00:00:22"),
        record(Status.STOP, NOW + 60, acct_session="c", subject="P1", hardware="02:00:00:00:00:22", seconds=60),
        record(acct_session="d", subject="P2", hardware="02:00:00:00:00:23"),
        record(acct_session="e", subject="P1", hardware="02:00:00:00:00:24", zone="portal"),
    )
    with store.read() as session:
        assert others_online(session, evidence(person())) == 1


def test_where_no_hardware_address_is_told_the_port_stands_for_the_device(store):
    """A wired port asks again for the same device."""
    online(store, record(acct_session="a", subject="P1", hardware=None, port="GE1/0/1"))
    with store.read() as session:
        assert others_online(session, evidence(person(), hardware=None, port="GE1/0/1")) == 0
        assert others_online(session, evidence(person(), hardware=None, port="GE1/0/2")) == 1
