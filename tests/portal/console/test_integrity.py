"""The check of the whole record."""

from sqlalchemy import text

from portal.console.integrity import IntegrityCheck


def checked(knowledge):
    """Run a check and return it."""
    check = IntegrityCheck(knowledge.store, knowledge.clock)
    assert check.start("admin:a")
    check.wait()
    assert check.running is None
    return check


def test_a_whole_record_is_whole(knowledge):
    """And the finding stays to be read."""
    check = checked(knowledge)
    assert check.last.chain.broken is None
    assert (check.last.by, check.failed) == ("admin:a", False)


def test_a_changed_row_is_named(knowledge):
    """The first that does not fit."""
    with knowledge.store.write() as unit:
        unit.session.execute(text("UPDATE act SET actor = 'x' WHERE number = 2"))
    assert checked(knowledge).last.chain.broken == 2


def test_one_check_at_a_time(knowledge, monkeypatch):
    """A second click starts nothing; an error of the check is said, and another one may begin."""
    import threading

    held, free = threading.Event(), threading.Event()

    def slow(_session, _progress):
        held.set()
        free.wait()
        raise RuntimeError

    monkeypatch.setattr("portal.console.integrity.verify", slow)
    check = IntegrityCheck(knowledge.store, knowledge.clock)
    assert check.start("a")
    held.wait()
    assert not check.start("b")
    assert check.running.total > 0
    free.set()
    check.wait()
    assert check.failed
    assert check.start("c")
    check.wait()
