"""Units as a tree, and what is changed about them."""

import pytest

from directory import people, units
from directory.refusal import RegistryRefused
from portal.console.roles import Role
from portal.console.units import tree
from tests.support.doors import acts_about, person_of

pytestmark = pytest.mark.postgresql


def unit_of(knowledge, code):
    with knowledge.store.read() as session:
        return units.find(session, code)


def test_the_tree_counts_what_each_answers_for(knowledge):
    """Itself, and with all below; leavers do not count."""
    with knowledge.store.write() as unit:
        units.add(unit, "t", code="court-1", name="第一法庭", kind="department", parent="court")
        people.move(unit, "t", people.by_login(unit.session, "liting").subject, "court-1")
        people.end(unit, "t", people.by_login(unit.session, "zhangwei").subject)
    with knowledge.store.read() as session:
        (city,) = tree(session, None)
        (court,) = tree(session, "court")
    assert (city.people, city.people_below) == (0, 3)
    assert [(each.row.code, each.people_below) for each in city.below] == [("court", 2), ("finance", 1)]
    assert (court.people, court.below[0].people) == (1, 1)


def test_a_units_administrator_sees_the_own_subtree(clerk):
    """In the tree, in suggestions, and nothing of a unit beside it."""
    one = clerk(Role.UNIT, "court")
    page = one.get("/units").text
    assert "市人民法院" in page
    assert "市财政局" not in page
    assert "市财政局" not in one.get("/units/suggested?to=市").text
    assert "市人民法院 (court)" in one.get("/units/suggested?to=法院").text
    assert one.get("/units/finance").status_code == one.get("/units/nowhere").status_code == 404
    own = one.get("/units/court").text
    assert "/units/city" not in own
    assert "/units/court/rename" not in own


def test_a_unit_is_added_under_another(knowledge, clerk):
    """Errors stand beside their fields."""
    one = clerk(Role.SYSTEM)
    assert "清水市 (city)" in one.get("/units/new?parent=city").text
    form = {"code": "town-1", "name": "北山镇", "kind": "town", "parent": "清水市 (city)"}
    for wrong, words in (
        ({"code": "Town 1"}, "代码只能含"), ({"code": "city"}, "该代码已被使用"), ({"parent": "x"}, "没有此单位"),
        ({"name": ""}, "此项不能为空"), ({"kind": "galaxy"}, "允许的范围"),
    ):  # fmt: skip
        answer = one.post("/units/new", {**form, **wrong})
        assert answer.status_code == 400, wrong
        assert words in answer.text, wrong
    assert one.post("/units/new", form).headers["location"] == "/units/town-1"
    assert (unit_of(knowledge, "town-1").parent, unit_of(knowledge, "town-1").kind) == ("city", "town")
    assert "北山镇" in one.get("/units/town-1").text


def test_a_unit_is_renamed_and_moved(knowledge, clerk):
    """Not below itself; the history says who and what."""
    one = clerk(Role.SYSTEM)
    one.post("/units/court/rename", {"name": "市中级人民法院"})
    assert unit_of(knowledge, "court").name == "市中级人民法院"
    assert one.post("/units/court/rename", {"name": ""}).status_code == 400
    assert one.post("/units/city/move", {"parent": "court"}).status_code == 400
    assert one.post("/units/court/move", {"parent": "nowhere"}).status_code == 400
    one.post("/units/court/move", {"parent": "finance"})
    assert unit_of(knowledge, "court").parent == "finance"
    one.post("/units/court/move", {"parent": ""})
    assert unit_of(knowledge, "court").parent is None
    assert acts_about(knowledge, "court") == ["unit.add", "unit.rename", "unit.move", "unit.move"]
    page = one.get("/units/court").text
    assert "<del>市人民法院</del>" in page
    assert "<del>市财政局</del>" in page


def test_only_an_empty_unit_is_removed(knowledge, clerk):
    """One with people says so; leavers count too."""
    one = clerk(Role.SYSTEM)
    assert "不能撤销" in one.get("/units/court").text
    assert one.post("/units/court/remove").status_code == 400
    with knowledge.store.write() as unit:
        units.add(unit, "t", code="empty", name="空", kind="town")
    assert "撤销单位" in one.get("/units/empty").text
    assert one.post("/units/empty/remove").headers["location"] == "/units"
    with pytest.raises(RegistryRefused):
        unit_of(knowledge, "empty")
    assert person_of(knowledge, "liting").unit == "court"


@pytest.mark.parametrize("path", ["new", "court/rename", "court/move", "court/remove"])
def test_units_are_changed_by_the_system_administrator_alone(clerk, path):
    """A unit's administrator looks after people, not after the tree."""
    assert clerk(Role.UNIT, "court").post(f"/units/{path}", {"name": "x"}).status_code == 403
