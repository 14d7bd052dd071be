"""`ask` where no demo runs; the answers themselves are tested in tests/operate/test_demo.py."""

from click.testing import CliRunner

from operate.commands import root


def test_without_a_demo_it_says_how_to_start_one(tmp_path):
    """Exit code 69, and the line to type."""
    said = CliRunner().invoke(root(), ["--lang", "en", "ask"], env={"TRUENAME_VAR": str(tmp_path)})

    assert said.exit_code == 69
    assert "./truename demo" in said.output
