"""A login name and a password."""

from access.reasons import Reason
from directory.passwords import hash_new
from portal.proving import may_look_after_account, prove
from tests.support.doors import PASSWORD, publish


def why(knowledge, login, password=PASSWORD, source="a"):
    """The reason of a refusal, None where it was proven."""
    refusal = prove(knowledge, login, password, source, knowledge.clock()).refusal
    return refusal.reason if refusal is not None else None


def test_right_wrong_and_unknown(knowledge):
    """However the login is capitalised; a slow hash is waited for."""
    publish(knowledge, "zhangwei")
    publish(knowledge, "liting", hash_new(PASSWORD).decode())
    assert why(knowledge, "ZhangWei ") is None
    assert why(knowledge, "liting") is None
    assert why(knowledge, "zhangwei", "wrong") is Reason.PASSWORD_WRONG
    assert why(knowledge, "nobody") is Reason.PERSON_UNKNOWN
    for junk in ("", "a b", "x" * 300, "a\x00b", "a\u202eb"):
        assert why(knowledge, junk) is Reason.NAME_MALFORMED


def test_errors_pause_known_and_unknown_names_alike(knowledge):
    """A pause does not tell which names exist."""
    publish(knowledge, "zhangwei")
    for login in ("zhangwei", "nobody"):
        reasons = [why(knowledge, login, "wrong") for _ in range(6)]
        assert reasons[-1] is Reason.HARDWARE_LOCKED_OUT
        assert why(knowledge, login) is Reason.HARDWARE_LOCKED_OUT


def test_old_knowledge_of_the_directory_lets_nobody_in(knowledge, monkeypatch):
    """Fail closed."""
    publish(knowledge, "zhangwei")
    monkeypatch.setattr(knowledge.mirror, "age", lambda _now: 3600.0)
    assert why(knowledge, "zhangwei") is Reason.DIRECTORY_STALE


def test_a_first_password_opens_the_own_account(knowledge):
    """Where it is changed."""
    subject = publish(knowledge, "zhangwei", must_change=True)
    person = knowledge.mirror.by_subject(subject)
    assert may_look_after_account(person, knowledge.clock()) is None
