"""From errors to exit codes."""

import json
from types import SimpleNamespace

import click
import pytest
from sqlalchemy.exc import OperationalError

from access.enforcement import OrderRefused, Senseless
from access.malformed import RuleMalformed, ZoneMalformed
from directory.backends.connection import DirectoryRefused, DirectoryUnavailable
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
        (OrderRefused(Senseless.SESSION_OVER), Exit.REFUSED),
        (OperationalError("SELECT", {"password": "hunter2"}, Exception("no connection")), Exit.UNAVAILABLE),
        (DirectoryUnavailable("nobody there"), Exit.UNAVAILABLE),
        (DirectoryRefused(50), Exit.SETTINGS),
        (PermissionError(13, "Permission denied", "state/truename.db"), Exit.SETTINGS),
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


def test_what_is_not_acceptable_is_said_in_both_languages():
    """As the console says it beside the field; braces in it are text."""
    says = failures.explain(ZoneMalformed("redirect_url", "an address that may contain {token}")).says

    assert says.chinese.startswith("redirect_url 不对。请填写 http 或 https 地址，可含 {token}")
    assert says.english == "redirect_url is not acceptable. Wanted: an address that may contain {token}."


@pytest.mark.parametrize("why", Senseless)
def test_an_order_that_makes_no_sense_is_said_in_both_languages(why):
    """With what is wrong in it."""
    says = failures.explain(OrderRefused(why)).says

    assert says.chinese == f"命令无法下达：{why.value[0]}"
    assert says.english == f"The order makes no sense: {why.value[1]}"


def test_what_nobody_foresaw_is_internal(monkeypatch):
    """The log gets the trace; the operator gets the name of the error and 70."""
    told = []
    monkeypatch.setattr(failures, "log", SimpleNamespace(error=lambda event, **more: told.append((event, more))))
    failure = failures.explain(ZeroDivisionError("x"))

    assert failure.exit_code is Exit.INTERNAL
    assert "ZeroDivisionError" in failure.says.english
    ((event, more),) = told
    assert event == "command failed"
    assert isinstance(more["exc_info"], ZeroDivisionError)


def test_a_failure_is_reported_for_people_and_programs(capsys):
    """On standard error, harmless, or as JSON with its code."""
    failure = failures.Failure(Exit.REFUSED, t("不\x1b", "no\x1b"), t("改", "change"), "RG-1")

    failures.report(failure, as_json=False)
    assert capsys.readouterr().err == "Error: RG-1 no\\e\nchange\n"
    failures.report(failure, as_json=True)
    assert json.loads(capsys.readouterr().err)["error"]["code"] == "RG-1"


def test_several_sentences_have_a_line_each(capsys):
    """A line break is ours to make: one inside a sentence is written out, between sentences it is real."""
    failure = failures.Failure(Exit.REFUSED, t("一\n", "one\n"), t("改", "change"), more=(t("二", "two"),))

    failures.report(failure, as_json=False)
    assert capsys.readouterr().err == "Error: one\\n\ntwo\nchange\n"
    failures.report(failure, as_json=True)
    assert json.loads(capsys.readouterr().err)["error"]["message"] == "one\n\ntwo"


def test_a_seal_that_does_not_open_says_why():
    """Which file is not as it should be stands in the sentence."""
    failure = failures.explain(SealBroken("master key file master.key is open to others: chmod 0400"))

    assert "chmod 0400" in failure.says.chinese
