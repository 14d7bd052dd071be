"""The noun `keys`."""


def test_the_master_key_is_replaced_and_secrets_still_open(operator):
    """After a rotation the file is another one of the same mode, and what was sealed before is still readable."""
    operator.town()
    file = operator.settings.master_key
    before = file.read_bytes()

    assert operator.data("keys", "rotate-master")["data_keys"] == 1

    assert file.read_bytes() != before
    assert file.stat().st_mode & 0o777 == 0o400
    operator.done("device", "rotate-secret", "sw1")
    operator.done("device", "rotate-secret", "sw1", "--finish")


def test_a_missing_master_key_is_said(operator):
    """Without the key nothing sealed can be read: 78, and where it should be."""
    operator.settings.master_key.unlink()

    said = operator("device", "add", "sw2", "10.0.0.2")

    assert said.exit_code == 78
    assert "master.key" in said.err
