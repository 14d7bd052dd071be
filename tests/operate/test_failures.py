"""From errors to exit codes."""

import json

import click
import pytest
from sqlalchemy.exc import OperationalError

from access.enforcement import OrderRefused
from access.malformed import RuleMalformed
from directory.backends.connection import DirectoryUnavailable
from directory.lifecycle import Act, LifecycleError
from directory.person import State
from directory.refusal import Flaw, RegistryRefused
from operate import failures
from operate.exits import Exit, refused
from operate.words import t
from store.sealing import SealBroken


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (refused(t("不", "no")), Exit.REFUSED),
        (RegistryRefused(Flaw.CODE_TAKEN, "code"), Exit.REFUSED),
        (LifecycleError(State.LEFT, Act.RESUME), Exit.REFUSED),
        (RuleMalformed("hours", "hours"), Exit.REFUSED),
        (OrderRefused("the session is over"), Exit.REFUSED),
        (OperationalError("SELECT", {"password": "hunter2"}, Exception("no connection")), Exit.UNAVAILABLE),
        (DirectoryUnavailable("nobody there"), Exit.UNAVAILABLE),
        (SealBroken("does not open"), Exit.SETTINGS),
        (click.UsageError("wrong"), Exit.USAGE),
        (click.BadParameter("wrong"), Exit.USAGE),
        (click.ClickException("wrong"), Exit.USAGE),
    ],
)
def test_each_family_has_its_code(error, code):
    """Every family of errors becomes one exit code and a sentence in both languages; no statement shows values."""
    failure = failures.explain(error)

    assert failure.exit_code is code
    assert failure.says.chinese
    assert "hunter2" not in failure.says.english


def test_what_nobody_foresaw_is_internal(capsys):
    """The log gets the trace; the operator gets the name of the error and 70."""
    failure = failures.explain(ZeroDivisionError("x"))

    assert failure.exit_code is Exit.INTERNAL
    assert "ZeroDivisionError" in failure.says.english
    assert "command failed" in capsys.readouterr().out


def test_a_failure_is_reported_for_people_and_programs(capsys):
    """On standard error, harmless, or as JSON with its code."""
    failure = failures.Failure(Exit.REFUSED, t("不\x1b", "no\x1b"), t("改", "change"), "RG-1")

    failures.report(failure, as_json=False)
    assert capsys.readouterr().err == "Error: RG-1 no\\e\nchange\n"
    failures.report(failure, as_json=True)
    assert json.loads(capsys.readouterr().err)["error"]["code"] == "RG-1"
