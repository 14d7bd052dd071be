"""Commands that speak both languages."""

import click
from click.testing import CliRunner

from operate.spoken import Noun, argument, command, option
from operate.terminal import width
from operate.words import Language, speak, t

noun = Noun("thing", t("东西", "Things"))


@noun.verb(
    "add", t("添加一个名称很长很长很长很长很长很长很长很长很长很长很长很长很长很长很长的东西。", "Add a thing. " * 12)
)
@argument("name", says=t("名称", "its name"))
@option("--size", type=int, default=3, show_default=True, says=t("大小", "its size"))
def add(call, name, size):
    """Say what was given."""
    call.show({"name": name, "size": size}, t("好", "well"))


def _help(*words, language=Language.ENGLISH):
    speak(language)
    try:
        return CliRunner().invoke(noun, [*words, "--help"]).stdout
    finally:
        speak(Language.ENGLISH)


def test_help_is_in_the_language_in_use():
    """The same command explains itself to both."""
    assert "its size [default 3]" in _help("add")
    assert "大小 [默认 3]" in _help("add", language=Language.CHINESE)
    assert "Things" in _help()


def test_help_is_wrapped_as_it_is_shown():
    """Chinese has no spaces to break at, and takes two cells a character."""
    for language in Language:
        assert all(width(line) <= 80 for line in _help("add", language=language).splitlines())


def test_the_common_options_are_everywhere():
    """--json, --settings and --lang may stand behind any command."""
    said = CliRunner().invoke(noun, ["add", "x", "--json", "--lang", "zh", "--settings", "nowhere"])

    assert said.exit_code == 0
    assert '"size": 3' in said.stdout


def test_a_command_keeps_its_name_and_its_words():
    """A single command is made like a verb."""

    @command("alone", t("独自", "alone"))
    def alone(call):
        """Do nothing."""

    assert alone.name == "alone"
    assert alone.get_short_help_str() == "alone"
    assert isinstance(alone, click.Command)
