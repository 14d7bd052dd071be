"""The command `init`."""

from operate.settings import Settings
from tests.support.operator import Operator


def test_an_installation_is_made(tmp_path):
    """Settings, a private master key and a database of the right version."""
    operator = Operator(tmp_path / "etc" / "truename.toml")
    made = operator.data("init")

    settings = Settings.load(operator.path)
    assert made["settings"] == str(operator.path)
    assert settings.master_key.stat().st_mode & 0o777 == 0o400
    assert settings.state.stat().st_mode & 0o777 == 0o700
    assert operator.data("person", "list") == []


def test_nothing_is_overwritten(tmp_path):
    """A second `init` refuses, and a lost settings file does not lead to a new key."""
    operator = Operator(tmp_path / "truename.toml")
    operator.done("init")
    key = operator.settings.master_key.read_bytes()

    assert operator("init").exit_code == 1
    operator.path.unlink()
    assert operator("init", lang="zh").exit_code == 1

    assert not operator.path.exists()
    assert (tmp_path / "var" / "state" / "keys" / "master.key").read_bytes() == key


def test_settings_that_are_there_are_used(tmp_path):
    """Settings may be written first: `init` then makes the rest of it."""
    operator = Operator(tmp_path / "truename.toml")
    operator.path.write_text('[truename]\nstate = "elsewhere"\n', "utf-8")
    operator.done("init")

    assert (tmp_path / "elsewhere" / "truename.db").exists()
    assert operator.path.read_text("utf-8") == '[truename]\nstate = "elsewhere"\n'
