"""The door as one application."""

from tests.support.doors import PORTAL


def test_front_page_needs_a_device_that_radius_knows(visitor):
    """Nobody logs in from nowhere; and says what to do."""
    answer = visitor.client.get("/")
    assert answer.status_code == 404
    assert "TN-308" in answer.text
    visitor.come()
    assert visitor.client.get("/").status_code == 200


def test_posts_of_other_sites_are_refused(visitor):
    """By origin."""
    visitor.come()
    answer = visitor.client.post("/login", data={"stage": visitor.stage}, headers={"origin": "https://evil.example"})
    assert answer.status_code == 403
    answer = visitor.client.post("/login", data={"stage": visitor.stage}, headers={"origin": PORTAL})
    assert "TN-104" in answer.text


def test_english_is_complete(visitor):
    """By a link, without a cookie."""
    visitor.come()
    assert "Log in with your real name" in visitor.client.get("/?lang=en").text
    assert '<html lang="en">' in visitor.client.get("/?lang=en").text


def test_policy_allows_our_style_by_its_hash(visitor):
    """And no script of anybody's on pages that have none."""
    policy = visitor.come().headers["content-security-policy"]
    assert "'sha256-" in policy
    assert "unsafe" not in policy
