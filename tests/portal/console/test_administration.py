"""Administrators: invited within the rules, shown once, ended at once."""

import re

from sqlalchemy import select

from directory import people
from portal.api_tokens import holder, make
from portal.console import administrators
from portal.console.roles import Right, Role
from portal.tables import AdministratorRow, InvitationRow
from store.record import ActRow
from tests.support.doors import CONSOLE, console_client


def subject(knowledge, login):
    """Return a person's subject."""
    with knowledge.store.read() as session:
        return people.by_login(session, login).subject


def invite(one, person, role, unit=""):
    """Invite a person of the registry."""
    return one.post(f"/administrators/invite/{person}", {"role": role.value, "unit": unit})


def link_in(answer):
    """Return the path of the link that a page shows."""
    return re.search(CONSOLE + r"(/invitation/[0-9a-f]{64})", answer.text)[1]


def test_security_invites_to_every_role_and_the_link_works_once(clerk, knowledge):
    """The whole address is shown this once; the list names who was invited, and never the token."""
    one = clerk(Role.SECURITY)
    person = subject(knowledge, "zhangwei")
    assert person in one.get("/administrators/invite?q=zw").text
    answer = invite(one, person, Role.UNIT, "finance")
    assert answer.status_code == 200
    path = link_in(answer)
    listed = one.get("/administrators").text
    assert "张伟" in listed
    assert path.rpartition("/")[2] not in listed
    assert "张伟" in console_client(knowledge).get(path).text


def test_the_system_invites_the_first_of_the_other_two_only(clerk, knowledge):
    """And nobody once they are there; a unit's administrator never."""
    system = clerk(Role.SYSTEM)
    person, other = subject(knowledge, "zhangwei"), subject(knowledge, "wangfang")
    assert invite(system, person, Role.SYSTEM).status_code == 403
    assert invite(system, person, Role.UNIT, "finance").status_code == 403
    assert invite(system, person, Role.SECURITY).status_code == 200
    security = clerk(Role.SECURITY)
    assert invite(system, other, Role.SECURITY).status_code == 403
    assert invite(system, other, Role.AUDIT).status_code == 200
    clerk(Role.AUDIT)
    assert system.get("/administrators/invite").status_code == 403
    assert security.get("/administrators/invite").status_code == 200


def test_nobody_becomes_two(clerk, knowledge):
    """The refusal stands beside the field, and no link was made."""
    one = clerk(Role.SECURITY)
    person = subject(knowledge, "zhangwei")
    with knowledge.store.write() as unit:
        administrators.find(unit.session, one.number).person = person
    answer = invite(one, person, Role.AUDIT)
    assert answer.status_code == 400
    assert "一人不能兼任两种角色" in answer.text
    with knowledge.store.read() as session:
        assert session.scalars(select(InvitationRow)).all() == []


def test_disabled_means_outside(clerk, knowledge):
    """Sessions end, tokens are not heard, and the record says who did it; enabled again, a login is needed."""
    guard, other = clerk(Role.SECURITY), clerk(Role.SYSTEM)
    with knowledge.store.write() as unit:
        row = administrators.find(unit.session, other.number)
        token = make(unit, row, name="x", scopes={Right.PEOPLE_SEE}, seconds=60, octets=bytes(32))
    assert holder(knowledge.store, token, knowledge.clock()) is not None
    page = guard.get(f"/administrators/{other.number}/disable").text
    assert "1 个控制台会话" in page
    assert "1 个接口令牌" in page
    assert guard.post(f"/administrators/{other.number}/disable").status_code == 303
    assert holder(knowledge.store, token, knowledge.clock()) is None
    guard.post(f"/administrators/{other.number}/enable")
    assert other.get("/").headers["location"].startswith("/login")
    with knowledge.store.read() as session:
        acts = session.scalars(select(ActRow.act).where(ActRow.actor == f"admin:{guard.login}")).all()
    assert acts == ["administrator.disable", "administrator.enable"]


def test_nobody_ends_or_renews_the_own_account(clerk, knowledge):
    """Another one does."""
    one = clerk(Role.SECURITY)
    for path in ("disable", "renew", "enable"):
        assert one.post(f"/administrators/{one.number}/{path}").status_code == 403
    with knowledge.store.read() as session:
        assert session.get(AdministratorRow, one.number).enabled
        assert session.scalars(select(InvitationRow)).all() == []


def test_a_lost_telephone_is_a_new_link(clerk, knowledge):
    """It invites the same administrator to a new password and second factor."""
    guard, other = clerk(Role.SECURITY), clerk(Role.UNIT, "court")
    answer = guard.post(f"/administrators/{other.number}/renew")
    assert other.login in console_client(knowledge).get(link_in(answer)).text


def test_links_are_revoked_by_their_maker_or_by_security(clerk, knowledge):
    """And by nobody else."""
    system = clerk(Role.SYSTEM)
    path = link_in(invite(system, subject(knowledge, "zhangwei"), Role.AUDIT))
    key = administrators.token_hash(path.rpartition("/")[2]).hex()
    assert clerk(Role.AUDIT).post(f"/administrators/invitations/{key}/revoke").status_code == 403
    assert system.post(f"/administrators/invitations/{key}/revoke").status_code == 303
    assert system.post(f"/administrators/invitations/{key}/revoke").status_code == 403
    assert console_client(knowledge).get(path).status_code == 404


def test_what_is_missing_is_said(clerk):
    """Three roles belong to three people."""
    one = clerk(Role.SYSTEM)
    assert "还没有安全管理员" in one.get("/administrators").text
    assert one.get("/administrators/9999").status_code == 404
    assert one.get("/administrators/nobody").status_code == 404
