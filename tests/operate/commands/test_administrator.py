"""The noun `administrator`."""

from contextlib import closing

from portal.console import administrators
from portal.tables import AdministratorRow
from tests.support.doors import VERIFIER


def add(operator, login="boss"):
    """Add one without a link."""
    with closing(operator.store()) as store, store.write() as unit:
        unit.session.add(
            AdministratorRow(
                login=login, name="陈志远", role="system", verifier=VERIFIER, totp=b"", created_by="t", created_at=1.0
            )
        )


def test_links_are_given_and_kept_as_hashes(operator):
    """For the first one, and for a person of the registry."""
    operator.town()
    for more in ((), ("--role", "audit", "--person", "zhangsan"), ("--role", "unit", "--unit", "north")):
        made = operator.data("administrator", "invite", *more)
        token = made["url"].rpartition("/")[2]
        with closing(operator.store()) as store, store.read() as session:
            assert administrators.invitation(session, token, 0.0).role == made["role"]
    assert operator("administrator", "invite", "--role", "unit").exit_code == 1
    assert operator("administrator", "invite", "--person", "nobody").exit_code == 1


def test_who_lost_everything_comes_back(operator):
    """By a link that replaces password and second factor."""
    assert "invite" in operator.done("administrator", "list")
    add(operator)
    made = operator.data("administrator", "renew", "Boss")
    token = made["url"].rpartition("/")[2]
    with closing(operator.store()) as store, store.read() as session:
        assert administrators.invitation(session, token, 0.0).login == "boss"
    (row,) = operator.data("administrator", "list")
    assert "verifier" not in row
    said = operator("administrator", "renew", "nobody")
    assert (said.exit_code, "CN-202" in said.err) == (1, True)
