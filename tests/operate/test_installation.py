"""Whether the master key is there, and whether anything ever was."""

from operate.exits import Exit
from operate.installation import has_tables, missing_key
from operate.settings import Settings


def test_a_whole_installation_misses_nothing(operator):
    """The file is there."""
    assert missing_key(operator.settings) is None
    assert has_tables(operator.settings) is True


def test_a_lost_key_is_restored(operator):
    """There are tables, so there was a key."""
    operator.settings.master_key.unlink()

    missing = missing_key(operator.settings)
    assert missing.exit_code is Exit.SETTINGS
    assert "backup" in missing.remedy.english


def test_a_new_installation_is_made(operator):
    """Neither tables nor key."""
    operator.settings.master_key.unlink()
    (operator.settings.state / "truename.db").unlink()

    assert "init" in missing_key(operator.settings).remedy.english


def test_a_database_that_does_not_answer_tells_nothing(tmp_path):
    """Both remedies are named then, and no error of the database hides that the key is missing."""
    path = tmp_path / "truename.toml"
    path.write_text('[truename]\nstate = "state"\n[store]\nurl = "postgresql://nobody@127.0.0.1:1/none"\n', "utf-8")

    missing = missing_key(Settings.load(path))
    assert "init" in missing.remedy.english
    assert "backup" in missing.remedy.english
