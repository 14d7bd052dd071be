"""Commands that speak both languages: click's classes with the words filled in when they are shown.

click keeps its texts as strings from import on; here they stay pairs until somebody reads them.
"""

import functools
import shutil
from collections.abc import Callable, Sequence
from typing import Any

import click

from operate.call import Call
from operate.exits import MEANING, Exit
from operate.terminal import padded, width, wrapped
from operate.words import Language, Text, t

Body = Callable[..., None]

_USAGE = t("用法：", "Usage: ")
_ARGUMENTS = t("参数", "Arguments")
_OPTIONS = t("选项", "Options")
_VERBS = t("命令", "Commands")
_EXITS = t("退出码", "Exit codes")
_SHOW_HELP = t("显示本帮助。", "Show this help.")
_DEFAULT = t("默认 {value}", "default {value}")


class SpokenOption(click.Option):
    """An option with its explanation in both languages."""

    def __init__(self, *args: Any, says: Text, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.says = says


class SpokenArgument(click.Argument):
    """A positional argument with its explanation in both languages."""

    def __init__(self, *args: Any, says: Text, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.says = says


def option(*names: str, says: Text, **kwargs: Any) -> Callable[[Body], Body]:
    """Declare an option, as click.option does."""
    return click.option(*names, cls=SpokenOption, says=says, **kwargs)


def argument(name: str, *, says: Text, **kwargs: Any) -> Callable[[Body], Body]:
    """Declare a positional argument, as click.argument does."""
    return click.argument(name, cls=SpokenArgument, says=says, **kwargs)


def _width() -> int:
    return max(40, min(shutil.get_terminal_size().columns, 100) - 2)


def listed(formatter: click.HelpFormatter, heading: Text, rows: Sequence[tuple[str, str]]) -> None:
    """Write a heading and its rows; terms and explanations stand in two columns, measured as shown."""
    if not rows:
        return
    column = min(max(width(term) for term, _ in rows), 30) + 2
    formatter.write(f"\n{heading}:\n")
    for term, says in rows:
        lines = wrapped(says, _width() - column - 2)
        if width(term) + 2 > column:
            formatter.write(f"  {term}\n")
            term = ""  # noqa: PLW2901 - the explanation of a long term begins on its own line
        for number, line in enumerate(lines):
            formatter.write(f"  {padded(term if number == 0 else '', column)}{line}\n")


def _extras(one: click.Option, ctx: click.Context) -> str:
    default = one.get_default(ctx)
    shown = one.show_default and default is not None and not one.is_flag
    return f" [{_DEFAULT.fill(value=default)}]" if shown else ""


class _Spoken(click.Command):
    """What a single command and a group of them have in common: how their help is written."""

    says: Text

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write(f"{_USAGE}{ctx.command_path} {' '.join(self.collect_usage_pieces(ctx))}\n\n")
        for line in wrapped(str(self.says), _width() - 2):
            formatter.write(f"  {line}".rstrip() + "\n")
        arguments = [one for one in self.params if isinstance(one, SpokenArgument)]
        listed(formatter, _ARGUMENTS, [(one.make_metavar(ctx), str(one.says)) for one in arguments])
        self.format_commands(ctx, formatter)
        options = [one for one in self.params if isinstance(one, SpokenOption) and not one.hidden]
        rows = [(one.get_help_spec(ctx), f"{one.says}{_extras(one, ctx)}") for one in options]
        listed(formatter, _OPTIONS, [*rows, ("--help", str(_SHOW_HELP))])

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands of a group; a single command has none."""

    def get_short_help_str(self, limit: int = 45) -> str:
        return str(self.says)[: max(limit, 200)]


class SpokenCommand(_Spoken):
    """One thing to do."""

    def __init__(self, *args: Any, says: Text, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.says = says


class Noun(_Spoken, click.Group):
    """What an administrator works on; its verbs are the things that can be done to it."""

    def __init__(self, name: str, says: Text) -> None:
        super().__init__(name=name, no_args_is_help=True)
        self.says = says

    def verb(self, name: str, says: Text) -> Callable[[Body], SpokenCommand]:
        """Declare something that can be done; the function gets the Call and its parameters by name."""

        def declare(body: Body) -> SpokenCommand:
            made = command(name, says)(body)
            self.add_command(made)
            return made

        return declare

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        """List the verbs."""
        listed(formatter, _VERBS, [(name, str(_says(one))) for name, one in sorted(self.commands.items())])


def _says(one: click.Command) -> Text:
    assert isinstance(one, _Spoken)  # noqa: S101 - `verb` makes no others
    return one.says


def command(name: str, says: Text) -> Callable[[Body], SpokenCommand]:
    """Declare a command; every one has --json, --settings and --lang."""

    def declare(body: Body) -> SpokenCommand:
        @functools.wraps(body)
        def run(as_json: bool, settings: str | None, **parameters: Any) -> None:
            outer = click.get_current_context().find_root().params
            with Call(settings=settings or outer.get("settings"), as_json=as_json) as call:
                body(call, **parameters)

        return click.command(name, cls=SpokenCommand, says=says)(_json(settings_option(language_option(run))))

    return declare


_json = option("--json", "as_json", is_flag=True, says=t("输出 JSON，供程序读取。", "Print JSON, for programs."))
settings_option = option(
    "--settings",
    metavar="FILE",
    says=t("使用这个 truename.toml。", "Use this truename.toml."),
)
language_option = option(
    "--lang",
    type=click.Choice([one.value for one in Language]),
    expose_value=False,
    says=t("输出的语言；默认随 LANG。", "Language of the output; LANG decides otherwise."),
)


def exit_codes(formatter: click.HelpFormatter) -> None:
    """Write what the exit codes mean."""
    listed(formatter, _EXITS, [(str(int(code)), str(MEANING[code])) for code in Exit])
