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


def test_an_installation_on_postgresql(tmp_path, postgresql_server):
    """One setting moves everything to PostgreSQL: `init` makes the tables there, and commands work on it."""
    operator = Operator(tmp_path / "truename.toml")
    operator.path.write_text(
        f'[truename]\nstate = "state"\nhealth = ""\n[store]\nurl = "{postgresql_server.create()}"\n', "utf-8"
    )
    operator.done("init")
    operator.town()

    assert [row["login"] for row in operator.data("person", "list", "三")] == ["zhangsan"]
    assert operator.data("keys", "rotate-master")["data_keys"] == 1
    assert operator("record", "verify").exit_code == 0
    assert not (tmp_path / "state" / "truename.db").exists()


def test_a_database_that_does_not_answer_leaves_no_key(tmp_path):
    """`init` can simply be run again once the database is there."""
    operator = Operator(tmp_path / "truename.toml")
    operator.path.write_text('[store]\nurl = "postgresql://tn@127.0.0.1:1/tn"\n', "utf-8")

    assert operator("init").exit_code == 69
    assert not operator.settings.master_key.exists()
