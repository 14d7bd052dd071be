"""The command `logins`."""

import pytest

from tests.support.records import write_login


@pytest.fixture
def busy(operator):
    """Give four logins."""
    operator.town()
    subject = operator.data("person", "show", "zhangsan")["subject"]
    store = operator.store()
    write_login(store, 1, subject=subject)
    write_login(store, 2, subject=subject, zone=None, rule=None, reason="TN-102")
    write_login(store, 3, login="ghost", hardware=None, zone=None, rule=None, reason="TN-101", address="10.8.0.3")
    write_login(store, 4, login="\u202egnahz", device=9)
    store.close()
    return operator


@pytest.mark.parametrize(
    ("conditions", "found"),
    [
        ((), ["\u202egnahz", "ghost", "zhangsan", "zhangsan"]),
        (("--person", "zhangsan"), ["zhangsan", "zhangsan"]),
        (("--person", "ghost"), ["ghost"]),
        (("--hardware", "AA-BB-CC-00-00-01", "--refused"), ["zhangsan"]),
        (("--address", "10.8.0.3"), ["ghost"]),
        (("--address", "::ffff:10.8.0.3"), ["ghost"]),
        (("--device", "sw1", "--granted"), ["zhangsan"]),
        (("--reason", "tn-102"), ["zhangsan"]),
        (("--reason", "PERSON_UNKNOWN"), ["ghost"]),
        (("--since", "2026-09-21T15:33:23+08:00"), ["\u202egnahz", "ghost"]),
        (("--until", "2026-09-21 22:13:22"), []),
        (("--limit", "1"), ["\u202egnahz"]),
    ],
)
def test_logins_are_found_by_each_condition(busy, conditions, found):
    """By person, hardware address, address, device, reason, time; all that is told holds together."""
    if "--since" in conditions or "--until" in conditions:
        rows = busy.data("logins")
        middle = rows[1]["at"]
        option = conditions[0]
        got = busy.data("logins", option, middle)
        kept = [row for row in rows if (row["at"] >= middle if option == "--since" else row["at"] < middle)]
        assert [row["number"] for row in got] == [row["number"] for row in kept]
        return
    assert [row["login"] for row in busy.data("logins", *conditions)] == found


def test_a_refusal_is_shown_with_its_sentence(busy):
    """The code and the sentence, in the operator's language; a name that turns text around is written out."""
    shown = busy.done("logins", lang="zh")

    assert "TN-102 用户名或密码不正确。" in shown
    assert "not correct" not in shown
    assert "\u202e" not in shown
    assert "放行 → internet" in shown


def test_an_unknown_reason_is_a_usage_error(busy):
    """The reasons that there are, are listed or guessed."""
    said = busy("logins", "--reason", "TN-1O2")

    assert said.exit_code == 2
    assert "TN-102" in said.err
