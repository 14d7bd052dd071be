"""What devices could not carry out."""

from access.decision import Zone
from operate.objections import objections, vendor_objections


def test_only_devices_that_a_rule_covers_have_a_say(operator):
    """A rate that Cisco ignores is in the way of a rule for all devices, and not of one for a group without Cisco."""
    operator.town()
    operator.done("device", "add", "cis", "10.1.0.1", "--vendor", "cisco", "--group", "old")
    operator.done("zone", "change", "internet", "--rate-up", "1000000")
    operator.done("rule", "add", "上网", "internet", "--device-group", "access")
    store = operator.store()
    with store.write() as work:
        assert objections(work.session) == []
        from access import rules

        rules.change(work, "test", 1, device_group="")
        found = objections(work.session, zone="internet")
        assert len(found) == 1
        assert "cisco" in found[0].english.casefold()
        assert "限速" in found[0].chinese
        assert objections(work.session, device=1) == []
        assert objections(work.session, zone="other") == []
    store.close()


def test_several_objections_have_a_line_each(operator):
    """Each is read by itself; no line break is written out as an escape."""
    operator.town()
    operator.done("device", "add", "cis", "10.1.0.1", "--vendor", "cisco")
    operator.done("rule", "add", "上网", "internet", "--right", "internet")

    said = operator("zone", "change", "internet", "--rate-up", "1000000", "--rate-down", "1000000")

    assert said.exit_code == 1
    assert "\\n" not in said.err
    assert [line for line in said.err.splitlines() if "rate_up" in line or "rate_down" in line][1:]


def test_pages_are_told_in_both_languages_what_a_vendor_objects_to():
    """The sentences of the vendor's file."""
    (told,) = vendor_objections(Zone("office", "办公", role="staff"), "standard")
    assert told == ("标准属性没有角色。", "No standard attribute carries a role.")
    assert vendor_objections(Zone("office", "办公", vlan="10"), "standard") == []
