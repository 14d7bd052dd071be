"""`demo` as a command; what it does is tested in tests/operate/test_demo.py."""

from click.testing import CliRunner

from operate.commands import root


def test_help_starts_nothing(tmp_path):
    """Whoever asks for help gets it, and no town is built."""
    said = CliRunner().invoke(root(), ["--lang", "en", "demo", "--help"], env={"TRUENAME_VAR": str(tmp_path)})

    assert said.exit_code == 0
    assert list(tmp_path.iterdir()) == []
