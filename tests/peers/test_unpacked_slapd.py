"""The copy of slapd that is unpacked from Debian's packages where none is installed."""

import shutil
from collections.abc import Callable

import pytest

from directory.backends import slapd_packages, slapd_program
from directory.backends.embedded import EmbeddedDirectory

pytestmark = [
    pytest.mark.long,  # it downloads 2 MB
    pytest.mark.skipif(shutil.which("apt-get") is None, reason="only where there is apt"),
]


def test_the_unpacked_copy_runs(make_directory: Callable[..., EmbeddedDirectory], monkeypatch, tmp_path):
    """Nothing is installed: the copy finds its libraries, modules and schema below its own directory."""
    monkeypatch.setattr(slapd_program, "_USUAL_PLACES", ())
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.setattr(slapd_packages, "_installed_packages", lambda: frozenset({"libc6"}))
    said: list[str] = []
    slapd_packages.unpack(tmp_path / "shared", say=said.append)
    monkeypatch.setattr(slapd_program.ensure_program, "__kwdefaults__", {"shared": tmp_path / "shared"})
    directory = make_directory()

    directory.start()

    assert directory._process is not None
    with open(f"/proc/{directory._process.pid}/maps", encoding="utf-8") as file:  # noqa: PTH123 - a kernel file
        loaded = file.read()
    home = directory.ca_file.parent.parent
    for part in ("sbin/slapd", "libldap", "back_mdb", "argon2", "ppolicy"):
        assert any(str(home / "program") in line and part in line for line in loaded.splitlines()), part
    assert slapd_packages.newer_packages(home) == {}
