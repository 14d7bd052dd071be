"""The administrator's own account."""

from portal.console.roles import Role


def test_language_is_remembered(clerk):
    """From then on pages come in English."""
    one = clerk(Role.AUDIT)
    assert "我的控制台会话" in one.get("/own").text
    one.post("/language", {"language": "en", "next": "/own"})
    assert "My console sessions" in one.get("/own").text


def test_other_sessions_can_be_ended(clerk):
    """And the one in use stays."""
    one = clerk(Role.AUDIT)
    assert one.post("/own/sessions/end").status_code == 303
    assert one.get("/own").status_code == 200
