"""`test`: everything that CI checks: style, types, import rules, tests."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import click

from operate import programs
from operate.call import Call
from operate.exits import CommandFailed, Exit, refused
from operate.spoken import argument, command, option
from operate.words import Text, plain, t

# pytest must find the tree wherever the command was typed.
TREE = Path(__file__).resolve().parent.parent.parent
MODULES = ("pytest", "pytest_randomly", "pytest_timeout", "hypothesis", "mypy", "ruff", "importlinter")
REQUIREMENTS = "requirements/test.txt"


class Step(NamedTuple):
    """One check."""

    name: str
    says: Text
    command: list[str]


def steps(paths: Sequence[str], pattern: str | None, *, long: bool) -> Iterator[Step]:
    """Yield what is to be run; a path or -k narrows it to tests."""
    python, beside = sys.executable, Path(sys.executable).parent
    if not paths and pattern is None:
        yield Step("format", t("格式", "format"), [python, "-m", "ruff", "format", "--check", "--quiet", "."])
        yield Step("lint", t("风格", "style"), [python, "-m", "ruff", "check", "--quiet", "."])
        yield Step("types", t("类型", "types"), [python, "-m", "mypy"])
        yield Step("imports", t("导入规则", "import rules"), [str(beside / "lint-imports")])
    words = [python, "-m", "pytest", "-q"]
    if not long:
        words += ["-m", "not long"]
    if pattern is not None:
        words += ["-k", pattern]
    yield Step("tests", t("测试", "tests"), [*words, *paths])


@command(
    "test",
    t(
        "运行全部检查：风格、类型、导入规则、测试。以 root 运行时会安装测试所需的外部程序（不启动任何服务）。",
        "Run all checks: style, types, import rules, tests. Run by root it installs the outside programs that the "
        "tests need, and starts no service.",
    ),
)
@argument(
    "paths", nargs=-1, type=click.Path(), says=t("只运行这些测试文件或目录。", "Only these test files or folders.")
)
@option("-k", "pattern", metavar="EXPRESSION", says=t("只运行名称相符的测试。", "Only tests whose name matches."))
@option("--long", is_flag=True, says=t("包括需要数分钟的测试。", "Also what takes minutes."))
def test(call: Call, paths: tuple[str, ...], pattern: str | None, long: bool) -> None:
    """Run the checks and fail if one did."""
    absolute = [_absolute(path) for path in paths]
    _install_modules()
    lacking = _install_programs()
    results = []
    for step in steps(absolute, pattern, long=long):
        click.echo(f"── {step.says}", err=True)
        began = time.monotonic()
        status = subprocess.run(step.command, cwd=TREE, stdout=programs.STDERR, check=False).returncode
        results.append({"step": step.name, "ok": status == 0, "seconds": round(time.monotonic() - began, 1)})
    failed = ", ".join(str(result["step"]) for result in results if not result["ok"])
    missing = [program.package for program in lacking]
    call.show(
        {"ok": not failed, "steps": results, "missing_programs": missing},
        t("没有通过：{failed}", "Failed: {failed}").fill(failed=failed) if failed else t("全部通过。", "All passed."),
    )
    _list_missing(lacking)
    if failed:
        raise refused(t("检查没有通过：{failed}。", "Not passed: {failed}.").fill(failed=failed))


def _absolute(path: str) -> str:
    """Keep the part behind :: (a test within a file), and take the path from where the command was typed."""
    file, colons, rest = path.partition("::")
    here = Path.cwd() / file
    found = here if here.exists() else TREE / file
    return f"{found}{colons}{rest}"


def _install_modules() -> None:
    if not programs.missing_modules(MODULES):
        return
    click.echo(str(t("安装测试所需的 Python 模块……", "Installing the Python modules of the tests ...")), err=True)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    status = subprocess.run([*pip, "-r", REQUIREMENTS], cwd=TREE, stdout=programs.STDERR, check=False)
    if status.returncode != 0:
        raise CommandFailed(
            Exit.UNAVAILABLE,
            t("测试所需的 Python 模块无法安装。", "The Python modules of the tests could not be installed."),
            plain(f"{sys.executable} -m pip install --require-hashes -r {REQUIREMENTS}"),
        )


def _install_programs() -> list[programs.Program]:
    """Install what is missing where that is possible; return what stays missing. In CI nothing may."""
    lacking = programs.missing()
    if lacking and programs.may_install():
        names = ", ".join(program.package for program in lacking)
        says = t("安装外部程序：{names}", "Installing outside programs: {names}").fill(names=names)
        click.echo(str(says), err=True)
        programs.install([program.package for program in lacking])
        lacking = programs.missing()
    if lacking and os.environ.get("CI") == "true":
        names = " ".join(program.package for program in lacking)
        says = t("CI 中缺少外部程序：{names}。", "CI lacks outside programs: {names}.").fill(names=names)
        raise refused(says, plain(f"apt-get install --no-install-recommends {names}"))
    return lacking


def _list_missing(lacking: Sequence[programs.Program]) -> None:
    if not lacking:
        return
    says = t("缺少 {count} 个外部程序，相关测试已跳过：", "{count} outside programs are missing; skipped for that:")
    click.echo(str(says.fill(count=len(lacking))), err=True)
    for program in lacking:
        click.echo(f"  {program.package}: {program.tests}", err=True)


COMMAND = test
