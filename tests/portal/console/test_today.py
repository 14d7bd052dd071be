"""The first page."""

from portal.console.roles import Role


def test_every_role_has_a_first_page(clerk):
    """In the own language, with the own name."""
    one = clerk(Role.SYSTEM)
    assert "今日" in one.get("/").text
    assert one.login in one.get("/").text
