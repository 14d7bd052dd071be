"""The noun `person`."""

import pytest
from sqlalchemy import select

from access.tables import OrderRow
from directory.passwords import generate_one_time_password
from tests.support.records import write_session


def test_a_person_is_a_draft_until_verified(operator):
    """Without a verified name there is no account, and `enable` asks for the verification."""
    operator.done("unit", "add", "city", "测试市")
    operator.done("person", "add", "lisi", "李四", "--unit", "city")

    assert operator.data("person", "show", "lisi")["state"] == "draft"
    assert operator("person", "enable", "lisi").exit_code == 1
    operator.done("person", "enable", "lisi", "--verified", "1")
    assert operator.data("person", "show", "lisi")["state"] == "active"


def test_a_person_is_disabled_enabled_and_ended(operator):
    """The life cycle decides; who has left does not come back."""
    operator.town()

    operator.done("person", "disable", "zhangsan")
    assert operator.data("person", "list", "--state", "suspended")[0]["login"] == "zhangsan"
    operator.done("person", "enable", "zhangsan")
    operator.done("person", "end", "zhangsan", "--yes")
    said = operator("person", "enable", "zhangsan", "--json")

    assert (said.exit_code, said.error["code"]) == (1, "RG-303")


@pytest.mark.parametrize("verb", [("disable",), ("end", "--yes")])
def test_whoever_leaves_is_ended_where_he_is(operator, verb):
    """A leaver is out everywhere: every open session gets its order in the same unit of work."""
    operator.town()
    subject = operator.data("person", "show", "zhangsan")["subject"]
    store = operator.store()
    try:
        write_session(store, 1, subject=subject)
        operator.done("person", verb[0], "zhangsan", *verb[1:])
        with store.read() as session:
            orders = session.scalars(select(OrderRow)).all()
    finally:
        store.close()

    assert [(order.kind, order.done_at) for order in orders] == [("disconnect", None)]


def test_an_end_is_asked_for(operator):
    """What cannot be undone is not done by a slip."""
    operator.town()

    said = operator("person", "end", "zhangsan", typed="n\n")

    assert said.exit_code == 1
    assert operator.data("person", "show", "zhangsan")["state"] == "active"


def test_a_leaver_is_preserved(operator):
    """Only whose account has ended can be taken out of the tree, and that is asked for."""
    operator.town()

    assert operator("person", "preserve", "zhangsan", "--yes").exit_code == 1
    operator.done("person", "end", "zhangsan", "--yes")
    assert operator("person", "preserve", "zhangsan", typed="n\n").exit_code == 1
    assert operator.data("person", "preserve", "zhangsan", "--yes")["state"] == "preserved"
    assert "person.preserve" in operator.done("record", "list", "--json")


def test_rights_are_given_and_taken(operator):
    """A right names a zone that exists; a slip is met with what was perhaps meant."""
    operator.town()

    said = operator("person", "rights", "ayi", "--give", "internett")
    assert said.exit_code == 1
    assert "Did you mean internet?" in said.err
    operator.done("person", "rights", "ayi", "--give", "internet")
    assert operator.data("person", "rights", "ayi")["zones"] == ["internet"]
    operator.done("person", "rights", "ayi", "--take", "internet")
    assert operator.data("person", "rights", "ayi")["zones"] == []


def test_a_move_ends_rights_unless_told(operator):
    """Rights came with the post."""
    operator.town()

    operator.done("person", "move", "zhangsan", "city", "--keep-rights")
    assert operator.data("person", "show", "zhangsan")["zones"] == ["internet"]
    operator.done("person", "move", "zhangsan", "north")
    assert operator.data("person", "show", "zhangsan")["zones"] == []


def test_people_are_found_by_part_of_their_name(operator):
    """Names with a middle dot and rare characters are found and shown."""
    operator.town()
    operator.done("person", "add", "rare", "㐂𠮷", "--unit", "city")

    assert [row["login"] for row in operator.data("person", "list", "古丽·买")] == ["ayi"]
    assert "㐂𠮷" in operator.done("person", "list", "𠮷")


def test_a_date_is_a_day_of_the_city(operator):
    """`--until` a date includes that day, in the time zone of the settings, and is shown with its zone."""
    operator.town()
    operator.done("person", "change", "zhangsan", "--until", "2030-12-31", "--mail", "zs@example.org")

    assert operator.data("person", "show", "zhangsan")["valid_until"] == "2030-12-31T16:00:00Z"
    assert "2031-01-01 00:00:00 +08:00" in operator.done("person", "show", "zhangsan")
    assert operator("person", "change", "zhangsan").exit_code == 1


def test_a_password_needs_the_service(operator, service):
    """Only the running service publishes a person: without it the command says so and leaves with 69."""
    operator.town()
    service()

    said = operator("person", "password", "zhangsan")

    assert said.exit_code == 69
    assert "serve" in said.err


@pytest.mark.usefixtures("service")
def test_a_password_waits_for_the_publication(operator, monkeypatch):
    """Nothing is stored for a person whom the directory does not have yet: 75, try again."""
    operator.town()
    monkeypatch.setattr("operate.passwords.PATIENCE", 0.05)

    said = operator("person", "password", "zhangsan")

    assert said.exit_code == 75


@pytest.mark.parametrize("words", ["short\n", "a" * 129 + "\n", "with\x07bell12\n", ""])
def test_a_typed_password_must_be_usable(operator, words):
    """Too short, too long for RADIUS (RFC 2865 §5.2), or with control characters: refused before anything else."""
    operator.town()

    assert operator("person", "password", "zhangsan", "--stdin", typed=words).exit_code == 1


def test_a_password_is_never_an_argument(operator):
    """An argument would be seen by every user of the machine."""
    operator.town()

    assert operator("person", "password", "zhangsan", generate_one_time_password()).exit_code == 2
