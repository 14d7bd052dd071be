"""My password is changed by whoever knows it."""

from sqlalchemy import select

from directory.backends.wire import DirectoryUnavailable
from directory.passwords import hash_new
from portal.tables import WebSessionRow
from store.record import ActRow
from tests.portal.account.conftest import Visitor
from tests.support.doors import PASSWORD

NEW = "An-own-sentence-42"
ROOM = "/account/password"


def test_the_old_one_is_proven_and_other_sessions_end(knowledge, town, zhang):
    """The directory gets a new verifier; this session goes on, others end; the act is the person's own."""
    other = Visitor(knowledge, "zhangwei", "10.9.9.9")
    answer = zhang.post(ROOM, {"old": PASSWORD, "new": NEW, "again": NEW})
    assert answer.headers["location"] == "/account/password/changed"
    assert "密码已修改" in zhang.get(answer.headers["location"]).text
    assert other.get("/account").status_code == 303
    with knowledge.store.read() as session:
        assert len(session.scalars(select(WebSessionRow)).all()) == 1
        acts = session.execute(select(ActRow.actor, ActRow.act, ActRow.subject)).all()
        assert NEW not in str(session.scalars(select(ActRow.after)).all())
    assert (f"person:{zhang.subject}", "person.password", zhang.subject) in acts
    ((dn, changes),) = town.modified
    assert zhang.subject in dn
    assert NEW.encode() not in changes["userPassword"][0]


def test_errors_stand_beside_their_fields(town, zhang):
    """Wrong old one, a weak one, one that contains the name, two that differ, the same again."""
    cases = (
        ({"old": "wrong", "new": NEW, "again": NEW}, "原密码不正确"),
        ({"old": "", "new": NEW, "again": NEW}, "此项不能为空"),
        ({"old": PASSWORD, "new": "short", "again": "short"}, "至少需要 10 个字符"),
        ({"old": PASSWORD, "new": "Zz-张伟-zhangwei-1", "again": "Zz-张伟-zhangwei-1"}, "不能包含姓名"),
        ({"old": PASSWORD, "new": NEW, "again": "other"}, "两次输入的密码不同"),
        ({"old": NEW, "new": NEW, "again": NEW}, "新密码与原密码相同"),
    )
    for data, words in cases:
        page = zhang.post(ROOM, data)
        assert page.status_code == 400, words
        assert words in page.text
        assert NEW not in page.text
    assert town.modified == []


def test_guesses_of_the_old_one_are_counted(town, zhang):
    """Whoever sits at an open session may not try for ever."""
    town.tell(zhang.subject, userpassword=[hash_new("Another-Horse-8")])
    answers = [zhang.post(ROOM, {"old": f"guess-{n}", "new": NEW, "again": NEW}) for n in range(6)]
    assert [answer.status_code for answer in answers] == [400] * 5 + [403]
    assert "TN-207" in answers[-1].text


def test_a_directory_that_does_not_take_it_is_told(town, zhang):
    """Nothing is claimed that did not happen."""

    def away(_dn, _changes):
        raise DirectoryUnavailable("away")

    town.modify = away
    page = zhang.post(ROOM, {"old": PASSWORD, "new": NEW, "again": NEW})
    assert page.status_code == 503
    assert "TN-502" in page.text
