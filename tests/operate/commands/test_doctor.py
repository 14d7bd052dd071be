"""The command `doctor`."""

import pytest
from sqlalchemy import text

from tests.support.operator import Operator


def test_a_healthy_installation_is_well(operator):
    """Nothing wrong: 0, and each thing that was looked at is named."""
    text_of = operator.path.read_text("utf-8")
    operator.path.write_text(text_of + "[radius]\nauth_port = 0\nacct_port = 0\n", "utf-8")
    said = operator("doctor", "--json")

    assert said.exit_code == 0, said
    assert said.data["well"] is True


def test_what_is_wrong_is_said_and_can_be_mended(operator):
    """Open modes are an error with a remedy; --repair does it."""
    text_of = operator.path.read_text("utf-8")
    operator.path.write_text(text_of + "[radius]\nauth_port = 0\nacct_port = 0\n", "utf-8")
    operator.settings.master_key.chmod(0o644)

    said = operator("doctor", lang="zh")
    assert said.exit_code == 1
    assert "chmod 0400" in said.out
    assert "2 things are wrong" in operator("doctor").err
    operator.done("doctor", "--repair")
    assert operator.settings.master_key.stat().st_mode & 0o777 == 0o400
    operator.settings.state.chmod(0o755)
    assert "1 thing is wrong" in operator("doctor").err


def test_a_database_of_another_version_stops_commands(operator):
    """A command refuses to work on tables that it does not know, and says what to do."""
    store = operator.store()
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'ffff'"))
    store.close()

    said = operator("person", "list")
    assert said.exit_code == 78
    assert "doctor --repair" in said.err
    assert operator("doctor", "--repair").exit_code == 78


@pytest.mark.usefixtures("operator")
def test_before_init_it_says_init(tmp_path):
    """Nothing is lost where nothing was made: no word about backups."""
    path = tmp_path / "truename.toml"
    path.write_text('[truename]\nstate = "state"\nhealth = ""\n[radius]\nauth_port = 0\nacct_port = 0\n', "utf-8")
    said = Operator(path)("doctor", "--json")

    found = {each["topic"]: each["remedy"] for each in said.data["findings"] if each["level"] == "wrong"}
    assert set(found) == {"database", "keys"}
    assert all("./truename init" in remedy for remedy in found.values())
    assert "backup" not in said.out
