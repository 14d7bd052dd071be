"""Logins of the record before today's rules."""

import time

from access import bindings, logins, own_devices, rules
from access.decision import Grant, Refusal
from access.evidence import Medium, Strength
from access.reasons import Reason
from access.rules import load_rulebook
from directory import endpoints, people
from portal.console.retrial import again, evidence_of
from tests.support.records import ago, write_login, write_session


def reload(knowledge):
    """Read the rules as they are now."""
    with knowledge.store.read() as session:
        knowledge.rulebook = load_rulebook(session, knowledge.access)


def retried(knowledge, number):
    """Decide about a login anew."""
    with knowledge.store.read() as session:
        return again(session, knowledge, logins.find(session, number), time.time())


def test_todays_registry_and_rules_decide(knowledge, network):
    """A login that was refused is let in by now, and refused again once the person is suspended."""
    now = retried(knowledge, network.refused)
    assert isinstance(now.decision, Grant)
    assert now.decision.zone.code == "public"
    assert now.evidence.medium is Medium.WIRELESS
    assert now.evidence.place.name == "接入-1"
    with knowledge.store.write() as unit:
        people.suspend(unit, "test", network.zhang)
    assert retried(knowledge, network.refused).decision.reason is Reason.PERSON_SUSPENDED
    with knowledge.store.write() as unit:
        rules.add(unit, "test", name="禁止", position=0, category="staff", result="refuse")
    reload(knowledge)
    assert retried(knowledge, network.court).decision.reason is Reason.RULE_REFUSES


def test_a_login_that_would_be_one_device_too_many_is_refused(knowledge, network):
    """The sessions of now decide."""
    with knowledge.store.write() as unit:
        people.change(unit, "test", network.zhang, session_limit=1)
    write_session(knowledge.store, 77, subject=network.zhang, hardware="02:00:00:00:00:21")
    assert retried(knowledge, network.refused).decision.reason is Reason.SESSION_LIMIT


def test_nobody_is_judged_for_a_name_that_nobody_has(knowledge, network):
    """Nor by a method that is none; a name that exists by now is judged."""
    assert retried(knowledge, network.unknown) == (None, None)
    odd = write_login(knowledge.store, ago(50), method="eap", subject=network.zhang)
    assert retried(knowledge, odd).decision is None
    since = write_login(knowledge.store, ago(40), subject=None, login="WangFang", zone=None, reason="TN-101")
    assert isinstance(retried(knowledge, since).decision, Grant)


def test_hardware_is_judged_as_what_it_is_now(knowledge, network):
    """Unknown, registered since, or lost."""
    hardware = "02:00:00:00:00:55"
    number = write_login(knowledge.store, ago(30), subject=None, login=hardware, hardware=hardware, method="mac")
    assert retried(knowledge, number).decision.zone.code == "portal"
    with knowledge.store.write() as unit:
        endpoints.add(unit, "test", hardware=hardware, name="电话", kind="phone", owner=network.zhang)
    registered = retried(knowledge, number)
    assert registered.evidence.subject.owner == network.zhang
    assert registered.decision.reason is Reason.NO_RULE
    with knowledge.store.write() as unit:
        own_devices.seen(unit, hardware, network.zhang)
        own_devices.report_lost(unit, hardware, network.zhang, "test")
    assert retried(knowledge, number).decision == Refusal(Reason.DEVICE_LOST)


def test_what_was_proven_at_the_portal_counts_while_it_holds(knowledge, network):
    """A second factor stands behind the hardware address for as long as the binding does."""
    hardware = "02:00:00:00:00:66"
    number = write_login(knowledge.store, ago(30), subject=network.zhang, hardware=hardware, method="portal", device=9)

    def strength():
        with knowledge.store.read() as session:
            found = evidence_of(session, knowledge.mirror, logins.find(session, number), time.time())
        assert found.place.device == 0  # the network device is gone
        return found.strength

    assert strength() is Strength.PASSWORD
    with knowledge.store.write() as unit:
        bindings.bind(
            unit, hardware=hardware, subject=network.zhang, strength=Strength.STRONG, device=1, address="10.8.0.1",
            valid_until=unit.now + 600, actor="test",
        )  # fmt: skip
    assert strength() is Strength.STRONG
