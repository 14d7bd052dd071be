"""What devices could not carry out."""

from operate.objections import objections


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
