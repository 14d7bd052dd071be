"""People."""

from portal.console.roles import Role


def test_a_units_administrator_finds_own_people_only(clerk):
    """The subtree is the whole world."""
    own = clerk(Role.UNIT, "court").get("/people").text
    assert "艾力江·买买提" in own
    assert "张伟" not in own


def test_search_gives_the_rows_alone_to_htmx(clerk):
    """What changes as one types is a part of the page."""
    one = clerk(Role.SYSTEM)
    part = one.get("/people?q=zhangwei", headers={"hx-request": "true"}).text
    assert "张伟" in part
    assert "<html" not in part
