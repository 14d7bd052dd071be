"""The command `test`."""

import sys

import pytest

from operate import programs
from operate.commands import test as command

SLAPD = programs.PROGRAMS[0]


@pytest.fixture
def ran(monkeypatch):
    """Let every step succeed without running, and collect what would have run."""
    commands = []

    class Done:
        returncode = 0

    def run(words, **_):
        commands.append(words)
        return Done

    monkeypatch.setattr("subprocess.run", run)
    monkeypatch.setattr(command, "_install_modules", lambda: None)
    monkeypatch.setattr(programs, "missing", list)
    return commands


def test_everything_is_run(operator, ran):
    """Format, style, types, import rules and tests, without what takes minutes."""
    steps = operator.data("test")["steps"]

    assert [step["step"] for step in steps] == ["format", "lint", "types", "imports", "tests"]
    assert ran[-1][-2:] == ["-m", "not long"]


def test_a_path_and_an_expression_narrow_it(operator, ran):
    """-k and a path run tests only; --long includes what takes minutes."""
    operator.done("test", "-k", "vlan", "--long", "tests/operate/test_words.py::test_x")

    assert len(ran) == 1
    assert ran[0][:4] == [sys.executable, "-m", "pytest", "-q"]
    assert "-m" not in ran[0][4:]
    assert ran[0][-1].endswith("tests/operate/test_words.py::test_x")


def test_a_failing_step_fails_the_whole(operator, ran, monkeypatch):
    """Every step runs, and the failed ones are named."""
    monkeypatch.setattr("subprocess.run", lambda words, **_: type("Done", (), {"returncode": int("ruff" in words)}))

    said = operator("test", "--json")

    assert said.exit_code == 1
    assert [step["ok"] for step in said.data["steps"]] == [False, False, True, True, True]
    assert ran == []


def test_missing_programs_are_listed(operator, ran, monkeypatch):
    """An ordinary user is told which programs are missing and what is skipped for that."""
    monkeypatch.setattr(programs, "missing", lambda: [SLAPD])
    monkeypatch.setattr(programs, "may_install", lambda: False)
    monkeypatch.delenv("CI", raising=False)

    assert "slapd" in operator("test").err
    assert operator.data("test")["missing_programs"] == ["slapd"]
    assert ran


@pytest.mark.usefixtures("ran")
def test_in_ci_nothing_may_be_missing(operator, monkeypatch):
    """A skipped test would look like a passed one there."""
    monkeypatch.setattr(programs, "missing", lambda: [SLAPD])
    monkeypatch.setattr(programs, "may_install", lambda: False)
    monkeypatch.setenv("CI", "true")

    assert operator("test").exit_code == 1


@pytest.mark.usefixtures("ran")
def test_root_installs_what_is_missing(operator, monkeypatch):
    """Only packages whose program is not there are installed."""
    asked = []
    state = [[SLAPD], []]
    monkeypatch.setattr(programs, "missing", lambda: state.pop(0))
    monkeypatch.setattr(programs, "may_install", lambda: True)
    monkeypatch.setattr(programs, "install", asked.extend)

    operator.done("test")

    assert asked == ["slapd"]
