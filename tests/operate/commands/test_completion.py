"""The command `completion`."""

import os
import subprocess
import sys

import pytest


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_asks_the_program(operator, shell):
    """The script of each shell calls back with the variable that the program answers to."""
    assert "_TRUENAME_COMPLETE" in operator.done("completion", shell)
    assert operator.data("completion", shell)["shell"] == shell


@pytest.mark.parametrize(
    ("words", "position", "expected"),
    [
        ("truename pers", "1", "person"),
        ("truename person en", "2", "enable"),
        ("truename person list --st", "3", "--state"),
    ],
)
def test_words_are_completed(words, position, expected):
    """Commands, verbs and options are completed."""
    environment = {**os.environ, "_TRUENAME_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": position}
    ran = subprocess.run(
        [sys.executable, "-m", "operate"], env=environment, capture_output=True, text=True, check=False
    )

    assert expected in ran.stdout, ran


def test_an_unknown_shell_is_refused(operator):
    """The shells that there are, are named."""
    assert "fish" in operator("completion", "csh").err
