"""Into the own account and out of it."""

import pytest
from sqlalchemy import select

from access.tables import LoginRow
from directory.synchronisation import Idle
from portal.tables import WebSessionRow
from store.record import ActRow
from tests.portal.account.conftest import ADDRESS, Visitor, browser, code_of, hidden, subject_of
from tests.support.doors import PASSWORD

pytestmark = pytest.mark.usefixtures("town")

NEW = "An-own-sentence-42"


def sessions(knowledge):
    with knowledge.store.read() as session:
        return session.scalars(select(WebSessionRow)).all()


def submit(client, login="zhangwei", password=PASSWORD, path="/account/login"):
    """Fill in the form as a browser would."""
    stage = hidden(client.get(path))
    return client.post("/account/login", data={"stage": stage, "login": login, "password": password})


def test_password_opens_the_account(knowledge):
    """Nothing but the password is needed where there is no second factor; the session has a fresh token."""
    client = browser(knowledge)
    answer = submit(client)
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    page = client.get("/account")
    assert page.status_code == 200
    assert "张伟" in page.text
    assert "市财政局" in page.text
    with knowledge.store.read() as session:
        acts = session.execute(select(ActRow.actor, ActRow.act)).all()
    assert (f"person:{subject_of(knowledge, 'zhangwei')}", "account.login") in acts


def test_a_session_is_never_one_that_was_brought_along(knowledge):
    """Session fixation: a token from before the login opens nothing, and one that was valid ends."""
    client = browser(knowledge)
    client.cookies.set("truename-account", "00" * 32)
    assert client.get("/account").headers["location"] == "/account/login"
    assert submit(client).status_code == 303
    assert client.cookies.get("truename-account", domain="127.0.0.1") != "00" * 32
    earlier = Visitor(knowledge, "zhangwei")
    stage = hidden(browser(knowledge).get("/account/login"))
    earlier.post("/account/login", {"stage": stage, "login": "zhangwei", "password": PASSWORD})
    assert earlier.session.hash not in {row.hash for row in sessions(knowledge)}


def test_a_session_belongs_to_its_address(knowledge, zhang):
    """A cookie that was carried off opens nothing elsewhere."""
    thief = browser(knowledge, "10.9.9.9")
    thief.cookies.set("truename-account", zhang.token)
    assert thief.get("/account").headers["location"] == "/account/login"


@pytest.mark.parametrize("seconds", [901.0, 8 * 3600.0 + 1])
def test_a_session_ends_by_itself(knowledge, zhang, seconds):
    """After fifteen minutes without a click, and after eight hours in any case."""
    now = knowledge.clock()
    knowledge.mirror.apply(Idle(now + 1e6))
    knowledge.clock = lambda: now + seconds
    assert zhang.get("/account").status_code == 303


def test_wrong_password_and_unknown_name_read_the_same(knowledge):
    """Nobody finds out which names exist; both are kept, and the person sees the one."""
    client = browser(knowledge)
    told = []
    for login in ("zhangwei", "nobody-here"):
        answer = submit(client, login, "wrong password")
        assert answer.status_code == 403
        assert f'value="{login}"' in answer.text
        told.append(answer.text.replace(login, "").split('role="alert"')[1].split('class="code"')[0])
    assert told[0] == told[1]
    assert sessions(knowledge) == []
    knowledge.recorder.stop()  # so that all is written
    with knowledge.store.read() as session:
        rows = session.execute(select(LoginRow.login, LoginRow.reason, LoginRow.address, LoginRow.hardware)).all()
    assert ("zhangwei", "TN-102", ADDRESS, None) in rows
    assert ("nobody-here", "TN-101", ADDRESS, None) in rows


@pytest.mark.parametrize(("state", "code"), [(b"suspended", "TN-202"), (b"left", "TN-203")])
def test_whoever_is_out_stays_out(knowledge, town, state, code):
    """Suspended and left people are told why, at the login and in a session that is open."""
    one = Visitor(knowledge, "zhangwei")
    town.tell(one.subject, rnstatus=[state])
    assert code in submit(browser(knowledge)).text
    answer = one.get("/account/devices")
    assert answer.status_code == 403
    assert code in answer.text
    assert sessions(knowledge) == []


def test_second_factor_comes_before_the_session(knowledge):
    """Password, then a code: a wrong one is told, the right one opens, and it is never accepted twice."""
    secret, codes = Visitor(knowledge, "zhangwei").enrol()
    before = len(sessions(knowledge))
    client = browser(knowledge)
    page = submit(client, path="/account/login?next=/account/devices")
    assert len(sessions(knowledge)) == before
    assert "set-cookie" not in page.headers
    stage = hidden(page)
    refused = client.post("/account/login/code", data={"stage": stage, "code": "000000"})
    assert refused.status_code == 403
    assert "TN-307" in refused.text
    code = code_of(secret, knowledge.clock())
    answer = client.post("/account/login/code", data={"stage": stage, "code": code})
    assert answer.headers["location"] == "/account/devices"
    assert max(row.strength for row in sessions(knowledge)) == 2
    again = browser(knowledge)
    stage = hidden(submit(again))
    assert again.post("/account/login/code", data={"stage": stage, "code": code}).status_code == 403
    assert again.post("/account/login/code", data={"stage": stage, "code": codes[0]}).status_code == 303


