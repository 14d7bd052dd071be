"""Subject ids: whom or what each stands for."""

import pytest
from sqlalchemy import select

from directory import endpoints, people, subjects, units
from directory.people import NewPerson
from directory.person import State
from directory.registry import PersonRow

NOW = 1_790_000_000.0


@pytest.fixture
def town(store):
    """Two units: a person who ends soon and one without end, a draft, and a camera; return subjects by name."""
    with store.write() as unit:
        for code in ("north", "south"):
            units.add(unit, "test", code=code, name=code, kind="town")
        soon, later = people.add_many(
            unit,
            "test",
            [
                NewPerson(login="a", name="阿依", unit="north", valid_from=0, valid_until=unit.now + 86400),
                NewPerson(login="b", name="李雷", unit="south"),
            ],
            assurance=1,
        )
        people.add(unit, "test", NewPerson(login="c", name="韩梅", unit="south"))
        camera = endpoints.add(
            unit, "test", hardware="02:00:00:00:00:01", name="摄像头", kind="camera", owner=later,
            valid_until=unit.now + 3600,
        )  # fmt: skip
        return {"soon": soon, "later": later, "camera": camera, "now": unit.now}


def test_people_and_endpoints_are_told_apart(store, town):
    """An endpoint has somebody who answers for it, a person has not; nobody's ids are left out."""
    with store.read() as session:
        known = subjects.known(session, [town["soon"], town["camera"], None, "p-nobody"])
        assert set(known) == {town["soon"], town["camera"]}
        assert known[town["soon"]].is_person
        assert known[town["camera"]].owner == town["later"]
        assert subjects.find(session, town["camera"]).unit == "south"
        assert subjects.find(session, None) is None


def test_a_unit_owns_its_people_and_endpoints(store, town):
    """What is below a unit can be asked for inside another query."""
    with store.read() as session:
        south = set(session.scalars(subjects.below({"south"})))
        assert {town["later"], town["camera"]} < south
        assert town["soon"] not in south
        assert subjects.count(session, {"south"}) == len(south) == 3
        assert session.scalars(select(PersonRow.name).where(PersonRow.subject.in_(subjects.below([])))).all() == []


def test_ends_are_told_the_soonest_first(store, town):
    """Active ones alone, within the span and the units that were asked for."""
    since, until = town["now"], town["now"] + 14 * 86400
    with store.read() as session:
        assert [one.subject for one in subjects.ending(session, since=since, until=until)] == [
            town["camera"], town["soon"],
        ]  # fmt: skip
        assert [one.name for one in subjects.ending(session, since=since, until=until, units={"north"})] == ["阿依"]
        assert len(subjects.ending(session, since=since, until=until, limit=1)) == 1
        assert subjects.ending(session, since=until, until=until + 1) == []


@pytest.mark.usefixtures("town")
def test_states_are_counted(store):
    """Within units, or everywhere."""
    with store.read() as session:
        assert subjects.count_people(session, State.ACTIVE) == 2
        assert subjects.count_people(session, State.DRAFT, {"north"}) == 0
        assert subjects.count_people(session, State.DRAFT, {"south"}) == 1
        assert subjects.count_endpoints(session, State.ACTIVE) == 1
        assert subjects.count_endpoints(session, State.SUSPENDED, {"south"}) == 0
