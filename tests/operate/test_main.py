"""The program as the shell sees it."""

import os
import subprocess
import sys

import pytest


def _run(*words, **environment):
    return subprocess.run(
        [sys.executable, "-m", "operate", *words],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_overview_imports_nothing_heavy():
    """Help and completion answer at once because neither database nor directory is imported for them."""
    script = (
        "import sys; from operate.commands import root\n"
        "try: root().main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'sqlalchemy', 'ldap3', 'cryptography', 'alembic', 'prometheus_client'} & sys.modules.keys()\n"
        "sys.exit(f'imported: {heavy}' if heavy else 0)"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)

    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize(("locale", "word"), [("zh_CN.UTF-8", "用法"), ("C.UTF-8", "Usage"), ("de_DE.UTF-8", "Usage")])
def test_the_locale_chooses_the_language(locale, word):
    """Chinese for zh locales, English for all others; the help documents the exit codes."""
    ran = _run("--help", LC_ALL=locale, PYTHONIOENCODING="utf-8")

    assert ran.returncode == 0
    assert word in ran.stdout
    assert "78" in ran.stdout


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        ((), 2, "Usage"),
        (("pearson",), 2, "Did you mean person?"),
        (("person", "lst"), 2, "Did you mean list?"),
        (("person", "list", "--stat"), 2, "Did you mean --state?"),
        (("person", "show"), 2, "WHO"),
        (("person", "list", "--limit", "x"), 2, "--limit"),
        (("--settings", "/nowhere/truename.toml", "person", "list"), 78, "there is no such file"),
    ],
)
def test_slips_are_met_with_help(words, code, says):
    """Exit codes mean something, and the message says what to do."""
    ran = _run(*words, LC_ALL="C.UTF-8")

    assert ran.returncode == code
    assert says in ran.stderr
    assert "Traceback" not in ran.stderr
