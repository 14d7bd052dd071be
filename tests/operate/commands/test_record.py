"""The noun `record`."""

from sqlalchemy import text


def test_acts_are_listed_with_what_they_changed(operator):
    """Who did what to whom, the latest first."""
    operator.town()
    operator.done("person", "disable", "zhangsan")

    latest = operator.data("record", "list", "--limit", "1")[0]

    assert (latest["act"], latest["changed"]) == ("person.suspend", ["state"])
    assert operator.data("record", "list", "--act", "device.add", "--since", "1h")[0]["actor"].startswith("unix:")


def test_a_changed_record_is_found(operator):
    """A row that somebody rewrote no longer fits the chain."""
    operator.town()
    assert operator("record", "verify").exit_code == 0
    store = operator.store()
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE act SET actor = 'unix:nobody' WHERE number = 2"))
    store.close()

    said = operator("record", "verify", "--json")

    assert said.exit_code == 1
    assert said.data["broken"] == 2


def test_rows_cut_off_at_the_end_are_found_by_a_head(operator):
    """A hash noted elsewhere shows that the end is gone."""
    operator.town()
    head = operator.data("record", "verify")["head"]
    operator.done("record", "verify", "--head", head)
    store = operator.store()
    with store.engine.begin() as connection:
        connection.execute(text("DELETE FROM act WHERE number = (SELECT max(number) FROM act)"))
    store.close()

    assert operator("record", "verify").exit_code == 0
    assert operator("record", "verify", "--head", head).exit_code == 1
    assert operator("record", "verify", "--head", "no hash").exit_code == 2
