"""The documentation says what the code says: nothing in it may go stale unnoticed."""

import importlib.util
import re
import shlex
from functools import cache
from pathlib import Path

import click
import pytest

from access.reasons import Reason
from operate.commands import root
from operate.health import COUNTERS, GAUGES
from operate.settings import SECTIONS
from radius.drops import Drop
from radius.vendor import vendor_names

TREE = Path(__file__).resolve().parents[2]
DOCS = TREE / "docs"
PAGES = sorted([TREE / "README.md", TREE / "CONTRIBUTING.md", TREE / "CHANGELOG.md", *DOCS.rglob("*.md")])
COUNTED_HERE = ("truename_child_ready", "truename_child_restarts_total", "truename_kernel_udp_drops_total")
METRICS = [
    *(f"{name}_total" for name, *_ in COUNTERS.values()),
    *(name for name, *_ in GAUGES.values()),
    *COUNTED_HERE,
]
_FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(?<!!)\[[^\]\n]*\]\(([^)\s]+)\)")
_NAMES = root().list_commands(click.Context(root()))


def _name(path):
    return str(path.relative_to(TREE))


@cache
def _text(path):
    return path.read_text(encoding="utf-8")


@cache
def _script(name):
    """A script of docs/, which is no package."""
    spec = importlib.util.spec_from_file_location(f"docs_{name}", DOCS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _prose(path):
    return _FENCE.sub("", _text(path))


def _anchors(path):
    """The anchors of a page, as Markdown viewers make them of its headings."""
    headings = re.findall(r"^#+ (.+)$", _prose(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _commands():
    """Every command line of the pages that calls ./truename, and each command in a sentence: (page, its words)."""
    for page in PAGES:
        for _, kind, block in _FENCE.findall(_text(page)):
            if kind != "sh":
                continue
            for line in block.replace("\\\n", " ").splitlines():
                found = re.search(
                    r"(?:^|\s)(?:\.|/opt/truename)/truename((?: .*)?)$", line.partition("  #")[0].rstrip()
                )
                if found:
                    yield page, tuple(shlex.split(found[1]))
        for span in re.findall(r"`([^`\n]+)`", _prose(page)):
            words = span.removeprefix("./truename ").split()
            if len(words) > 1 and words[0] in _NAMES:
                yield page, tuple(words)


COMMANDS = [*dict.fromkeys(_commands())]


@pytest.mark.parametrize("reason", Reason, ids=lambda reason: reason.code)
def test_every_reason_is_in_the_table(reason):
    """Every code that a device or an operator may read is explained in docs/operate.md."""
    assert f"| {reason.code} |" in _text(DOCS / "operate.md")


def test_the_table_of_reasons_is_fresh():
    """After a change of access/reasons.py run docs/generated_tables.py."""
    text = _text(DOCS / "operate.md")

    assert _script("generated_tables").operate(text) == text


@pytest.mark.parametrize("metric", METRICS)
def test_every_metric_is_in_the_table(metric):
    """Whoever is woken by a metric finds what to do about it in docs/operate.md."""
    assert f"| `{metric}` |" in _text(DOCS / "operate.md")


def test_no_metric_is_in_the_table_that_does_not_exist():
    """A metric that was taken away leaves the table as well."""
    rows = re.findall(r"^\| `(truename_\w+)` \|", _text(DOCS / "operate.md"), re.MULTILINE)

    assert set(rows) == set(METRICS)


@pytest.mark.parametrize("drop", Drop, ids=lambda drop: drop.label)
def test_every_drop_is_in_the_table(drop):
    """Every label of a discarded packet is explained in docs/operate.md."""
    rows = [line.split("|")[1] for line in _text(DOCS / "operate.md").splitlines() if line.startswith("| `")]

    assert any(f"`{drop.label}`" in row for row in rows)


def test_the_page_of_settings_is_fresh():
    """After a change of a settings class run docs/generated_tables.py."""
    assert _script("generated_tables").settings() == _text(DOCS / "settings.md")


@pytest.mark.parametrize(
    "setting", [f"{section}.{name}" for section, kind in SECTIONS.items() for name in kind.__dataclass_fields__]
)
def test_every_setting_is_on_its_page(setting):
    """Every setting stands in docs/settings.md, in its section, with its default."""
    section, _, name = setting.partition(".")
    part = _text(DOCS / "settings.md").partition(f"\n[{section}]\n")[2]

    assert f"\n#{name} = " in part.partition("\n[")[0]


def test_the_page_of_state_machines_is_fresh():
    """After a change of a table run docs/state_machines.py."""
    assert _script("state_machines").page() == _text(DOCS / "state-machines.md")


@pytest.mark.parametrize("vendor", vendor_names())
def test_every_vendor_has_its_chapter(vendor):
    """Whoever has a device finds how to configure it."""
    assert re.search(rf"^### .*`--vendor {vendor}`", _text(DOCS / "connect-a-device.md"), re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_links_lead_somewhere(page):
    """A relative link leads to a file that exists, and its anchor to a heading of that file."""
    for target in _LINK.findall(_prose(page)):
        if "://" in target:
            continue
        file, _, anchor = target.partition("#")
        there = (page.parent / file).resolve() if file else page

        assert there.exists(), target
        assert not anchor or anchor in _anchors(there), target


@pytest.mark.parametrize(("page", "words"), COMMANDS, ids=lambda value: " ".join(value) if type(value) is tuple else "")
def test_commands_exist(page, words):
    """A command line in the documentation names a command that there is, with options that it has."""
    command: click.Command = root()
    rest = list(words)
    while rest and isinstance(command, click.Group):
        if rest[0].startswith("-"):
            break
        found = command.get_command(click.Context(command), rest[0])
        assert found is not None, f"{_name(page)}: {' '.join(words)}"
        command, rest = found, rest[1:]
    known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    given = {word.partition("=")[0] for word in rest if re.fullmatch(r"--?[a-z][\w-]*(=.*)?", word)}

    assert given <= known | {"--help"}, f"{_name(page)}: {' '.join(words)}"


def test_there_are_commands_to_check():
    """The search for command lines finds those of the first day."""
    assert ("person", "password", "liming") in {words for _, words in COMMANDS}
