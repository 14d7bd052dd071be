"""What a command is given."""

import json

import pytest

from operate.call import Call, iso
from operate.exits import CommandFailed, Exit
from operate.words import t


@pytest.fixture
def call(operator):
    """Give a call against a fresh installation."""
    with Call(settings=operator.path, as_json=False) as one:
        yield one


def test_times_are_shown_with_their_zone(call):
    """The zone of the settings, and its offset, stand with every time."""
    assert call.time(1_790_000_000.0) == "2026-09-21 22:13:20 +08:00"
    assert call.time(None) is None
    assert iso(0.5) == "1970-01-01T00:00:00.500000Z"


def test_people_and_programs_get_the_same_values(call, capsys):
    """Instants by RFC 3339 and in UTC for programs; words, dashes and the city's time for people."""
    rows = [{"name": "张三\x1b", "at": 0.0, "state": "active", "on": True, "list": ["a", "b"], "none": None}]
    columns = {key: t("列", key) for key in rows[0]}

    call.show_table(rows, columns, t("无", "none"))
    shown = capsys.readouterr().out
    assert "张三\\e" in shown
    assert "1970-01-01 08:00:00 +08:00" in shown
    assert "active  yes  a, b" in shown

    call.as_json = True
    call.show_table(rows, columns, t("无", "none"))
    assert json.loads(capsys.readouterr().out)[0]["at"] == "1970-01-01T00:00:00Z"


def test_nothing_is_said_as_such(call, capsys):
    """An empty answer is a sentence for people and an empty list for programs."""
    call.show_table([], {}, t("无", "none"))
    assert capsys.readouterr().out == "none\n"


def test_a_missing_database_is_a_matter_of_settings(operator):
    """78, and what makes it."""
    (operator.settings.state / "truename.db").unlink()

    with Call(settings=operator.path, as_json=False) as call, pytest.raises(CommandFailed) as caught:
        assert call.store
    assert caught.value.exit_code is Exit.SETTINGS
    assert "init" in caught.value.remedy.english


def test_the_actor_is_the_unix_user(call):
    """Whoever types is named in the record."""
    assert call.actor.startswith("unix:")
    assert len(call.actor) > len("unix:")
