"""A person chooses an own password."""

import pytest

from access.reasons import Reason
from directory.backends.wire import DirectoryUnavailable
from portal import own_password
from portal.own_password import PasswordNotSet
from tests.portal.account.conftest import Town, subject_of
from tests.support.doors import PASSWORD

pytestmark = pytest.mark.usefixtures("town")

NEW = "An-own-sentence-42"


@pytest.fixture
def town(knowledge):
    """A directory whose changes come back through the mirror."""
    knowledge.pool = Town(knowledge)
    return knowledge.pool


def person(knowledge):
    return knowledge.mirror.by_subject(subject_of(knowledge, "zhangwei"))


def test_change_waits_until_the_mirror_shows_it(knowledge, town):
    """What comes next is decided on the person as the directory has it then."""
    before = person(knowledge)
    town.tell(before.subject, pwdreset=[b"TRUE"])
    after = own_password.change(knowledge, person(knowledge), NEW)
    assert not after.must_change
    assert after.verifiers != before.verifiers


def test_a_first_password_that_stays_one_is_no_change(knowledge, town, monkeypatch):
    """Nobody goes on with a change that nobody sees."""
    monkeypatch.setattr(own_password, "MIRROR_PATIENCE", 0.05)
    town.tell(person(knowledge).subject, pwdreset=[b"TRUE"])
    town.modify = lambda _dn, _changes: None
    with pytest.raises(PasswordNotSet) as failed:
        own_password.change(knowledge, person(knowledge), NEW)
    assert failed.value.refusal.reason is Reason.DIRECTORY_STALE


def test_a_directory_that_shows_no_verifier_is_believed(knowledge, town, monkeypatch):
    """Where passwords are verified by binding, the mirror may have nothing to show."""
    monkeypatch.setattr(own_password, "MIRROR_PATIENCE", 0.05)
    town.modify = lambda _dn, _changes: None
    assert own_password.change(knowledge, person(knowledge), NEW) == person(knowledge)


def test_a_directory_that_is_away_is_told(knowledge, town):
    """With the reason that people know from the login."""

    def away(_dn, _changes):
        raise DirectoryUnavailable("away")

    town.modify = away
    with pytest.raises(PasswordNotSet) as failed:
        own_password.change(knowledge, person(knowledge), NEW)
    assert failed.value.refusal.reason is Reason.DIRECTORY_UNAVAILABLE


def test_policy_knows_login_and_name(knowledge):
    """The real name comes from the registry; a good password has no flaw."""
    one = person(knowledge)
    assert own_password.flaws(knowledge, one, PASSWORD) == []
    assert [text.chinese for text in own_password.flaws(knowledge, one, "Horse-张伟-Stable-7")] == [
        "密码不能包含姓名。"
    ]
    assert own_password.real_name(knowledge, one.subject) == "张伟"
    assert own_password.real_name(knowledge, "nobody") == ""
