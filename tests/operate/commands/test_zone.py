"""The noun `zone`."""


def test_a_zone_is_made_changed_and_removed(operator):
    """An empty text or 0 takes a value away."""
    operator.done("zone", "add", "office", "办公专网", "--vlan", "200", "--session-timeout", "3600", "--cut")
    operator.done("zone", "change", "office", "--vlan", "", "--session-timeout", "0", "--acl", "3001")

    shown = operator.data("zone", "show", "office")
    assert (shown["vlan"], shown["session_timeout"], shown["acl"], shown["reauthenticate"]) == (
        None,
        None,
        "3001",
        False,
    )
    operator.done("zone", "remove", "office", "--yes")
    assert operator.data("zone", "list") == []


def test_zones_that_must_not_meet_are_kept_apart(operator):
    """A zone that reaches what it excludes is refused."""
    operator.town()

    said = operator("zone", "add", "office", "办公专网", "--reaches", "internet", "--excludes", "internet")

    assert said.exit_code == 1
    assert "reaches" in said.err


def test_a_zone_with_rules_stays_within_what_its_devices_can_do(operator):
    """A change that devices of a rule would ignore is refused, and nothing of it remains."""
    operator.town()
    operator.done("device", "change", "sw1", "--vendor", "cisco")
    operator.done("rule", "add", "上网", "internet")

    said = operator("zone", "change", "internet", "--rate-up", "1000000", lang="zh")

    assert said.exit_code == 1
    assert "限速" in said.err
    assert operator.data("zone", "show", "internet")["rate_up"] is None


def test_an_unknown_zone_is_met_with_the_nearest(operator):
    """A slip is answered with what was perhaps meant."""
    operator.town()

    assert "Did you mean internet?" in operator("zone", "show", "internt").err
    assert operator("zone", "change", "internet").exit_code == 1
