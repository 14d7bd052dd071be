"""The newcomer's client."""

from operate.asking import ask, read_environment
from tests.support.product import free_port


def test_the_file_of_the_demo_is_read_as_a_shell_would(tmp_path):
    """Quoted values come out whole."""
    path = tmp_path / "demo.env"
    path.write_text("A='two words'\nB=plain\nC=''\n", encoding="utf-8")

    assert read_environment(path) == {"A": "two words", "B": "plain", "C": ""}


def test_silence_is_an_answer(monkeypatch):
    """Where nobody listens, the newcomer is told so."""
    monkeypatch.setattr("operate.asking.WAIT", 0.2)
    monkeypatch.setattr("operate.asking.TRIES", 1)
    port = str(free_port())
    environment = {"RADIUS_HOST": "127.0.0.1", "RADIUS_PORT": port, "RADIUS_ACCT_PORT": port, "RADIUS_SECRET": "s"}

    assert ask(environment, "x", "y").accepted is None
