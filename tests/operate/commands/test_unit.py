"""The noun `unit`."""


def test_a_unit_is_added_and_shown_in_its_tree(operator):
    """Units stand below their parents, with their names in any script."""
    operator.done("unit", "add", "city", "测试市", "--kind", "city")
    operator.done("unit", "add", "north", "𠮷山镇", "--kind", "town", "--parent", "city")

    lines = operator.done("unit", "list").splitlines()

    assert lines == ["测试市  [city]  city", "  𠮷山镇  [north]  town"]
    assert operator.data("unit", "show", "city")["below"] == ["north"]


def test_a_unit_cannot_be_moved_below_itself(operator):
    """A refusal of the registry comes with its code, in both languages, and leaves with 1."""
    operator.town()

    said = operator("unit", "move", "city", "north", "--json")

    assert said.exit_code == 1
    assert said.error["code"] == "RG-301"
    assert "单位" in operator("unit", "move", "city", "north", lang="zh").err


def test_a_unit_moves_and_is_renamed(operator):
    """A move to the top needs to be said, so that a forgotten word does not do it."""
    operator.town()

    assert operator("unit", "move", "north").exit_code == 1
    operator.done("unit", "move", "north", "--top")
    operator.done("unit", "rename", "north", "南山镇")

    shown = operator.data("unit", "show", "north")
    assert (shown["parent"], shown["name"], shown["people"]) == (None, "南山镇", 1)


def test_the_actor_is_the_unix_user(operator):
    """Every act is recorded under the name of the user who typed it."""
    operator.done("unit", "add", "city", "测试市")

    assert operator.data("record", "list")[0]["actor"].startswith("unix:")
