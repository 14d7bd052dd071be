"""What holds for every command."""

import click
import pytest
from click.testing import CliRunner

from operate.commands import OVERVIEW, available, root
from operate.spoken import Noun, SpokenArgument, SpokenCommand, SpokenOption
from operate.words import Language, speak


def _leaves(group, path=()):
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from _leaves(command, (*path, name))
        else:
            yield (*path, name), command


LEAVES = list(_leaves(root()))


@pytest.mark.parametrize(("path", "command"), LEAVES, ids=[" ".join(path) for path, _ in LEAVES])
def test_every_command_has_json_and_help_in_both_languages(path, command):
    """Each takes --json, and its help is Chinese for the Chinese and English for everybody else."""
    assert isinstance(command, SpokenCommand)
    assert any("--json" in one.opts for one in command.params)
    helps = {}
    for language in Language:
        said = CliRunner().invoke(root(), ["--lang", language.value, *path, "--help"])
        assert said.exit_code == 0
        helps[language] = said.stdout
    speak(Language.ENGLISH)
    assert helps[Language.ENGLISH].isascii() or "…" in helps[Language.ENGLISH]
    assert str(command.says.chinese)[:6] in helps[Language.CHINESE]


@pytest.mark.parametrize(("path", "command"), LEAVES, ids=[" ".join(path) for path, _ in LEAVES])
def test_every_parameter_is_explained(path, command):
    """No option and no argument without words in both languages."""
    for one in command.params:
        assert isinstance(one, (SpokenOption, SpokenArgument)), (path, one.name)
        assert one.says.chinese
        assert one.says.english


def test_every_command_is_in_the_overview():
    """A new file needs its line, and a line needs its file."""
    lines = {name for part in OVERVIEW.values() for name in part}

    assert set(available()) <= lines


def test_every_file_ends_with_its_command():
    """COMMAND has the name of the file."""
    group = root()
    for name in available():
        command = group.get_command(click.Context(group), name)
        assert command is not None
        assert command.name == name
        assert isinstance(command, (Noun, SpokenCommand))
