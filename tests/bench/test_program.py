"""Servers of a measurement are started, waited for, and ended."""

import sys
from pathlib import Path

import pytest

from bench.program import CannotMeasure, Program, locate


def test_system_programs_are_found_beside_the_path(monkeypatch: pytest.MonkeyPatch):
    """Servers lie in sbin directories, which are not in everybody's PATH."""
    monkeypatch.setenv("PATH", "/nowhere")

    assert locate("a-program-that-nobody-has") is None
    assert locate("a-program-that-nobody-has", "useradd", "slapd") is not None


def test_a_program_that_ends_says_why(tmp_path: Path):
    """Its last words and its status come back to whoever waits for it."""
    program = Program([sys.executable, "-c", "import sys; print('no port'); sys.exit(3)"], tmp_path / "log")

    with pytest.raises(CannotMeasure, match=r"status 3: no port"):
        program.wait_until(lambda: False, 20)


def test_a_program_that_takes_too_long_is_ended(tmp_path: Path):
    """Waiting is bounded, and nothing is left running."""
    program = Program([sys.executable, "-c", "import time; time.sleep(60)"], tmp_path / "log")

    with pytest.raises(CannotMeasure, match="not ready in time"):
        program.wait_until(lambda: False, 0.1)
    with pytest.raises(FileNotFoundError):
        Path(f"/proc/{program.pid}/stat").read_text(encoding="utf-8")


def test_stopping_twice_is_harmless(tmp_path: Path):
    """Stop is called on every way out."""
    program = Program([sys.executable, "-c", "input()"], tmp_path / "log")
    program.wait_until(lambda: True, 1)
    program.stop()
    program.stop()
