"""The administrator's own account."""

import re

from directory import otp
from portal.console import administrators
from portal.console.roles import Role
from portal.tables import WebSessionRow
from tests.support.doors import PASSWORD


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


def test_the_own_password_is_changed_within_the_policy(clerk, knowledge):
    """A bad one changes nothing; a good one replaces the old."""
    one = clerk(Role.AUDIT)
    for words, again in (("short", "short"), ("Blue-Teapot-41", "Blue-Teapot-42")):
        assert one.post("/own/password", {"password": words, "again": again}).status_code == 400
    assert one.post("/own/password", {"password": "Blue-Teapot-41", "again": "Blue-Teapot-41"}).status_code == 303
    with knowledge.store.read() as session:
        row = administrators.find(session, one.number)
    assert administrators.password_matches(row, "Blue-Teapot-41")
    assert not administrators.password_matches(row, PASSWORD)
    assert one.get("/own").status_code == 200


def test_recovery_codes_are_shown_once(clerk, knowledge):
    """And each of them serves for a login."""
    one = clerk(Role.AUDIT)
    codes = re.findall(r"<code>(\w{5}-\w{5})</code>", one.post("/own/recovery").text)
    assert len(codes) == otp.RECOVERY_CODES
    assert codes[0] not in one.get("/own/recovery").text
    with knowledge.store.write() as unit:
        for expected in (True, False):
            row = administrators.admit(unit, knowledge.sealer, one.number, codes[0], password_right=True)
            assert (row is not None) is expected


def test_dangerous_acts_ask_for_the_password_again(clerk, knowledge):
    """Ten minutes after it was typed."""
    one = clerk(Role.AUDIT)
    with knowledge.store.write() as unit:
        for row in unit.session.query(WebSessionRow):
            row.proven_at -= 601
    for path in ("/own/password", "/own/recovery"):
        assert one.get(path).headers["location"].startswith("/prove")
