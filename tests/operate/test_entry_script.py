"""The script `truename`, in a tree of its own that holds nothing but the script and a product that says what it got."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

TREE = Path(__file__).parents[2]
PRODUCT = """\
import os, sys
print(sys.argv[1:], os.getcwd(), sys.prefix, sep="|")
"""


@pytest.fixture
def tree(tmp_path) -> Path:
    """Lay out a tree without an environment; its requirements are empty, so that no network is needed."""
    tree = tmp_path / "a tree"
    (tree / "operate").mkdir(parents=True)
    (tree / "requirements").mkdir()
    (tree / "operate" / "__main__.py").write_text(PRODUCT, "utf-8")
    for name in ("base", "test"):
        (tree / "requirements" / f"{name}.txt").write_text("# nothing\n", "utf-8")
    slapd = tree / "var/slapd/program/usr/sbin/slapd"  # as on a system that has one: none is fetched
    slapd.parent.mkdir(parents=True)
    slapd.touch(mode=0o755)
    shutil.copy2(TREE / "truename", tree / "truename")
    return tree


def call(
    program: Path, *arguments: str, cwd: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    variables = {"PATH": f"/usr/local/bin:{os.defpath}:/usr/sbin", "HOME": "/nonexistent", **environment}
    return subprocess.run(
        [program, *arguments], cwd=cwd, env=variables, capture_output=True, text=True, check=False, timeout=120
    )


def test_the_environment_is_made_once_and_again_when_requirements_change(tree, tmp_path):
    """From any directory and through a symbolic link; arguments arrive as typed; what has no hash is refused (69)."""
    link = tmp_path / "bin" / "truename"
    link.parent.mkdir()
    link.symlink_to("../a tree/truename")
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "operate").mkdir(parents=True)
    (elsewhere / "operate" / "__main__.py").write_text("raise SystemExit('the wrong product')", "utf-8")

    first = call(link, "add", "张 三", "", cwd=elsewhere)
    second = call(link, "--help", cwd=elsewhere)
    with_tests = call(link, "test", cwd=elsewhere)
    again = call(link, "test", cwd=elsewhere)
    wheel = tmp_path / "thing-1.0-py3-none-any.whl"
    wheel.write_bytes(b"without a hash")
    (tree / "requirements" / "base.txt").write_text(f"thing @ file://{wheel}\n", "utf-8")
    changed = call(link, cwd=elsewhere, LANG="zh_CN.UTF-8")

    assert first.stdout == f"['add', '张 三', '']|{elsewhere}|{tree / '.venv'}\n", first.stderr
    assert "Making the environment" in first.stderr
    assert (second.stdout, second.stderr) == (f"['--help']|{elsewhere}|{tree / '.venv'}\n", "")
    assert "Installing what the tests need" in with_tests.stderr
    assert again.stderr == ""
    assert changed.returncode == 69
    assert "正在建立运行环境" in changed.stderr
    assert "hash" in changed.stderr.lower()
    assert not (tree / ".venv" / "base.sum").exists()


def test_without_python_an_ordinary_user_gets_one_line_to_type():
    """78 is EX_CONFIG: something has to be installed first, and the line says what."""
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary)
        place.chmod(0o777)
        shutil.copy2(TREE / "truename", place / "truename")
        (place / "programs").mkdir(mode=0o755)
        for name in ("sh", "dirname", "readlink", "id", "cat", "cksum", "mkdir", "flock", "apt-get"):
            if found := shutil.which(name):
                (place / "programs" / name).symlink_to(found)
        (place / "requirements").mkdir()
        (place / "requirements" / "base.txt").touch()
        nobody = {"user": 65534, "group": 65534, "extra_groups": []} if os.getuid() == 0 else {}
        environment = {"PATH": str(place / "programs")}
        ended = subprocess.run(
            [place / "truename", "demo"], env=environment, capture_output=True, text=True, check=False, **nobody
        )

    assert ended.returncode == 78
    assert "sudo apt-get install --no-install-recommends python3-venv" in ended.stderr


def test_package_lists_that_are_too_old_are_fetched_anew(tree, tmp_path):
    """The mirror no longer has what they name: root gets new lists and a second attempt, and 78 if that fails too."""
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("sh", "dirname", "readlink", "cat", "cksum", "mkdir", "flock", "grep"):
        (programs / name).symlink_to(shutil.which(name) or pytest.fail(name))
    calls = tmp_path / "calls"
    for name, body in {
        "id": "echo 0",
        "python3": "exit 1",  # never has the module venv
        "apt-cache": "echo '  Candidate: 3.11'",
        "apt-get": f"echo $2 >>'{calls}'; [ $2 = update ]",
    }.items():
        (programs / name).write_text(f"#!/bin/sh\n{body}\n", "utf-8")
        (programs / name).chmod(0o755)

    ended = call(tree / "truename", "demo", PATH=str(programs))

    assert calls.read_text("utf-8").split() == ["install", "update", "install"]
    assert (ended.returncode, ended.stdout) == (78, "")
    assert "offers no Python 3.11" in ended.stderr
