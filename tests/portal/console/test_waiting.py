"""An administrator's own work."""

import time

import pytest

from access import enforcement, rules
from access.tables import OrderRow, UnknownSourceRow
from directory import endpoints, people
from directory.people import NewPerson
from portal.console.roles import Role
from portal.console.waiting import waiting


@pytest.fixture
def work(knowledge, network):
    """Something of everything that may wait; half of it in the court."""
    with knowledge.store.write() as unit:
        for login, home in (("d1", "court"), ("d2", "finance"), ("d3", "finance")):
            people.add(unit, "test", NewPerson(login=login, name="新人", unit=home))
        people.change(unit, "test", network.li, valid_until=unit.now + 86400)
        endpoints.add(
            unit, "test", hardware="02:00:00:00:00:11", name="相机", kind="camera", owner=network.zhang,
            valid_until=unit.now + 86400,
        )  # fmt: skip
        endpoints.add(
            unit, "test", hardware="02:00:00:00:00:12", name="门禁", kind="door", owner=network.subjects["wangfang"]
        )
        people.end(unit, "test", network.subjects["wangfang"])
        unit.session.add(UnknownSourceRow(address="10.9.9.9", packets=1, first_at=0, last_at=0))
        rules.add(unit, "test", name="例外", result="public", valid_until=unit.now + 60, approved_by="admin:s")
        for number in (1, 2):
            enforcement.order_disconnect(unit, number, "admin:a")
        unit.session.execute(OrderRow.__table__.update().values(ordered_at=unit.now - 120))


class AtDesk:
    """As much of a desk as the list needs."""

    def __init__(self, role, scope=None):
        from portal.console.roles import may

        self.role, self.scope = role, scope
        self.may = lambda right: may(role, right)


def links(knowledge, desk):
    """Return what waits as numbers by link."""
    with knowledge.store.read() as session:
        return {(task.link, task.mood): task.number for task in waiting(session, desk, time.time())}


@pytest.mark.usefixtures("work")
def test_each_role_has_its_own_work(knowledge):
    """What somebody may not do does not wait for them."""
    assert links(knowledge, AtDesk(Role.SYSTEM)) == {
        ("/administrators", "bad"): 1,
        ("/orders?waiting=1", "bad"): 2,
        ("/devices/inbox", "warn"): 1,
        ("/rules", "warn"): 1,
        ("/today/ending", "warn"): 2,
        ("/endpoints?state=suspended", "warn"): 1,
        ("/people?state=draft", "plain"): 3,
    }
    assert set(links(knowledge, AtDesk(Role.SECURITY))) == {("/administrators", "bad"), ("/rules", "warn")}
    assert set(links(knowledge, AtDesk(Role.AUDIT))) == {("/administrators", "bad")}
    assert links(knowledge, AtDesk(Role.UNIT, frozenset({"court"}))) == {
        ("/orders?waiting=1", "bad"): 1,
        ("/today/ending", "warn"): 1,
        ("/people?state=draft", "plain"): 1,
    }


def test_missing_administrators_are_named_until_they_are_there(knowledge, clerk):
    """Nobody is asked to invite whom there is already."""
    clerk(Role.SYSTEM)

    def said():
        with knowledge.store.read() as session:
            return [task.says.english for task in waiting(session, AtDesk(Role.SYSTEM), time.time())]

    assert said() == ["No Security administrator yet", "No Audit administrator yet"]
    clerk(Role.SECURITY)
    clerk(Role.AUDIT)
    assert said() == []