def test_first_password_is_replaced_before_the_session(knowledge, town):
    """A first password leads to the change form; policy and repetition are checked; then the person is in."""
    subject = subject_of(knowledge, "zhangwei")
    town.tell(subject, pwdreset=[b"TRUE"])
    client = browser(knowledge)
    page = submit(client)
    assert sessions(knowledge) == []
    stage = hidden(page)
    for chosen, again in (("short", "short"), (NEW, NEW + "x")):
        bad = client.post("/account/login/password", data={"stage": stage, "new": chosen, "again": again})
        assert bad.status_code == 400
        assert chosen not in bad.text
    answer = client.post("/account/login/password", data={"stage": stage, "new": NEW, "again": NEW})
    assert answer.status_code == 303
    assert client.get("/account").status_code == 200
    assert submit(browser(knowledge), password=PASSWORD).status_code == 403
    assert submit(browser(knowledge), password=NEW).status_code == 303
    # The form of before serves no second time: what it proved has been changed.
    assert client.post("/account/login/password", data={"stage": stage, "new": NEW, "again": NEW}).status_code == 403


def test_a_first_password_that_somebody_found_sets_no_other(knowledge, town):
    """Where there is a second factor it is shown first, also by a form that skips the step."""
    one = Visitor(knowledge, "zhangwei")
    secret, _ = one.enrol()
    town.tell(one.subject, pwdreset=[b"TRUE"])
    client = browser(knowledge)
    stage = hidden(submit(client))
    skipped = client.post("/account/login/password", data={"stage": stage, "new": NEW, "again": NEW})
    assert skipped.status_code == 403
    assert town.modified == []
    page = client.post("/account/login/code", data={"stage": stage, "code": code_of(secret, knowledge.clock())})
    answer = client.post("/account/login/password", data={"stage": hidden(page), "new": NEW, "again": NEW})
    assert answer.status_code == 303


def test_forms_are_ours_fresh_and_of_this_address(knowledge):
    """A form that was forged, lay too long, or was carried elsewhere is refused, and the name typed stays."""
    client, now = browser(knowledge), knowledge.clock()
    stage = hidden(client.get("/account/login"))
    data = {"login": "zhangwei", "password": PASSWORD}
    assert "TN-310" in client.post("/account/login", data={**data, "stage": "x.y"}).text
    elsewhere = browser(knowledge, "10.9.9.9").post("/account/login", data={**data, "stage": stage})
    assert elsewhere.status_code == 403
    assert 'value="zhangwei"' in elsewhere.text
    knowledge.clock = lambda: now + 3700
    assert client.post("/account/login", data={**data, "stage": stage}).status_code == 403
    assert sessions(knowledge) == []


def test_the_way_after_the_login_is_ours(knowledge):
    """`next` leads to pages of my account and nowhere else."""
    for told in ("https://evil.example", "//evil.example", "/account/../x", "/logout", "/account\n", "/account//evil"):
        page = browser(knowledge).get("/account/login", params={"next": told})
        client = browser(knowledge)
        stage = hidden(page)
        answer = client.post("/account/login", data={"stage": stage, "login": "zhangwei", "password": PASSWORD})
        assert answer.headers["location"] == "/account", told


def test_who_tries_too_often_waits(knowledge):
    """The guard of the door counts posts here too."""
    client = browser(knowledge)
    now = knowledge.clock()
    knowledge.clock = lambda: now
    answers = [client.post("/account/login", data={}).status_code for _ in range(41)]
    assert answers[-1] == 429


def test_logout_ends_the_session(zhang):
    """The cookie is gone, and its token opens nothing any more."""
    assert zhang.post("/account/logout").headers["location"] == "/account/login"
    zhang.client.cookies.set("truename-account", zhang.token)
    assert zhang.get("/account").status_code == 303


def test_password_is_proven_again(knowledge, zhang):
    """A wrong one is refused; the right one leads on and is good for ten minutes."""
    now = knowledge.clock()
    knowledge.clock = lambda: now + 700
    answer = zhang.get("/account/factor/new")
    assert answer.headers["location"] == "/account/prove?next=/account/factor/new"
    assert zhang.post("/account/prove", {"password": "wrong", "next": "/account/factor/new"}).status_code == 403
    knowledge.clock = lambda: now
    done = zhang.post("/account/prove", {"password": PASSWORD, "next": "/account/factor/new"})
    assert done.headers["location"] == "/account/factor/new"
    assert zhang.get("/account/factor/new").status_code == 200


def test_language_is_chosen_by_link_and_remembered(knowledge):
    """`?lang=` changes the page and sets a cookie that holds no name."""
    client = browser(knowledge)
    assert "登录我的账号" in client.get("/account/login").text
    assert "Log in to My account" in client.get("/account/login?lang=en").text
    assert "Log in to My account" in client.get("/account/login").text
    assert client.get("/account?lang=en").headers["location"] == "/account/login?lang=en"
