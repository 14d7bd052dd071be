"""The commands: one file a noun, found by name, imported when it is used.

A file ends with COMMAND, a click command. Its line in the overview stands here, so the overview imports nothing.
"""

import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from operate import failures
from operate.exits import Exit
from operate.spoken import Noun, exit_codes, language_option, listed, settings_option
from operate.words import Text, language_of, speak, t

PROGRAM = "truename"

OVERVIEW: dict[Text, dict[str, Text]] = {
    t("开始", "Start"): {
        "demo": t("试用整个产品：自带一座虚构的小城。", "Try the whole product with a made-up town."),
        "ask": t("像交换机那样向演示提问一次。", "Ask the demo once, as a switch would."),
        "init": t("写出 truename.toml，生成密钥和数据库。", "Write truename.toml, make keys and database."),
        "serve": t("启动服务。", "Start the service."),
        "doctor": t("检查哪里有问题，并用文字说明。", "Say in words what is wrong."),
    },
    t("日常", "Every day"): {
        "person": t("人员：登记、查询、停用、密码、权限、离职。", "People: add, find, disable, rights, end."),
        "unit": t("单位。", "Units."),
        "endpoint": t("无人值守的设备（打印机、摄像头……）。", "Devices without a person: printers, cameras, ..."),
        "online": t("谁在线。", "Who is online."),
        "kick": t("让一个会话下线，并显示设备的答复。", "End a session, and show the device's answer."),
        "logins": t("查询登录记录。", "Search the login records."),
        "who": t("某时刻谁在使用一个 IP 地址。", "Say who had an IP address at a time."),
        "explain": t("说明一次登录为何如此判定。", "Say why a login is decided as it is."),
    },
    t("网络", "Network"): {
        "device": t("网络设备（交换机、控制器、网关）及其密钥。", "Switches, controllers, gateways and secrets."),
        "zone": t("区域。", "Zones."),
        "rule": t("规则和例外。", "Rules and exceptions."),
    },
    t("维护", "Upkeep"): {
        "administrator": t("控制台的管理员：邀请、重设。", "Administrators of the console: invite, renew."),
        "reader": t("外部应用在内置目录中的账号。", "Accounts of outside applications in the directory."),
        "reconcile": t("比较登记与目录，并修复差异。", "Compare registry and directory, and repair."),
        "record": t("管理操作的记录：查看、校验。", "The record of administrative acts: list, verify."),
        "keys": t("密钥：更换主密钥。", "Keys: rotate the master key."),
        "test": t("运行全部检查和测试。", "Run all checks and tests."),
        "bench": t("测速，与 FreeRADIUS 对比。", "Measure speed, beside FreeRADIUS."),
        "completion": t("输出 shell 补全脚本。", "Print the completion script of a shell."),
    },
}


def available() -> list[str]:
    """Return the names of all commands: the files of this folder."""
    return sorted(file.stem for file in Path(__file__).parent.glob("[a-z]*.py"))


class Root(Noun):
    """The program itself."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names of the files."""
        return available()

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        """Import the file of this name."""
        if cmd_name not in available():
            return None
        found = import_module(f"operate.commands.{cmd_name}").COMMAND
        assert isinstance(found, click.Command)  # noqa: S101 - a file without it is a fault of ours
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - as above
        """List every command that there is, by occasion, and the exit codes."""
        there = set(available())
        for occasion, lines in OVERVIEW.items():
            listed(formatter, occasion, [(name, str(says)) for name, says in lines.items() if name in there])
        exit_codes(formatter)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[Any]:  # noqa: ARG002 - as above
        """Complete the name of a command without importing any."""
        from click.shell_completion import CompletionItem

        words = {name: says for lines in OVERVIEW.values() for name, says in lines.items()}
        names = [name for name in available() if name.startswith(incomplete)]
        return [CompletionItem(name, help=str(words[name])) for name in names]

    def main(self, args: Sequence[str] | None = None, *_: Any, **kwargs: Any) -> Any:
        """Run a command and leave with its exit code."""
        arguments = list(sys.argv[1:] if args is None else args)
        speak(language_of(os.environ, arguments))
        kwargs["standalone_mode"] = False
        kwargs["prog_name"] = PROGRAM
        sys.exit(_run(super().main, arguments, kwargs))


def _run(run: Any, arguments: list[str], kwargs: dict[str, Any]) -> int:
    if not {"serve", "demo"} & set(arguments):  # these two run the supervisor, which does it
        gc.enable()  # see operate/__init__.py
    try:
        result = run(arguments, **kwargs)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return Exit.USAGE
    except click.Abort:
        return Exit.INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the edge of the program: each error gets its code and its sentence
        failure = failures.explain(error)
        failures.report(failure, as_json="--json" in arguments)
        return failure.exit_code
    return result if isinstance(result, int) else Exit.DONE


def root() -> Root:
    """Return the program as a click group."""
    group = Root(
        PROGRAM,
        t(
            "Truename 实名接入。每个命令都有 --help 和 --json。",
            "Truename, real-name network access. Every command has --help and --json.",
        ),
    )

    def begin(settings: str | None) -> None:  # noqa: ARG001 - the commands read it from the context
        from operate.logs import configure

        configure("readable", "warning")

    # Every command has these two as well: people type them where they think of them.
    made = click.command(PROGRAM)(settings_option(language_option(begin)))
    group.callback, group.params = made.callback, made.params
    return group
