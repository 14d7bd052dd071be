"""Every route of my account asks for a session, and every post for its form's key."""

import pytest

from directory.synchronisation import Idle
from portal.account.owner import Asking, own_page
from portal.captive.app import make_app
from tests.portal.account.conftest import PHONE, browser

pytestmark = pytest.mark.usefixtures("town")

OPEN = {"/account/login", "/account/login/code", "/account/login/password"}


def routes(knowledge):
    """Return (method, path, whether it asks) of every route of my account."""
    found = []
    for route in make_app(knowledge, secure=False).routes:
        if getattr(route, "path", "").startswith("/account"):
            asks = any(isinstance(one.call, Asking) for one in route.dependant.dependencies)
            found.extend((method, route.path, asks) for method in route.methods)
    return found


def filled(path):
    """Put something into the path's parameters."""
    return path.replace("{number:int}", "1").replace("{hardware}", PHONE).replace("{token}", "x.y")


def test_every_route_but_the_login_asks(knowledge):
    """A page that asks for nobody would be open to the world."""
    assert {path for _, path, asks in routes(knowledge) if not asks} == OPEN


def test_nobody_comes_in_without_a_session(knowledge):
    """Each route sends a stranger to the login; after a page the login leads back to it."""
    client = browser(knowledge)
    for method, path, asks in routes(knowledge):
        if asks:
            answer = client.request(method, filled(path))
            assert answer.status_code == 303, (method, path)
            assert answer.headers["location"].startswith("/account/login"), (method, path)
    assert client.get("/account/devices").headers["location"] == "/account/login?next=/account/devices"


def test_every_post_needs_the_forms_key(knowledge, zhang):
    """A post without it, or with another session's, is refused before anything happens."""
    zhang.bind()
    posts = [path for method, path, asks in routes(knowledge) if method == "POST" and asks]
    assert len(posts) >= 10
    for path in posts:
        answer = zhang.client.post(filled(path), data={"form_key": "0"})
        assert answer.status_code == 403, path
        assert "AC-102" in answer.text
    assert zhang.get("/account").status_code == 200


def test_a_post_of_another_site_is_refused(zhang):
    """The origin counts, whatever key the form has."""
    answer = zhang.post("/account/logout", headers={"origin": "https://evil.example"})
    assert answer.status_code == 403
    assert zhang.get("/account").status_code == 200


def test_what_is_not_there_says_so_in_the_accounts_words(zhang):
    """No captive redirect inside of my account."""
    answer = zhang.get("/account/nothing")
    assert answer.status_code == 404
    assert "AC-101" in answer.text


def test_a_directory_that_is_too_old_lets_nobody_go_on(knowledge, zhang):
    """Who was suspended meanwhile would not be known."""
    now = knowledge.clock()
    knowledge.mirror.apply(Idle(now))
    knowledge.clock = lambda: now + knowledge.directory.max_age + 60
    answer = zhang.get("/account")
    assert answer.status_code == 503
    assert "TN-501" in answer.text


def test_a_password_that_was_reset_ends_the_session(town, zhang):
    """Whoever was given a first password proves it anew."""
    town.tell(zhang.subject, pwdreset=[b"TRUE"])
    assert zhang.get("/account").headers["location"] == "/account/login"
    town.tell(zhang.subject, pwdreset=[])
    assert zhang.get("/account").status_code == 303


@pytest.mark.parametrize(
    "text", ["/account", "/account/devices/02:00:5e:10:00:01/lost", "/account/answers/eyJ_-x.Ab-_"]
)
def test_own_pages_are_kept(text):
    """Every page that the login may lead back to."""
    assert own_page(text) == text


@pytest.mark.parametrize(
    "text", ["", "/", "//x", "/accountx", "/account/..", "/account/a?b", "/account/a\r\nb", "https://a/account"]
)
def test_other_pages_become_the_first(text):
    """Nothing leads elsewhere."""
    assert own_page(text) == "/account"
