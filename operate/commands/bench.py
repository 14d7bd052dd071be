"""`bench`: Truename beside FreeRADIUS, in one run on the same cores."""

import json
import sys
import tempfile
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import click

from operate.call import Call
from operate.exits import refused
from operate.spoken import Body, Noun, argument, option
from operate.words import t

noun = Noun("bench", t("测速，与 FreeRADIUS 3.2 轮流运行。", "Measure speed, FreeRADIUS 3.2 in turns beside it."))


def plan(body: Body) -> Body:
    """Declare how to measure."""
    for declare in (
        argument(
            "figures",
            required=False,
            type=click.Path(dir_okay=False),
            metavar="[FILE]",
            says=t("与 --json 合用：同 --json-file。", "Beside --json: as --json-file."),
        ),
        option(
            "--json-file", type=click.Path(dir_okay=False), says=t("把全部数字写入此文件。", "Write all figures there.")
        ),
        option("--quick", is_flag=True, says=t("只测一秒一轮，看是否能运行。", "One window of a second.")),
        option(
            "--cores", type=click.Choice(["one", "both"]), default="one", show_default=True, says=t("核心。", "Cores.")
        ),
        option(
            "--repeats", type=click.IntRange(1, 100), default=3, show_default=True, says=t("轮数。", "Turns of each.")
        ),
        option(
            "--seconds",
            type=click.FloatRange(0.1, 600),
            default=3.0,
            show_default=True,
            says=t("每轮秒数。", "Of a window."),
        ),
        option(
            "--people",
            type=click.IntRange(1, 1_000_000),
            default=20_000,
            show_default=True,
            says=t("人数。", "People."),
        ),
    ):
        body = declare(body)
    return body


@noun.verb(
    "login", t("目录登录：Truename、FreeRADIUS 平面文件、rlm_ldap。", "Logins by directory, and flat files beside.")
)
@plan
def login(call: Call, **given: Any) -> None:
    """Measure logins."""
    from bench.run import login as measure

    _measure(call, measure, given)


@noun.verb("accounting", t("计费：提交后应答，SQLite。", "Accounting, answered after the commit, on SQLite."))
@plan
def accounting(call: Call, **given: Any) -> None:
    """Measure accounting."""
    from bench.run import accounting as measure

    _measure(call, measure, given)


def _measure(call: Call, measure: Any, given: dict[str, Any]) -> None:
    """Run it; with --json the table goes to standard error and the figures to standard output."""
    beside = given.pop("figures")
    file = given.pop("json_file") or beside
    if not call.as_json:
        status = measure(json=file, **given)
    else:
        with tempfile.TemporaryDirectory() as aside, redirect_stdout(sys.stderr):
            wanted = Path(file) if file else Path(aside) / "figures.json"
            status = measure(json=wanted, **given)
            figures = json.loads(wanted.read_text("utf-8")) if wanted.exists() else {}
        call.show(figures)
    if status != 0:
        raise refused(t("没有全部测成：见上表。", "Not everything was measured: see the table."))


COMMAND = noun
