"""Find the slapd program, or unpack Debian's packages of it below the state directory.

In order: the setting, PATH, the usual places, a copy that was unpacked before, and on a system with apt a new copy.
There is no fall-back to another kind of server.
"""

import argparse
import os
import shutil
import sys
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from directory.backends.slapd_packages import ONE_LINE, UNPACKED, SlapdMissing, missing, newer_packages, unpack

__all__ = ["ONE_LINE", "SlapdMissing", "SlapdProgram", "ensure_program", "find_program", "main", "newer_packages"]

# One copy for all state directories of this tree (the made-up town, the tests); each takes it over by hard links.
TREE_HOME = Path(__file__).resolve().parent.parent.parent / "var" / "slapd"
_USUAL_PLACES = ("/usr/sbin", "/usr/libexec", "/usr/local/libexec", "/usr/local/sbin")
_MODULE_DIRECTORIES = (
    "/usr/lib/ldap",
    "/usr/lib64/openldap",
    "/usr/lib/openldap",
    "/usr/libexec/openldap",
    "/usr/local/libexec/openldap",
)
_SCHEMA_DIRECTORIES = ("/etc/ldap/schema", "/etc/openldap/schema", "/usr/local/etc/openldap/schema")


@dataclass(frozen=True, slots=True)
class SlapdProgram:
    """A slapd that can be run. Relative paths are meant from slapd's own directory."""

    path: str
    module_directory: str
    modules: frozenset[str]  # names as olcModuleLoad wants them
    schema_directory: Path  # absolute: read by the product, not by slapd
    environment: Mapping[str, str]


def find_program(configured: str, home: Path) -> SlapdProgram | None:
    """Return the slapd of the settings, of the system or of the unpacked copy in `home`; None when there is none.

    Raises SlapdMissing when the settings name a program that is not there.
    """
    if configured:
        if not os.access(configured, os.X_OK):
            raise SlapdMissing(f"[directory] slapd names {configured}, which cannot be executed")
        return _installed(str(Path(configured).resolve()))
    places = os.pathsep.join((os.environ.get("PATH", os.defpath), *_USUAL_PLACES))
    found = shutil.which("slapd", path=places)
    if found:
        return _installed(str(Path(found).resolve()))
    return _unpacked(home)


def ensure_program(
    configured: str, home: Path, *, say: Callable[[str], None], shared: Path = TREE_HOME
) -> SlapdProgram:
    """Return a slapd, after taking one over from `shared` or unpacking one into `home` where the system has none.

    `say` is told in one sentence what takes a while. Raises SlapdMissing.
    """
    program = find_program(configured, home)
    if program is None and home != shared and _unpacked(shared) is not None:
        _take_over(shared, home)
        program = _unpacked(home)
    if program is None:
        if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
            raise missing("This system has no slapd and no apt to fetch it with")
        say(f"No slapd on this system: unpacking Debian's packages of it into {home} (nothing is installed).")
        unpack(home, say=say)
        program = _unpacked(home)
    if program is None:
        raise missing("The unpacked packages hold no slapd")
    return program


def _take_over(shared: Path, home: Path) -> None:
    """Give `home` the copy of another home: slapd's user may reach its own directory only."""

    def link(source: str, target: str) -> None:
        try:
            os.link(source, target, follow_symlinks=False)
        except OSError:  # another file system, or another owner (fs.protected_hardlinks)
            shutil.copy2(source, target, follow_symlinks=False)

    work = home / "unpacking"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    shutil.copytree(shared / UNPACKED, work / "root", symlinks=True, copy_function=link)
    (work / "root").rename(home / UNPACKED)
    work.rmdir()


def _installed(path: str) -> SlapdProgram:
    return _program(path, "", {})


def _unpacked(home: Path) -> SlapdProgram | None:
    root = home / UNPACKED
    if not os.access(root / "usr/sbin/slapd", os.X_OK):
        return None
    # Debian keeps libraries below usr/lib/<triplet>; before the merge of /usr some packages used lib/<triplet>.
    directories = sorted(
        {library.parent for library in root.glob("**/*.so*") if library.parent != root / "usr/lib/ldap"}
    )
    library_path = os.pathsep.join(str(directory.relative_to(home)) for directory in directories)
    return _program(f"{UNPACKED}/usr/sbin/slapd", str(root), {"LD_LIBRARY_PATH": library_path})


def _program(path: str, root: str, environment: Mapping[str, str]) -> SlapdProgram:
    modules = next((name for name in _MODULE_DIRECTORIES if Path(root + name).is_dir()), None)
    schema = next((name for name in _SCHEMA_DIRECTORIES if Path(root + name, "core.ldif").is_file()), None)
    if modules is None or schema is None:
        raise missing(f"{path} is there, but its {'modules' if modules is None else 'schema files'} are not")
    names = frozenset(entry.stem for entry in Path(root + modules).iterdir() if entry.suffix in {".so", ".la"})
    return SlapdProgram(
        path=path,
        module_directory=UNPACKED + modules if root else modules,
        modules=names,
        schema_directory=Path(root + schema),
        environment=environment,
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Make sure that a slapd is there (called by the script truename before the product starts); 78: it cannot."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("state", type=Path, help="state directory; the copy lands in its folder slapd/")
    parser.add_argument("--settings", type=Path, help="truename.toml, where it says that no slapd or another is wanted")
    parser.add_argument("--replace", action="store_true", help="unpack anew, in place of the copy that is there")
    chosen = parser.parse_args(arguments)
    home = chosen.state.resolve() / "slapd"
    section = _section(chosen.settings)
    if section.get("kind", "embedded") != "embedded":
        return 0

    def say(sentence: str) -> None:
        print(sentence, file=sys.stderr, flush=True)  # noqa: T201 - an operator waits for it

    try:
        if chosen.replace:
            unpack(home, say=say)
        ensure_program(str(section.get("slapd", "")), home, say=say)
    except PermissionError:
        return 0  # the tree is not ours to write: the state directory will get its own copy when it is prepared
    except SlapdMissing as error:
        say(str(error))
        return 78
    return 0


def _section(settings: Path | None) -> dict[str, object]:
    """Return [directory] as written. What cannot be read is left to the product, which names the line at fault."""
    if settings is None or not settings.is_file():
        return {}
    try:
        section = tomllib.loads(settings.read_text("utf-8")).get("directory", {})
    except (OSError, ValueError):
        return {}
    return section if isinstance(section, dict) else {}


if __name__ == "__main__":
    sys.exit(main())
