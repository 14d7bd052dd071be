"""All settings out of one file."""

import pytest

from operate import settings as module
from operate.settings import SECTIONS, Settings, find_settings
from operate.settings_file import SettingsError


def _load(tmp_path, text):
    path = tmp_path / "truename.toml"
    path.write_text(text, "utf-8")
    return Settings.load(path)


def test_an_empty_file_means_the_safe_defaults(tmp_path):
    """Every setting has a default."""
    loaded = _load(tmp_path, "")

    for name, kind in SECTIONS.items():
        if name != "truename":
            assert getattr(loaded, name) == kind()
    assert loaded.truename.health == "127.0.0.1:9812"


def test_state_lies_beside_the_file(tmp_path):
    """Paths are relative to the settings, and everything that is remembered is below one directory."""
    loaded = _load(tmp_path, '[truename]\nstate = "s"\n[directory]\nca_file = "ca.pem"\npassword_file = "/etc/p"\n')

    assert loaded.state == tmp_path / "s"
    assert loaded.directory.ca_file == str(tmp_path / "ca.pem")
    assert loaded.directory.password_file == "/etc/p"
    assert loaded.database_url == f"sqlite:///{tmp_path / 's' / 'truename.db'}"
    every = (loaded.master_key, loaded.directory_state, loaded.nudges, loaded.run, loaded.log)
    assert all(path.is_relative_to(loaded.state) for path in every)


def test_a_database_of_ones_own(tmp_path):
    """A SQLite file is relative to the settings too; PostgreSQL stays as it is."""
    assert _load(tmp_path, '[store]\nurl = "sqlite:///x.db"\n').database_url == f"sqlite:///{tmp_path / 'x.db'}"
    assert _load(tmp_path, '[store]\nurl = "sqlite:////srv/x.db"\n').database_url == "sqlite:////srv/x.db"
    url = "postgresql://tn@db:5432/tn"
    assert _load(tmp_path, f'[store]\nurl = "{url}"\n').database_url == url


def test_settings_are_found_in_order(tmp_path, monkeypatch):
    """--settings, $TRUENAME_SETTINGS, the tree's own, the demo's; else a helpful error."""
    monkeypatch.setattr(module, "TREE", tmp_path)
    files = [tmp_path / name for name in ("option", "variable", "truename.toml")]
    demo = tmp_path / "var" / "demo" / "truename.toml"
    demo.parent.mkdir(parents=True)
    for file in (*files, demo):
        file.write_text("", "utf-8")
    environment = {"TRUENAME_SETTINGS": str(files[1])}

    assert find_settings(files[0], environment) == files[0]
    assert find_settings(None, environment) == files[1]
    assert find_settings(None, {}) == files[2]
    files[2].unlink()
    assert find_settings(None, {}) == demo
    assert find_settings(None, {"TRUENAME_VAR": str(tmp_path / "var")}) == demo
    demo.unlink()
    with pytest.raises(SettingsError, match="truename init"):
        find_settings(None, {})
    with pytest.raises(SettingsError, match="no such file"):
        find_settings(tmp_path / "gone", {})
