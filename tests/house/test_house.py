"""The rules of the house: where things live, how long they may be, and what must never be found."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

TREE = Path(__file__).resolve().parents[2]
PACKAGES = ("store", "directory", "access", "radius", "portal", "operate", "bench")
SOURCES = sorted(path for package in PACKAGES for path in (TREE / package).rglob("*.py"))
MODULES = [path for path in SOURCES if path.name != "__init__.py" and "migrations" not in path.parts]
TESTS = sorted((TREE / "tests").rglob("*.py"))
LONGEST_FILE, LONGEST_FUNCTION = 500, 60
EMPTY_NAMES = {"utils", "util", "common", "helpers", "helper", "misc", "core", "manager", "base", "lib"}

# The first route through the code (README.md): a login by RADIUS.
ROUTE = (
    "radius/listeners.py",
    "radius/exchange.py",
    "radius/login.py",
    "radius/driver.py",
    "directory/passwords.py",
    "access/decision.py",
    "radius/reply.py",
)
# The second: a login at the portal.
PORTAL_ROUTE = (
    "portal/captive/visits.py",
    "portal/captive/login.py",
    "portal/guard.py",
    "portal/proving.py",
    "directory/otp.py",
    "portal/captive/judging.py",
    "portal/handoff/reauthentication.py",
    "portal/captive/waiting.py",
)


def _name(path: Path) -> str:
    return str(path.relative_to(TREE))


@pytest.mark.parametrize("path", SOURCES + TESTS, ids=_name)
def test_no_file_passes_the_wall(path: Path):
    """A file that grows past the wall is split by meaning."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_functions_fit_a_screen(path: Path):
    """A function is read without scrolling."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    long = [
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or node.lineno) - node.lineno >= LONGEST_FUNCTION
    ]

    assert long == []


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_every_module_has_its_test(path: Path):
    """The test of package/module.py is tests/package/test_module.py."""
    relative = path.relative_to(TREE)
    if path.stem == "__main__":
        wanted = TREE / "tests" / relative.parent / "test_main.py"
    else:
        wanted = TREE / "tests" / relative.parent / f"test_{path.stem}.py"
    flat = TREE / "tests" / relative.parts[0] / f"test_{path.stem}.py"

    assert wanted.exists() or flat.exists(), f"{_name(wanted)} is missing"


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_names_say_something(path: Path):
    """No file is called after nothing in particular."""
    assert path.stem not in EMPTY_NAMES


def test_every_module_of_the_route_exists_and_is_in_the_readme():
    """README shows the way of a login through the code, and the way is there."""
    readme = (TREE / "README.md").read_text(encoding="utf-8")
    for room in (*ROUTE, *PORTAL_ROUTE):
        assert (TREE / room).exists(), room
        assert f"({room})" in readme, room


def test_nobody_calls_create_task_without_keeping_it():
    """A task that nobody holds can vanish: asyncio.create_task stays out, loops keep what they start."""
    found = [_name(path) for path in SOURCES if "asyncio.create_task(" in path.read_text(encoding="utf-8")]

    assert found == []


def test_ldap3_connections_are_made_in_one_place():
    """ldap3's defaults accept any certificate and follow referrals: only the strict wrapper may construct."""
    pattern = re.compile(r"\b(?:ldap3\.)?(?:Connection|Server)\(")
    found = {
        _name(path)
        for path in SOURCES
        if "ldap3" in path.read_text(encoding="utf-8") and pattern.search(path.read_text(encoding="utf-8"))
    }

    assert found <= {"directory/backends/link.py"}


def _files_of_the_tree():
    """Ask git which files are ours; in a tree without git, all that are not made here."""
    try:
        return subprocess.run(["git", "ls-files"], cwd=TREE, capture_output=True, text=True, check=True).stdout.split()
    except (OSError, subprocess.CalledProcessError):
        made = {".venv", "var", ".git", "__pycache__"}
        files = (path.relative_to(TREE) for path in TREE.rglob("*") if path.is_file())
        return [str(path) for path in files if not made & set(path.parts) and not path.parts[0].startswith(".")]


def test_no_trace_of_a_machine():
    """Files name no home directory and no package registry."""
    files = _files_of_the_tree()
    pattern = re.compile(r"/ho" r"me/\w|/ro" r"ot/|/wo" r"rk/|pypi\.o" r"rg|pythonh" r"osted|deb\.deb" r"ian")
    found = [
        name
        for name in files
        if (TREE / name).is_file() and pattern.search((TREE / name).read_text(encoding="utf-8", errors="replace"))
    ]

    assert found == []


def test_layers_hold():
    """Imports point down, pure files stay pure, siblings do not meet (import-linter's contracts)."""
    program = Path(sys.executable).with_name("lint-imports")
    ran = subprocess.run([program, "--no-cache"], cwd=TREE, capture_output=True, text=True, check=False)

    assert ran.returncode == 0, ran.stdout
