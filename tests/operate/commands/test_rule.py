"""The noun `rule`."""


def _rules(operator):
    operator.town()
    operator.done("rule", "add", "上网", "internet", "--right", "internet", "--hours", "mon-fri 08:00-18:00")
    operator.done("rule", "add", "拒绝访客", "refuse", "--category", "visitor", "--position", "1")


def test_rules_stand_in_order(operator):
    """The position decides, and a rule can be moved."""
    _rules(operator)

    assert [row["name"] for row in operator.data("rule", "list")] == ["拒绝访客", "上网"]
    operator.done("rule", "move", "1", "1")
    assert [row["name"] for row in operator.data("rule", "list")] == ["上网", "拒绝访客"]
    assert "权限=internet" in operator.done("rule", "list", lang="zh")


def test_conditions_are_taken_away_by_an_empty_text(operator):
    """A rule is changed field by field."""
    _rules(operator)
    operator.done("rule", "change", "1", "--hours", "", "--strength", "strong", "--disabled")

    shown = operator.data("rule", "show", "1")
    assert (shown["hours"], shown["strength"], shown["enabled"]) == ("", "strong", False)
    assert operator("rule", "change", "1").exit_code == 1


def test_an_exception_needs_its_end_and_its_approver(operator):
    """An exception ends by itself and somebody answers for it."""
    _rules(operator)

    assert operator("rule", "add", "例外", "internet", "--until", "7d").exit_code == 1
    operator.done("rule", "add", "例外", "internet", "--until", "7d", "--approved-by", "李局长")
    assert operator.data("rule", "list")[-1]["approved_by"] == "李局长"


def test_a_rule_that_devices_would_ignore_is_refused(operator):
    """The vendor of every device that the rule covers must be able to carry the zone out."""
    operator.town()
    operator.done("device", "add", "cis", "10.1.0.1", "--vendor", "cisco", "--group", "old")
    operator.done("zone", "change", "internet", "--rate-down", "1000000")

    assert operator("rule", "add", "上网", "internet").exit_code == 1
    assert operator.data("rule", "list") == []
    operator.done("rule", "add", "上网", "internet", "--device-group", "access")


def test_what_cannot_be_read_is_refused(operator):
    """Hours, zones and units are checked when the rule is saved."""
    _rules(operator)

    assert "hours" in operator("rule", "change", "1", "--hours", "sometimes").err
    assert operator("rule", "add", "x", "nowhere").exit_code == 1
    assert operator("rule", "remove", "99", "--yes").exit_code == 1
    operator.done("rule", "remove", "2", "--yes")
