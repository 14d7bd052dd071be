"""The noun `device`."""

from access.device_drops import record_drops
from access.devices import record_observed, remember_unknown


def test_a_secret_is_shown_once_and_kept_sealed(operator):
    """Adding a device shows its secret; nothing afterwards does, and the database holds no copy in clear."""
    added = operator.data("device", "add", "sw2", "10.0.0.0/24", "--vendor", "h3c")

    assert len(added["secret"]) >= 24
    shown = operator.done("device", "show", "sw2") + operator.done("record", "list", "--json")
    assert added["secret"] not in shown
    assert added["secret"].encode() not in (operator.settings.state / "truename.db").read_bytes()


def test_a_rotation_has_two_steps(operator):
    """Both secrets are valid until the device is told to have the new one."""
    operator.town()

    assert operator("device", "rotate-secret", "sw1", "--finish").exit_code == 1
    secret = operator.data("device", "rotate-secret", "sw1")["secret"]
    assert operator.data("device", "show", "sw1")["rotating"] is True
    assert secret not in operator.done("device", "rotate-secret", "sw1", "--finish")
    assert operator.data("device", "show", "sw1")["rotating"] is False


def test_lock_requires_message_authenticator(operator):
    """CVE-2024-3596: a locked device is safe and leaves the list of exposed ones."""
    operator.town()

    operator.done("device", "lock", "sw1")
    assert operator.data("device", "show", "sw1")["require"] == "yes"
    assert operator.data("device", "list", "--exposed") == []
    operator.done("device", "lock", "sw1", "--undo")
    assert operator.data("device", "show", "sw1")["protection"] == "unseen"


def test_the_inbox_lists_who_asked(operator):
    """An address that asked and is no device is seen, and leaves once it is registered."""
    store = operator.store()
    with store.write() as unit:
        remember_unknown(unit, {"10.9.9.9": 3})
    store.close()

    assert operator.data("device", "inbox")[0]["packets"] == 3
    operator.done("device", "add", "new", "10.9.9.9")
    assert operator.data("device", "inbox") == []


def test_what_got_no_answer_is_listed_with_what_to_do(operator):
    """Another secret is silence on the wire; here it has a name."""
    number = operator.data("device", "add", "new", "10.9.9.9")["number"]
    assert "No packet" in operator.done("device", "drops", "new")
    store = operator.store()
    with store.write() as unit:
        record_drops(unit, {(number, "authenticator"): (3, "10.9.9.9")})
    store.close()

    row = operator.data("device", "drops", "new")[0]
    assert (row["drop"], row["packets"], row["address"]) == ("authenticator", 3, "10.9.9.9")
    assert "Paste the shared secret again" in operator.done("device", "drops", str(number))
    assert "重新粘贴共享密钥" in operator("device", "drops", "new", lang="zh").out


def test_a_device_that_would_ignore_a_limit_is_refused(operator):
    """A rate that a Cisco does not take is no rate: the device is refused, unless told, and named with its rule."""
    operator.town()
    operator.done("zone", "change", "internet", "--rate-down", "1000000")
    operator.done("rule", "add", "上网", "internet", "--right", "internet")

    said = operator("device", "add", "cis", "10.1.0.1", "--vendor", "cisco")
    assert said.exit_code == 1
    assert "rate_down" in said.err
    assert "cis" not in [row["name"] for row in operator.data("device", "list")]
    operator.done("device", "add", "cis", "10.1.0.1", "--vendor", "cisco", "--anyway")


def test_a_device_is_changed_and_removed(operator):
    """What is not acceptable is refused with what would be."""
    operator.town()

    assert "enabled" in operator.done("device", "change", "sw1", "--disabled", "--site", "楼一")
    said = operator("device", "change", "sw1", "--prefix", "10.0.0.1/8", lang="zh")
    assert said.exit_code == 1
    assert "prefix" in said.err
    operator.done("device", "remove", "sw1", "--yes")
    assert operator("device", "show", "sw1").exit_code == 1


def test_the_flags_against_forgery_are_set_and_the_observation_forgotten(operator):
    """Both flags of CVE-2024-3596 for each device; a device that need not sign is never called safe."""
    operator.town()
    store = operator.store()
    with store.write() as unit:
        record_observed(unit, 1, "signed")
    store.close()

    assert operator.data("device", "show", "sw1")["protection"] == "safe"
    changed = operator.data(
        "device", "change", "sw1", "--require-message-authenticator", "no", "--limit-proxy-state", "yes"
    )
    assert (changed["require"], changed["limit"], changed["protection"]) == ("no", "yes", "exposed")
    operator.done("device", "change", "sw1", "--require-message-authenticator", "auto")
    changed = operator.data("device", "change", "sw1", "--forget-observed")
    assert (changed["limit"], changed["observed"], changed["protection"]) == ("yes", "", "unseen")
    assert operator("device", "change", "sw1", "--limit-proxy-state", "maybe").exit_code == 2
    added = operator.data("device", "add", "sw2", "10.0.0.2", "--require-message-authenticator", "yes")
    assert added["protection"] == "safe"
