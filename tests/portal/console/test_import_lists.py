"""Lists on their way in: kept for their session, for a while, and carried out once."""

import threading

import pytest

from directory.import_columns import Field
from directory.import_files import read_file
from directory.refusal import Flaw, RegistryRefused
from portal.console import import_lists
from portal.console.import_lists import KEPT, MOST, Lists

SHEET = read_file("a.csv", "登录名,姓名\nzhangwei,张伟\n".encode())
MINE, OTHERS = b"m" * 32, b"o" * 32


def kept_in(lists, session=MINE, now=0.0):
    return lists.keep(session, "a.csv", SHEET, {Field.LOGIN: 0}, now)


def finished(kept):
    kept.work.exception(timeout=10)


def test_a_list_is_its_sessions_own_and_for_half_an_hour():
    """Nobody else finds it, nor anybody later; a session's next upload takes its place."""
    lists = Lists()
    first = kept_in(lists)
    assert lists.find(MINE, first.key, 1.0) is first
    assert lists.find(OTHERS, first.key, 1.0) is None
    assert lists.find(MINE, first.key, KEPT) is None
    assert lists.find(MINE, "", 1.0) is None
    second = kept_in(lists, now=1.0)
    assert lists.find(MINE, first.key, 1.0) is None
    assert lists.find(MINE, second.key, 1.0) is second


def test_so_many_at_once_and_no_more():
    """The oldest one goes."""
    lists = Lists()
    made = [kept_in(lists, bytes([number]) * 32) for number in range(MOST + 1)]
    assert lists.find(made[0].session, made[0].key, 1.0) is None
    assert all(lists.find(each.session, each.key, 1.0) for each in made[1:])


def test_the_repr_shows_no_cell():
    """It may come into a log."""
    assert "张伟" not in repr(kept_in(Lists()))


def test_a_list_is_carried_out_once():
    """A second click is too late; while it is under way nothing takes it away."""
    lists, go_on = Lists(), threading.Event()
    kept = kept_in(lists)
    assert lists.begin(kept, lambda: go_on.wait(10) and None)
    assert kept.is_under_way
    assert not lists.begin(kept, go_on.set)
    kept_in(lists)
    assert lists.find(MINE, kept.key, KEPT + 1) is kept
    go_on.set()
    finished(kept)
    assert kept.is_done
    assert not lists.begin(kept, go_on.set)


def test_a_refusal_is_kept_and_it_may_be_tried_again():
    """What was refused wrote nothing; an error that nobody foresaw is told apart, and logged without its text."""
    lists = Lists()
    kept = kept_in(lists)

    def refused():
        raise RegistryRefused(Flaw.PLAN_OUTDATED, "rows")

    assert lists.begin(kept, refused)
    finished(kept)
    assert (kept.is_done, kept.has_failed) == (False, False)
    assert kept.refused is not None
    assert kept.refused.flaw is Flaw.PLAN_OUTDATED

    def broken():
        raise ValueError("张伟")

    assert lists.begin(kept, broken)
    finished(kept)
    assert kept.has_failed
    assert lists.begin(kept, lambda: None)
    finished(kept)
    assert kept.is_done


@pytest.fixture(autouse=True)
def _quiet(monkeypatch):
    """Fail where a log line has a cell in it."""

    class Log:
        def error(self, event, **facts):
            assert "张伟" not in repr((event, facts))

    monkeypatch.setattr(import_lists, "log", Log())
