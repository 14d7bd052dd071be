import pytest
from sqlalchemy import select

from directory import people, units
from directory.people import NewPerson
from directory.refusal import Flaw, RegistryRefused
from directory.registry import PublicationRow
from store.changes import ChangeRow
from store.record import ActRow
from tests.support.registry import ACTOR, build_city


@pytest.fixture
def store(store):
    with store.write() as unit:
        build_city(unit)
    return store


def refused(flaw):
    return pytest.raises(RegistryRefused, match=flaw.code)


def test_a_new_unit_leaves_three_traces(store):
    """An act on a unit reaches the outbox, the change feed and the administrative record, in one transaction."""
    with store.read() as session:
        assert [row.subject for row in session.scalars(select(PublicationRow)) if row.kind == "unit"][-1] == "south"
        assert {(row.kind, row.subject) for row in session.scalars(select(ChangeRow))} >= {
            ("unit", "south"),
            ("publication", "south"),
        }
        last = session.scalars(select(ActRow).order_by(ActRow.number.desc())).first()
        assert last is not None
        assert (last.actor, last.act, last.subject, last.before) == (ACTOR, "unit.add", "south", None)


def test_the_tree_lists_parents_first(store):
    """A unit comes before what lies below it."""
    with store.read() as session:
        assert [(branch.depth, branch.row.code) for branch in units.tree(session)] == [
            (0, "yz"),
            (1, "court"),
            (1, "north"),
            (2, "north-1"),
            (1, "south"),
        ]
        assert sorted(units.subtree(session, "north")) == ["north", "north-1"]
        assert units.ancestors(units.parents(session), "north-1") == ["north-1", "north", "yz"]


@pytest.mark.parametrize("code", ["", "A", "a b", "a,b", "北山", "-a", "a" * 33])
def test_a_code_is_plain(store, code):
    """A code fits rules, DNs and 32 octets of IA5 (rnOrgCode)."""
    with refused(Flaw.CODE_MALFORMED), store.write() as unit:
        units.add(unit, ACTOR, code=code, name="某社区", kind="community", parent="north")


def test_a_code_is_given_once(store):
    """A second unit with the same code is refused."""
    with refused(Flaw.CODE_TAKEN), store.write() as unit:
        units.add(unit, ACTOR, code="north", name="又一个", kind="town", parent="yz")


def test_kind_and_parent_are_known(store):
    """An unknown kind and an unknown parent are refused."""
    with refused(Flaw.CHOICE_UNKNOWN), store.write() as unit:
        units.add(unit, ACTOR, code="x", name="某县", kind="county", parent="yz")
    with refused(Flaw.UNIT_UNKNOWN), store.write() as unit:
        units.add(unit, ACTOR, code="x", name="某镇", kind="town", parent="nowhere\udc80")


@pytest.mark.parametrize("below", ["yz", "north", "north-1"])
def test_no_circle(store, below):
    """A unit cannot be moved below itself or below what lies under it."""
    with refused(Flaw.UNIT_CYCLE), store.write() as unit:
        units.move(unit, ACTOR, "yz", below)


def test_move_and_rename(store):
    """A unit moves with everything below it; a rename leaves its code."""
    with store.write() as unit:
        units.move(unit, ACTOR, "north", "south")
        units.rename(unit, ACTOR, "north", "北山‧新镇")
    with store.read() as session:
        assert sorted(units.subtree(session, "south")) == ["north", "north-1", "south"]
        assert units.find(session, "north").name == "北山·新镇"


def test_a_unit_in_use_cannot_be_removed(store):
    """A unit with units or people below it stays; an empty one goes."""
    with store.write() as unit:
        subject = people.add(unit, ACTOR, NewPerson(login="a", name="甲", unit="north-1"))
    for code in ("north", "north-1"):
        with refused(Flaw.UNIT_NOT_EMPTY), store.write() as unit:
            units.remove(unit, ACTOR, code)
    with store.write() as unit:
        people.move(unit, ACTOR, subject, "south")
        units.remove(unit, ACTOR, "north-1")
    with store.read() as session, refused(Flaw.UNIT_UNKNOWN):
        units.find(session, "north-1")
