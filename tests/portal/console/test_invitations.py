"""Links that wait, and the secrets of the own account."""

import pytest

from portal.console import administrators, invitations
from portal.console.administrators import admit
from portal.console.refusals import ConsoleRefused
from portal.console.roles import Role
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
    for code in ("abcde-fghjk", "22222-33333"):
        with knowledge.store.write() as unit:
            invitations.replace_codes(unit, knowledge.sealer, "admin:a", number, [code])
    with knowledge.store.write() as unit:
        assert invitations.remaining_codes(unit.session, number) == 1
        assert admit(unit, knowledge.sealer, number, "abcde-fghjk", password_right=True) is None
        assert admit(unit, knowledge.sealer, number, "22222 33333", password_right=True) is not None
