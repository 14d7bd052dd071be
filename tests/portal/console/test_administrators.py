"""Administrators: links, one role for a person, codes that serve once."""

import secrets

import pytest
from sqlalchemy import select

from directory import people
from portal.console import administrators
from portal.console.refusals import ConsoleRefused, Why
from portal.console.roles import Role
from portal.tables import InvitationRow
from tests.support.doors import SECRET, VERIFIER, add_administrator


def link(knowledge, **changes):
    """Make a link and return its token."""
    token = secrets.token_hex(32)
    with knowledge.store.write() as unit:
        administrators.invite(unit, "operator", token, **{"role": Role.SYSTEM, **changes})
    return token


def accept(knowledge, token, login="first", name="陈志远"):
    """Use a link."""
    with knowledge.store.write() as unit:
        return administrators.accept(
            unit, knowledge.sealer, token, login=login, name=name, verifier=VERIFIER.encode(), secret=SECRET, step=1,
            codes=[],
        )  # fmt: skip


def subject(knowledge, login):
    """Return a person's subject."""
    with knowledge.store.read() as session:
        return people.by_login(session, login).subject


def test_nobody_holds_two_roles(knowledge):
    """A person who is an administrator is not invited again, and a link made before does not help."""
    person = subject(knowledge, "zhangwei")
    one = link(knowledge, person=person)
    by_name = link(knowledge, role=Role.AUDIT)
    accept(knowledge, one)
    for again in (
        lambda: link(knowledge, person=person, role=Role.SECURITY),
        lambda: accept(knowledge, by_name, login="zhangwei"),
    ):
        with pytest.raises(ConsoleRefused) as refused:
            again()
        assert refused.value.why is Why.ALREADY_ADMINISTRATOR


def test_a_new_link_ends_the_earlier_one(knowledge):
    """Whoever lost a link gets another, and the lost one is worth nothing."""
    person = subject(knowledge, "zhangwei")
    lost, kept = link(knowledge, person=person), link(knowledge, person=person)
    with pytest.raises(ConsoleRefused):
        accept(knowledge, lost)
    assert accept(knowledge, kept)


def test_a_link_that_replaces_ends_sessions_and_keeps_the_account(clerk, knowledge):
    """A lost telephone: new password and second factor for the same administrator, and nobody stays inside."""
    one = clerk(Role.SECURITY)
    number = accept(knowledge, link(knowledge, role=Role.SECURITY, replaces=one.number), login="", name="")
    assert number == one.number
    assert one.get("/own").headers["location"].startswith("/login")


def test_first_administrator_whom_the_registry_knows_is_that_person(knowledge):
    """Typing an own login binds the account to the person, so that the person cannot be invited for another role."""
    number = accept(knowledge, link(knowledge), login="zhangwei", name="somebody else")
    with knowledge.store.read() as session:
        row = administrators.find(session, number)
    assert (row.person, row.name) == (subject(knowledge, "zhangwei"), "张伟")


def test_links_are_kept_as_hashes_and_die(knowledge):
    """Used, revoked or late: the same answer."""
    token = link(knowledge)
    with knowledge.store.read() as session:
        assert token.encode() not in session.scalars(select(InvitationRow.hash)).all()
        administrators.invitation(session, token, knowledge.clock())
        with pytest.raises(ConsoleRefused):
            administrators.invitation(session, token, knowledge.clock() + administrators.INVITATION_SECONDS + 1)
    with knowledge.store.write() as unit:
        assert administrators.revoke_unused(unit, "operator") == 1
    with pytest.raises(ConsoleRefused):
        accept(knowledge, token)


def test_a_unit_goes_with_the_role_of_a_unit(knowledge):
    """Neither without the other."""
    for changes in ({"role": Role.UNIT}, {"role": Role.SYSTEM, "scope": "court"}):
        with pytest.raises(ConsoleRefused):
            link(knowledge, **changes)


def test_nobody_disables_the_own_account(knowledge):
    """Nobody approves or changes the own account."""
    number = add_administrator(knowledge, Role.SECURITY, "guard")
    with pytest.raises(ConsoleRefused), knowledge.store.write() as unit:
        administrators.set_enabled(unit, "admin:guard", number, enabled=False)
    with knowledge.store.write() as unit:
        administrators.set_enabled(unit, "admin:other", number, enabled=False)
