"""Links that wait, and the secrets of the own account."""

import pytest
from sqlalchemy import select

from portal.console import administrators, invitations
from portal.console.refusals import ConsoleRefused
from portal.console.roles import Role
from portal.tables import AdministratorRecoveryRow
from tests.support.doors import add_administrator


def test_links_that_wait_are_listed_until_they_are_used_revoked_or_late(knowledge):
    """The list holds hashes, which open nothing."""
    with knowledge.store.write() as unit:
        administrators.invite(unit, "op", "t" * 64, role=Role.SYSTEM)
    now = knowledge.clock()
    with knowledge.store.read() as session:
        (row,) = invitations.pending(session, now)
        assert invitations.pending(session, now + administrators.INVITATION_SECONDS + 1) == []
    with knowledge.store.write() as unit:
        invitations.revoke(unit, "op", row.hash.hex())
        assert invitations.pending(unit.session, now) == []
    for key in (row.hash.hex(), "zz", ""):
        with pytest.raises(ConsoleRefused), knowledge.store.write() as unit:
            invitations.revoke(unit, "op", key)


def test_new_codes_replace_the_earlier_ones(knowledge):
    """One that was not used yet is dead."""
    number = add_administrator(knowledge, Role.AUDIT, "a")
    for letter in (b"a", b"b"):
        with knowledge.store.write() as unit:
            invitations.replace_codes(unit, "admin:a", number, [letter * 32])
    with knowledge.store.read() as session:
        assert invitations.remaining_codes(session, number) == 1
        assert session.scalars(select(AdministratorRecoveryRow.hash)).all() == [b"b" * 32]


def test_codes_are_readable():
    """No sign looks like another."""
    assert invitations.recovery_code(bytes(range(10))) == "abcde-fghjk"
    assert len(set(invitations.new_recovery_codes(lambda count: bytes(range(count))))) == 1
