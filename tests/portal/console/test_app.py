"""What a refusal looks like."""

from portal.console.roles import Role


def test_unknown_pages_say_so_in_both_languages(clerk):
    """With a stable code."""
    one = clerk(Role.SYSTEM)
    assert "没有此页" in one.get("/nowhere").text
    assert "There is no such page" in one.get("/nowhere?lang=en").text
    assert one.get("/nowhere").status_code == 404


def test_there_is_no_description_of_the_pages(clerk):
    """Only the API describes itself."""
    assert clerk(Role.SYSTEM).get("/openapi.json").status_code == 404
