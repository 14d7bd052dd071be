"""Administrators over the API."""

from directory import people
from portal.console.roles import Role
from tests.support.doors import CONSOLE, console_client


def test_administrators_are_listed(program):
    """Without a secret of theirs."""
    told = program(Role.AUDIT).get("/administrators")
    assert {"verifier", "totp"}.isdisjoint(told["items"][0])


def test_an_invitation_is_a_link_told_once(program, knowledge):
    """Within the rules of roles; the link works at the console."""
    with knowledge.store.read() as session:
        subject = people.by_login(session, "zhangwei").subject
    one = program(Role.SECURITY)
    told = one.post("/administrators/invitations", {"person": subject, "role": "unit", "unit": "finance"}, 201)
    assert "张伟" in console_client(knowledge).get(told["link"].removeprefix(CONSOLE)).text
    assert one.post("/administrators/invitations", {"person": subject, "role": "unit"}, 422)["field"] == "unit"
    for body in ({"role": "system"}, {"role": "unit", "unit": "court"}, {"role": "security"}):
        program(Role.SYSTEM).post("/administrators/invitations", {"person": subject, **body}, 403)
    program(Role.AUDIT).post("/administrators/invitations", {"person": subject, "role": "audit"}, 403)
