"""Unpack Debian's packages of slapd into a directory of our own.

That installs nothing: no root, no service, no change outside the product's own directories. apt itself checks the
signatures and hashes of what it downloads. A copy gets no security updates from the system: newer_packages() says
when it should be replaced.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

UNPACKED = "program"  # name of the copy's directory below slapd's own directory
_PACKAGES = ("slapd", "slapd-contrib")
# Needed only by modules that we never load: back-perl, back-sql and smbk5pwd.
_NOT_LOADED = re.compile(r"libperl.*|libodbc.*|lib.*-heimdal")
_LEAVE_OUT = ("recommends", "suggests", "conflicts", "breaks", "replaces", "enhances")
ONE_LINE = "sudo apt-get install --no-install-recommends slapd slapd-contrib"


class SlapdMissing(Exception):  # noqa: N818 - the name is the sentence
    """There is no slapd and none can be fetched; the text ends with what to type."""


def missing(why: str) -> SlapdMissing:
    """Return the error with the line that an operator has to type."""
    return SlapdMissing(
        f"{why}. Type:\n  {ONE_LINE}\n"
        "or point at an existing directory: kind, uris, bind_dn and password_file in [directory] of truename.toml"
    )


def unpack(home: Path, *, say: Callable[[str], None]) -> None:
    """Fetch slapd with the libraries that this system lacks, in place of an earlier copy. Raises SlapdMissing."""
    home.mkdir(parents=True, exist_ok=True)
    work = home / "unpacking"
    shutil.rmtree(work, ignore_errors=True)
    root = work / "root"
    root.mkdir(parents=True)
    root.chmod(0o755)  # whatever the umask: slapd runs as another user
    try:
        packages = _fetch(home, work / "packages", say)
        for package in packages:
            _run(["dpkg-deb", "-x", str(package), str(root)])
        for archive in root.glob("usr/lib/ldap/*.la"):
            archive.unlink()  # it names /usr/lib/ldap, and libltdl would take a module of the system from there
        versions = [_run(["dpkg-deb", "-W", str(package)]).strip() for package in packages]
        (root / "versions").write_text("\n".join(versions) + "\n", "utf-8")
        shutil.rmtree(home / UNPACKED, ignore_errors=True)
        root.rename(home / UNPACKED)
    finally:
        shutil.rmtree(work, ignore_errors=True)
        shutil.rmtree(home / "apt", ignore_errors=True)


def wanted_packages(depends: str, installed: frozenset[str]) -> list[str]:
    """Return which packages to unpack: slapd, its contributions, and the libraries that are not installed.

    `depends` is the output of `apt-cache depends --recurse`. Only packages named lib… are followed: everything else
    (debconf, adduser, perl) serves an installation, and there is none. Of alternatives the first real one is taken.
    """
    graph: dict[str, list[str]] = {}
    settled = False
    package = ""
    for line in depends.splitlines():
        header = re.fullmatch(r"([a-z0-9][a-z0-9+.-]*)", line)
        if header:
            package = header[1]
            graph.setdefault(package, [])
            settled = False
            continue
        # A name in angle brackets is a virtual package: there is nothing of that name to unpack.
        need = re.fullmatch(r" ([ |])(?:Pre)?Depends: (<?[a-z0-9][a-z0-9+.:-]*>?)", line)
        if need:
            if not settled and not need[2].startswith("<"):
                graph.setdefault(package, []).append(need[2])
                settled = True
            settled = settled and need[1] == "|"  # the bar says that the next line is an alternative to this one
    wanted = [name for name in _PACKAGES if name in graph]
    for name in wanted:  # grows while it is walked
        wanted += [
            need
            for need in graph.get(name, ())
            if need.startswith("lib")
            and not _NOT_LOADED.fullmatch(need)
            # libldap is of the same source as slapd and has to be of the same version.
            and (need not in installed or need.startswith("libldap"))
            and need not in wanted
        ]
    return wanted


def newer_packages(home: Path) -> dict[str, tuple[str, str]]:
    """Return for each package of the unpacked copy that apt has newer: name -> (unpacked version, candidate).

    Asks the package lists of the system and downloads nothing. Empty without a copy, or with nothing newer.
    """
    try:
        lines = (home / UNPACKED / "versions").read_text("utf-8").splitlines()
    except FileNotFoundError:
        return {}
    newer = {}
    for line in lines:
        name, have = line.split("\t")
        candidate = _candidate([], name)
        compare = ["dpkg", "--compare-versions", have, "lt", candidate or have]
        if subprocess.run(compare, check=False).returncode == 0:
            newer[name] = (have, candidate)
    return newer


def _fetch(home: Path, folder: Path, say: Callable[[str], None]) -> list[Path]:
    """Download the packages into `folder`, after fetching package lists where there are none or only old ones."""
    if _candidate([], "slapd"):
        try:
            return _download([], folder)
        except SlapdMissing:
            # Lists of some months ago name files that the mirror no longer has.
            say("The packages could not be fetched: once more, with new package lists.")
            shutil.rmtree(folder, ignore_errors=True)
    else:
        say("The package lists are empty: fetching them.")
    return _download(_new_lists(home), folder)


def _download(apt: Sequence[str], folder: Path) -> list[Path]:
    names = wanted_packages(_run(["apt-cache", *apt, *_depends()]), _installed_packages())
    folder.mkdir()
    _run(["apt-get", *apt, "download", *names], cwd=folder)
    return sorted(folder.glob("*.deb"))


def _new_lists(home: Path) -> list[str]:
    """Fetch package lists; return options under which apt reads them."""
    if os.geteuid() == 0:
        _run(["apt-get", "update"])
        options: list[str] = []
    else:
        # An ordinary user may not write the system's lists, and does not have to: these are removed afterwards.
        (home / "apt/state/lists/partial").mkdir(parents=True, exist_ok=True)
        (home / "apt/cache/archives/partial").mkdir(parents=True, exist_ok=True)
        options = ["-o", f"Dir::State={home / 'apt/state'}", "-o", f"Dir::Cache={home / 'apt/cache'}"]
        _run(["apt-get", *options, "update"])
    if not _candidate(options, "slapd"):
        raise missing("The package sources of this system offer no slapd")
    return options


def _candidate(options: Sequence[str], name: str) -> str:
    found = re.search(r"^ +Candidate: (\S+)$", _run(["apt-cache", *options, "policy", name]), re.MULTILINE)
    return found[1] if found and found[1] != "(none)" else ""


def _depends() -> list[str]:
    return ["depends", "--recurse", *(f"--no-{kind}" for kind in _LEAVE_OUT), *_PACKAGES]


def _installed_packages() -> frozenset[str]:
    listed = _run(["dpkg-query", "-W", "-f", "${db:Status-Status} ${Package}\n"])
    return frozenset(line.split(" ")[1] for line in listed.splitlines() if line.startswith("installed "))


def _run(command: Sequence[str], *, cwd: Path | None = None) -> str:
    try:
        ended = subprocess.run(
            command,
            cwd=cwd,
            env={**os.environ, "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
    except OSError as error:
        raise missing(f"{command[0]} could not be started ({error.strerror})") from error
    if ended.returncode != 0:
        complaint = next(
            (line for line in reversed(ended.stderr.splitlines()) if line.startswith("E:")), ended.stderr[-200:]
        )
        raise missing(f"{command[0]} failed: {complaint.strip()}")
    return ended.stdout
