"""The command `online`."""

import pytest

from tests.support.records import write_session


@pytest.fixture
def busy(operator):
    """Give three sessions, one of them over."""
    operator.town()
    subject = operator.data("person", "show", "zhangsan")["subject"]
    store = operator.store()
    write_session(store, 1, subject=subject)
    write_session(store, 2, login="evil\x1b[2J", zone=None)
    write_session(store, 3, subject=subject, stopped_at=1.79e9)
    store.close()
    return operator


def test_open_sessions_are_listed_with_names(busy):
    """A session is shown with the real name and the name of its device; one that is over is not shown."""
    rows = busy.data("online")

    assert [row["number"] for row in rows] == [2, 1]
    assert (rows[1]["name"], rows[1]["device"]) == ("张三", "sw1")


@pytest.mark.parametrize("who", ["1", "zhangsan", "AABB-CC00-0001", "10.8.0.1", "::ffff:10.8.0.1"])
def test_a_session_is_found_by_whatever_is_known(busy, who):
    """Number, person, hardware address in any spelling, address."""
    assert [row["number"] for row in busy.data("online", who)] == [1]


def test_escape_characters_do_not_reach_the_terminal(busy):
    """A name that a device sent moves no cursor."""
    said = busy.done("online")

    assert "\x1b" not in said
    assert "evil\\e[2J" in said


def test_sessions_are_narrowed_by_zone_and_device(busy):
    """Conditions hold together."""
    assert [row["number"] for row in busy.data("online", "--zone", "internet", "--device", "sw1")] == [1]
    assert busy.data("online", "3") == []
    assert busy("online", "--device", "nope").exit_code == 1
