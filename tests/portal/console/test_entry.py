"""How administrators come in."""

import re
import secrets
import time

import pyotp
import pytest

from directory import otp
from portal.console import administrators
from portal.console.roles import Role
from tests.support.doors import PASSWORD, add_administrator, code_now, console_client


@pytest.fixture
def browser(knowledge):
    """A browser before anybody is logged in."""
    return console_client(knowledge)


def invited(knowledge, role=Role.SYSTEM):
    """Make a link and return its path."""
    token = secrets.token_hex(32)
    with knowledge.store.write() as unit:
        administrators.invite(unit, "operator", token, role=role)
    return f"/invitation/{token}"


def test_first_administrator_comes_by_a_link_that_works_once(knowledge, browser):
    """The link shows a secret, takes a password and a code, shows recovery codes, and is dead afterwards."""
    link = invited(knowledge)
    shown = browser.get(link)
    assert shown.status_code == 200
    secret = re.search(r'class="secret">([A-Z2-7]+)<', shown.text).group(1)
    assert secret in browser.get(link).text  # a reload shows the same
    form = {"login": "first", "name": "陈 志远", "password": PASSWORD, "again": PASSWORD}
    wrong = browser.post(link, data={**form, "code": "000000"})
    assert wrong.status_code == 400
    assert "CN" not in wrong.text or "动态口令不正确" in wrong.text
    done = browser.post(link, data={**form, "code": pyotp.TOTP(secret).now()})
    assert done.status_code == 200
    assert len(re.findall(r"<code>[a-z0-9]{5}-[a-z0-9]{5}</code>", done.text)) == otp.RECOVERY_CODES
    assert browser.get(link).status_code == 404
    recovery = re.search(r"<code>([a-z0-9]{5}-[a-z0-9]{5})</code>", done.text).group(1)
    for expected in (303, 400):  # a recovery code serves once
        answer = browser.post("/login", data={"login": "first", "password": PASSWORD, "code": recovery})
        assert answer.status_code == expected


def test_login_needs_both_factors_and_each_code_serves_once(knowledge, browser):
    """Password and code; the same code again is refused (RFC 6238 §5.2)."""
    add_administrator(knowledge, Role.SYSTEM, "boss")
    form = {"login": "boss", "password": PASSWORD, "code": code_now()}
    assert browser.post("/login", data={**form, "password": "wrong"}).status_code == 400
    come = browser.post("/login", data=form)
    assert come.status_code == 303
    assert "truename-console=" in come.headers["set-cookie"]
    assert "HttpOnly" in come.headers["set-cookie"]
    assert browser.get("/").status_code == 200
    again = console_client(knowledge).post("/login", data=form)
    assert again.status_code == 400


def test_unknown_administrator_reads_like_a_wrong_password(knowledge, browser):
    """Nobody finds out which administrators exist."""
    add_administrator(knowledge, Role.SYSTEM, "boss")
    one = browser.post("/login", data={"login": "boss", "password": "x", "code": "123456"})
    other = browser.post("/login", data={"login": "nobody", "password": "x", "code": "123456"})
    assert one.text.replace("boss", "nobody") == other.text


def test_a_login_that_somebody_prepared_is_not_taken_over(knowledge, browser):
    """Session fixation: the token is made at the login, whatever cookie came with it."""
    add_administrator(knowledge, Role.SYSTEM, "boss")
    browser.cookies.set("truename-console", "f" * 64)
    come = browser.post("/login", data={"login": "boss", "password": PASSWORD, "code": code_now()})
    assert come.status_code == 303
    assert "f" * 64 not in come.headers["set-cookie"]
    stranger = console_client(knowledge)
    stranger.cookies.set("truename-console", "f" * 64)
    assert stranger.get("/").status_code == 303


def test_errors_in_a_row_pause_an_administrator(knowledge):
    """After five wrong logins even the right one waits."""
    add_administrator(knowledge, Role.SYSTEM, "boss")
    for number in range(administrators.MOST_FAILURES):
        browser = console_client(knowledge, f"192.0.2.{number + 1}")
        browser.post("/login", data={"login": "boss", "password": "wrong", "code": "123456"})
    late = console_client(knowledge).post("/login", data={"login": "boss", "password": PASSWORD, "code": code_now()})
    assert late.status_code == 429


def test_session_belongs_to_its_address_and_ends_by_itself(knowledge, clerk, monkeypatch):
    """A cookie carried elsewhere opens nothing; an idle session ends."""
    one = clerk(Role.SYSTEM)
    assert one.get("/").status_code == 200
    elsewhere = console_client(knowledge, "192.0.2.99")
    elsewhere.cookies.set("truename-console", one.token)
    assert elsewhere.get("/").status_code == 303
    later = time.time() + knowledge.portal.console_idle + 1
    monkeypatch.setattr(knowledge, "clock", lambda: later)
    assert one.get("/").status_code == 303


def test_posts_from_elsewhere_are_refused(clerk):
    """Another site's page cannot post: by origin, by Sec-Fetch-Site, and by the form's key."""
    one = clerk(Role.SYSTEM)
    assert one.post("/logout", headers={"origin": "https://evil.example"}).status_code == 403
    assert one.post("/logout", headers={"origin": "null"}).status_code == 403
    assert one.post("/logout", headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert one.client.post("/logout", data={"form_key": "0" * 32}).status_code == 403
    assert one.post("/logout").status_code == 303
    assert one.get("/").status_code == 303


def test_next_page_is_one_of_ours(knowledge, browser):
    """The login leads nowhere else."""
    add_administrator(knowledge, Role.SYSTEM, "boss")
    form = {"login": "boss", "password": PASSWORD, "code": code_now(), "next": "//evil.example/"}
    assert browser.post("/login", data=form).headers["location"] == "/"


def test_every_answer_carries_the_policy(browser):
    """No script or style from elsewhere or inline, on pages and on files."""
    for path in ("/login", "/static/console.css", "/nowhere"):
        policy = browser.get(path).headers["content-security-policy"]
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
