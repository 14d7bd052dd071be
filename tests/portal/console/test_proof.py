"""The password once more, in the act's own form."""

from sqlalchemy import update

from portal.console.roles import Role
from portal.tables import WebSessionRow
from tests.support.doors import PASSWORD, person_of


def forget_proof(knowledge):
    """Let every session's password have been proven long ago."""
    with knowledge.store.write() as unit:
        unit.session.execute(update(WebSessionRow).values(proven_at=0))


def test_a_dangerous_act_for_many_asks_for_the_password(knowledge, clerk):
    """Wrong or absent: nothing is done; errors are counted; right: it is done, and not asked again soon."""
    one = clerk(Role.SYSTEM)
    chosen = {"act": "suspend", "subject": person_of(knowledge, "zhangwei").subject}
    forget_proof(knowledge)
    assert 'name="password"' in one.post("/people/bulk", chosen).text
    for password in ("", "wrong", "wrong", "wrong", "wrong"):
        answer = one.post("/people/bulk/done", {**chosen, "password": password})
        assert answer.status_code == 400
        assert "密码不正确" in answer.text
    assert "错误次数过多" in one.post("/people/bulk/done", {**chosen, "password": PASSWORD}).text
    assert person_of(knowledge, "zhangwei").state == "active"


def test_the_right_password_is_taken(knowledge, clerk):
    """And holds for a while."""
    one = clerk(Role.SYSTEM)
    chosen = {"act": "suspend", "subject": person_of(knowledge, "zhangwei").subject}
    forget_proof(knowledge)
    assert one.post("/people/bulk/done", {**chosen, "password": PASSWORD}).status_code == 303
    assert person_of(knowledge, "zhangwei").state == "suspended"
    assert 'name="password"' not in one.post("/people/bulk", chosen).text
