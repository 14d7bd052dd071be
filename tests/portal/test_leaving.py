"""A leaver is out at every door."""

import os

import pytest
from sqlalchemy import func, select

from access import bindings
from access.evidence import Strength
from access.tables import OrderRow
from directory import endpoints, people
from directory.person import State
from directory.refusal import Flaw, RegistryRefused
from portal import leaving, web_sessions
from portal.console.roles import Role
from portal.tables import AdministratorRow, WebSessionRow
from portal.web_sessions import Door
from tests.support.doors import add_administrator
from tests.support.records import write_session

PHONE = "02:00:00:00:00:07"


@pytest.fixture
def wang(knowledge):
    """Wang Fang: online, bound to a phone, logged in at my account, answers for a printer that is online too."""
    with knowledge.store.write() as unit:
        subject = people.by_login(unit.session, "wangfang").subject
        printer = endpoints.add(
            unit, "test", hardware="02:00:00:00:00:09", name="打印机", kind="printer", owner=subject
        )
        bindings.bind(
            unit, hardware=PHONE, subject=subject, strength=Strength.PASSWORD, device=1, address="10.8.0.7",
            valid_until=unit.now + 3600, actor=subject,
        )  # fmt: skip
        web_sessions.begin(unit, Door.ACCOUNT, subject, strength=1, address="10.8.0.7", octets=os.urandom(32))
    write_session(knowledge.store, 1, subject=subject)
    write_session(knowledge.store, 2, subject=printer)
    return subject


def orders(unit):
    """Return how many orders were given."""
    return unit.session.scalar(select(func.count()).select_from(OrderRow))


def test_what_would_end_is_named_before(knowledge, wang):
    """Sessions, endpoints, portal logins, and the way into the console."""
    number = add_administrator(knowledge, Role.SYSTEM, "wang")
    with knowledge.store.write() as unit:
        unit.session.get_one(AdministratorRow, number).person = wang
    with knowledge.store.read() as session:
        held = leaving.held_by(session, wang, knowledge.clock())
    assert [row.number for row in held.sessions] == [1]
    assert [row.name for row in held.endpoints] == ["打印机"]
    assert [row.hardware for row in held.bindings] == [PHONE]
    assert held.administrator is not None
    assert held.administrator.number == number


def test_a_leaver_is_out_everywhere(knowledge, wang):
    """Orders for own sessions and for those of endpoints; no binding, no session of my account, no console."""
    number = add_administrator(knowledge, Role.SYSTEM, "wang")
    with knowledge.store.write() as unit:
        unit.session.get_one(AdministratorRow, number).person = wang
        web_sessions.begin(unit, Door.CONSOLE, str(number), strength=2, address="::1", octets=os.urandom(32))
    with knowledge.store.write() as unit:
        assert len(leaving.leave(unit, "admin:test", wang)) == 2
    with knowledge.store.read() as session:
        assert people.find(session, wang).state == State.LEFT
        assert [row.state for row in endpoints.listed(session, owner=wang)] == [State.SUSPENDED]
        assert bindings.of_subject(session, wang, knowledge.clock()) == []
        assert session.scalars(select(WebSessionRow)).all() == []
        assert not session.get_one(AdministratorRow, number).enabled
        assert leaving.held_by(session, wang, knowledge.clock()).administrator is None


def test_whoever_is_suspended_is_out_and_keeps_the_endpoints(knowledge, wang):
    """The person may come back; what the person answers for goes on."""
    with knowledge.store.write() as unit:
        assert len(leaving.suspend(unit, "admin:test", wang)) == 1
        assert [row.state for row in endpoints.listed(unit.session, owner=wang)] == [State.ACTIVE]
        assert bindings.of_subject(unit.session, wang, unit.now) == []


def test_ending_sessions_changes_no_right(knowledge, wang):
    """Whoever may come in logs in anew."""
    with knowledge.store.write() as unit:
        assert len(leaving.end_sessions(unit, "admin:test", wang)) == 1
        assert people.find(unit.session, wang).state == State.ACTIVE
        with pytest.raises(RegistryRefused, match=Flaw.PERSON_UNKNOWN.code):
            leaving.end_sessions(unit, "admin:test", "p-nobody")


def test_a_retired_endpoint_is_out(knowledge, wang):
    """Its session is ended by an order."""
    with knowledge.store.write() as unit:
        (printer,) = endpoints.listed(unit.session, owner=wang)
        assert len(leaving.retire(unit, "admin:test", printer.subject)) == 1
        assert printer.state == State.LEFT
        assert orders(unit) == 1
