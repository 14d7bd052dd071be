"""`serve` where something is wrong from the start; a running one is in tests/operate/test_supervisor.py."""

import pytest
from click.testing import CliRunner

from operate.commands import root

pytestmark = pytest.mark.usefixtures("operator")  # which puts language and log back afterwards


def test_settings_that_are_missing_stop_the_start(tmp_path):
    """Exit code 78, and what to do about it."""
    said = CliRunner().invoke(root(), ["--lang", "en", "--settings", str(tmp_path / "none.toml"), "serve"])

    assert said.exit_code == 78
    assert "init" in said.output


def test_impossible_settings_name_their_line(tmp_path):
    """A typo does not become a default."""
    path = tmp_path / "truename.toml"
    path.write_text("[radius]\nauth_prot = 1\n", encoding="utf-8")
    said = CliRunner().invoke(root(), ["--lang", "en", "--settings", str(path), "serve"])

    assert said.exit_code == 78
    assert "line 2" in said.output


def test_without_init_it_says_init(tmp_path):
    """Settings alone are no installation."""
    path = tmp_path / "truename.toml"
    path.write_text('[truename]\nstate = "state"\n', encoding="utf-8")
    said = CliRunner().invoke(root(), ["--lang", "en", "--settings", str(path), "serve"])

    assert said.exit_code == 78
    assert "truename init" in said.output
    assert not (tmp_path / "state").exists()


def test_without_its_master_key_it_says_which(operator):
    """The file is named, and what to do; nothing is started."""
    operator.settings.master_key.unlink()
    said = operator("serve")

    assert said.exit_code == 78
    assert str(operator.settings.master_key) in said.err
    assert "backup" in said.err
    assert "Traceback" not in said.err + said.out
