"""Who stands at the door."""

from access import bindings, redirects
from access.evidence import Strength
from access.reasons import Reason
from access.tables import LoginRow, SessionRow
from portal.captive import visits
from portal.captive.visits import FRESH, Visit, VisitRefused
from tests.support.doors import HARDWARE


def come(knowledge, address, hardware=HARDWARE, token=None):
    """Use a redirect address; return the visit or the reason."""
    token = token or redirects.make(knowledge.redirect_key, hardware, 1)
    try:
        with knowledge.store.write() as unit:
            return visits.by_token(unit, knowledge.redirect_key, token, address)
    except VisitRefused as refused:
        return refused.reason


def session_row(**changes):
    """An open session."""
    told = {
        "key": b"k" * 16, "generation": 1, "device": 1, "acct_session": "s1", "login": "x", "hardware": HARDWARE,
        "address": "10.0.0.9", "port": "GE1/0/7", "nas_port": 7, "started_at": 0.0, "updated_at": 0.0,
    }  # fmt: skip
    return SessionRow(**{**told, **changes})


def test_a_stolen_redirect_address_is_refused_elsewhere(knowledge):
    """The first address that uses it keeps it while it is fresh."""
    assert come(knowledge, "10.0.0.1") == Visit(HARDWARE, 1, "10.0.0.1")
    assert come(knowledge, "10.0.0.1") == Visit(HARDWARE, 1, "10.0.0.1")
    assert come(knowledge, "10.0.0.66") is Reason.VISIT_ELSEWHERE


def test_the_address_that_radius_knows_is_the_only_one(knowledge):
    """Whoever used the address first."""
    assert come(knowledge, "10.0.0.66") == Visit(HARDWARE, 1, "10.0.0.66")
    with knowledge.store.write() as unit:
        unit.session.add(session_row())
    assert come(knowledge, "10.0.0.66") is Reason.VISIT_ELSEWHERE
    assert come(knowledge, "10.0.0.9") == Visit(HARDWARE, 1, "10.0.0.9")


def test_an_address_in_the_request_counts_as_well(knowledge):
    """Framed-IP-Address of the MAC authentication (RFC 2865 §5.8)."""
    with knowledge.store.write() as unit:
        told = {"login": "x", "hardware": HARDWARE, "device": 1, "method": "mac", "trace": None, "at": 1.0}
        unit.session.add(LoginRow(number=1 << 40, address="10.0.0.9", port="GE1/0/3", ssid="gov", **told))
    assert come(knowledge, "10.0.0.66") is Reason.VISIT_ELSEWHERE
    assert come(knowledge, "10.0.0.9") == Visit(HARDWARE, 1, "10.0.0.9", "GE1/0/3", None, "gov")


def test_forged_tokens_are_nobodys(knowledge):
    """Another hardware address, another key, or junk."""
    good = redirects.make(knowledge.redirect_key, HARDWARE, 1)
    other = redirects.make(bytes(32), HARDWARE, 1)
    for token in (other, "A" * 24, good[:-1] + ("A" if good[-1] != "A" else "B"), "x", "é" * 24):
        assert come(knowledge, "10.0.0.1", token=token) is Reason.VISIT_UNKNOWN


def test_known_by_address(knowledge):
    """By the open session first, then by the last visit, then by a binding; else not at all."""
    now = knowledge.clock()
    with knowledge.store.read() as session:
        assert visits.by_address(session, "10.0.0.9", now) is None
    with knowledge.store.write() as unit:
        bindings.bind(unit, hardware=HARDWARE, subject="p", strength=Strength.PASSWORD, device=1, address="10.0.0.9",
                      valid_until=now + 60, actor="test")  # fmt: skip
    with knowledge.store.read() as session:
        assert visits.by_address(session, "10.0.0.9", now).hardware == HARDWARE
        assert visits.by_address(session, "10.0.0.9", now + 61) is None
    come(knowledge, "10.0.0.7", "02:00:00:00:00:07")
    with knowledge.store.read() as session:
        assert visits.by_address(session, "10.0.0.7", now).hardware == "02:00:00:00:00:07"
        assert visits.by_address(session, "10.0.0.7", now + FRESH + 1) is None
    with knowledge.store.write() as unit:
        unit.session.add(session_row(address6="2001:db8::9"))
    with knowledge.store.read() as session:
        assert visits.by_address(session, "2001:db8::9", now) == Visit(HARDWARE, 1, "2001:db8::9", "GE1/0/7", 7)
