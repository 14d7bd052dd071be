"""People: found as one types, within what is one's own."""

import pytest

from directory import people
from directory.people import NewPerson
from portal.console.people import PAGE
from portal.console.roles import Role

pytestmark = pytest.mark.postgresql

PART = {"hx-request": "true"}


def test_a_units_administrator_finds_own_people_only(clerk):
    """The subtree is the whole world: in the list, in searches, in suggestions."""
    one = clerk(Role.UNIT, "court")
    own = one.get("/people").text
    assert "艾力江·买买提" in own
    assert "张伟" not in own
    assert "张伟" not in one.get("/people?q=zhangwei", headers=PART).text
    assert "zhangwei" not in one.get("/people/suggested?owner=zhang").text
    assert "liting" in one.get("/people/suggested?owner=李").text
    foreign = one.get("/people?unit=finance").text
    assert "没有此单位" in foreign
    assert foreign.replace("finance", "-") == one.get("/people?unit=nowhere").text.replace("nowhere", "-")


def test_search_gives_the_rows_alone_to_htmx(clerk):
    """What changes as one types is a part of the page."""
    part = clerk(Role.SYSTEM).get("/people?q=zhangwei", headers=PART).text
    assert "张伟" in part
    assert "<html" not in part


def test_filters_by_unit_and_state(clerk):
    """A unit by name, code or suggestion; a state; what fits nobody says what to do."""
    one = clerk(Role.SYSTEM)
    for unit in ("finance", "市财政局", "市财政局 (finance)"):
        found = one.get("/people", params={"unit": unit}).text
        assert "张伟" in found
        assert "李婷" not in found
    assert "张伟" not in one.get("/people?state=suspended").text
    assert "减少筛选条件" in one.get("/people?q=nobody").text


def test_pages_follow_each_other(knowledge, clerk):
    """The last login of a page is where the next one begins."""
    with knowledge.store.write() as unit:
        new = [NewPerson(login=f"p{n:03}", name="赵一", unit="court") for n in range(PAGE + 5)]
        people.add_many(unit, "test", new)
    one = clerk(Role.SYSTEM)
    first = one.get("/people?q=赵一").text
    assert "after=p049" in first
    second = one.get("/people?q=赵一&after=p049").text
    assert "p050" in second
    assert "p048" not in second
    assert "after=p0" not in second


def test_whoever_may_only_look_chooses_nobody(clerk):
    """No boxes, no acts, no button to add."""
    page = clerk(Role.SECURITY).get("/people").text
    assert "checkbox" not in page
    assert "/people/new" not in page


def test_what_was_typed_is_escaped(clerk):
    """A search is shown again as text."""
    assert "<script>x" not in clerk(Role.SYSTEM).get("/people", params={"q": "<script>x"}).text
