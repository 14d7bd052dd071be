"""A person's password, lock and second factor."""

import os
import re

import pytest
from sqlalchemy import select

from directory import otp, people
from directory.backends.wire import DirectoryUnavailable
from directory.hashes import matches
from portal import web_sessions
from portal.console.roles import Role
from portal.tables import AdministratorRow, WebSessionRow
from portal.web_sessions import Door
from tests.support.doors import SECRET, acts_about, person_of

PATHS = ("password", "unlock", "factor")


@pytest.fixture
def zhang(knowledge):
    """Zhang Wei, with a second factor and a session of my account."""
    subject = person_of(knowledge, "zhangwei").subject
    with knowledge.store.write() as unit:
        otp.enrol(unit, knowledge.sealer, subject, subject, SECRET)
        web_sessions.begin(unit, Door.ACCOUNT, subject, strength=1, address="10.0.0.1", octets=os.urandom(32))
    return subject


def account_sessions(knowledge):
    with knowledge.store.read() as session:
        return session.scalars(select(WebSessionRow).where(WebSessionRow.door == Door.ACCOUNT.value)).all()


def test_a_one_time_password_is_shown_once(knowledge, clerk, zhang):
    """In the answer and nowhere else; it has to be changed; who was logged in with the old one is out."""
    one = clerk(Role.UNIT, "finance")
    assert "只显示一次" in one.get(f"/people/{zhang}/password").text
    answer = one.post(f"/people/{zhang}/password")
    (words,) = re.findall(r'<code class="secret">([^<]+)</code>', answer.text)
    assert answer.headers["cache-control"] == "no-store"
    ((dn, changes),) = knowledge.pool.modified
    assert dn == f"rnSubjectId={zhang}"
    assert matches(changes["userPassword"][0], words.encode())
    assert changes["pwdReset"] == [b"TRUE"]
    assert acts_about(knowledge, zhang)[-1] == "person.password"
    assert account_sessions(knowledge) == []
    assert words not in one.get(f"/people/{zhang}").text + one.get(f"/people/{zhang}/history").text


def test_a_person_who_is_not_published_yet_waits(knowledge, clerk, zhang, monkeypatch):
    """So says the page, and nothing is recorded."""
    one = clerk(Role.SYSTEM)
    monkeypatch.setattr(knowledge.pool, "search", lambda *_told: [])
    for path in ("password", "unlock"):
        answer = one.post(f"/people/{zhang}/{path}")
        assert answer.status_code == 503
        assert "尚未发布到目录" in answer.text
    assert acts_about(knowledge, zhang)[-1] == "factor.enrol"


def test_a_directory_that_is_away_is_said_so(knowledge, clerk, zhang, monkeypatch):
    """Without a word of what it said."""

    def away(*_told):
        raise DirectoryUnavailable("ldapi:///secret")

    monkeypatch.setattr(knowledge.pool, "search", away)
    one = clerk(Role.SYSTEM)
    for path in ("password", "unlock"):
        answer = one.post(f"/people/{zhang}/{path}")
        assert answer.status_code == 503
        assert "目录服务暂时没有应答" in answer.text
        assert "ldapi" not in answer.text


def test_a_lock_is_cleared_and_recorded_where_there_was_one(knowledge, clerk, zhang, monkeypatch):
    """A second click finds none."""
    one = clerk(Role.SYSTEM)
    assert one.post(f"/people/{zhang}/unlock").status_code == 303
    assert "person.unlock" not in acts_about(knowledge, zhang)
    found = [(f"rnSubjectId={zhang}", {"pwdAccountLockedTime": (b"000001010000Z",)})]
    monkeypatch.setattr(knowledge.pool, "search", lambda *_told: found)
    assert one.post(f"/people/{zhang}/unlock").status_code == 303
    assert acts_about(knowledge, zhang)[-1] == "person.unlock"


def test_a_second_factor_is_reset(knowledge, clerk, zhang):
    """The person enrols anew; without one there is nothing to reset."""
    one = clerk(Role.SYSTEM)
    assert "恢复码" in one.get(f"/people/{zhang}/factor").text
    assert one.post(f"/people/{zhang}/factor").status_code == 303
    with knowledge.store.read() as session:
        assert not otp.has_factor(session, zhang)
    assert account_sessions(knowledge) == []
    assert one.get(f"/people/{zhang}/factor").status_code == 404
    assert one.post(f"/people/{zhang}/factor").status_code == 404


@pytest.mark.parametrize("path", PATHS)
def test_nothing_is_done_to_others_to_oneself_and_to_leavers(knowledge, clerk, zhang, path):
    """As if there were nobody; by another administrator; not any more."""
    before = acts_about(knowledge, zhang)
    assert clerk(Role.UNIT, "court").post(f"/people/{zhang}/{path}").status_code == 404
    one = clerk(Role.SYSTEM)
    with knowledge.store.write() as unit:
        unit.session.get_one(AdministratorRow, one.number).person = zhang
    assert one.post(f"/people/{zhang}/{path}").status_code == 403
    assert acts_about(knowledge, zhang) == before
    with knowledge.store.write() as unit:
        people.end(unit, "t", zhang)
    assert clerk(Role.UNIT, "finance").post(f"/people/{zhang}/{path}").status_code == 400
    assert knowledge.pool.modified == []
