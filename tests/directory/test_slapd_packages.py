import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from directory.backends.slapd_packages import SlapdMissing, newer_packages, unpack, wanted_packages

DEPENDS = """\
slapd
 |PreDepends: debconf
  PreDepends: <debconf-2.0>
  Depends: libldap2
  Depends: libc6
  Depends: libodbc2
  Depends: libperl5.40
 |Depends: libfirst1
  Depends: libsecond1
 |Depends: <libvirtual:any>
  Depends: libreal1
  Depends: adduser
<debconf-2.0>
libldap2
  Depends: libsasl2-2
libsasl2-2
  Depends: libdb5.3t64
libdb5.3t64
libc6
libperl5.40
  Depends: libgdbm6
slapd-contrib
  Depends: slapd
  Depends: libkadm5srv8t64-heimdal
  Depends: libnettle8t64
"""

# A mirror cannot be made to forget packages: these stand for an apt whose lists name what is gone, until an update.
APT = {
    "apt-get": """
echo "$@" >>"$CALLS"
case " $* " in
    *" update "*) touch "$CALLS.updated" ;;
    *) if [ -e "$CALLS.updated" ]; then touch slapd_2.deb; else touch slapd_1.deb; echo "E: 404" >&2; exit 100; fi ;;
esac
""",
    "apt-cache": 'case " $* " in *" policy "*) echo "  Candidate: 2" ;; *) echo slapd ;; esac',
    "dpkg-query": "",
    "dpkg-deb": '[ "$1" = -x ] || basename "$2"',
}


@pytest.fixture
def old_lists(monkeypatch, tmp_path) -> Path:
    """Put an apt with old lists into PATH; return the file of its calls."""
    programs = tmp_path / "programs"
    programs.mkdir()
    for name, body in APT.items():
        (programs / name).write_text(f"#!/bin/sh\n{body}\n", "ascii")
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:{os.defpath}")
    calls = tmp_path / "calls"
    monkeypatch.setenv("CALLS", str(calls))
    return calls


@pytest.mark.parametrize("user", [0, 1000])
def test_old_package_lists_are_fetched_anew(old_lists, monkeypatch, tmp_path, user: int):
    """What the mirror no longer has is asked for once more, and nothing of the first attempt is unpacked."""
    monkeypatch.setattr(os, "geteuid", lambda: user)
    said: list[str] = []

    unpack(tmp_path / "home", say=said.append)

    assert (tmp_path / "home/program/versions").read_text("ascii") == "slapd_2.deb\n"
    assert len(said) == 1
    calls = old_lists.read_text("utf-8").splitlines()
    assert [call.split()[-1] for call in calls] == ["slapd", "update", "slapd"]
    assert ("Dir::State" in calls[1]) == (user != 0), "an ordinary user may not write the lists of the system"
    assert sorted(path.name for path in (tmp_path / "home").iterdir()) == ["program"]


@pytest.mark.usefixtures("old_lists")
def test_what_cannot_be_fetched_is_told_with_what_to_type(tmp_path):
    """A second failure is final, and leaves nothing behind."""
    (tmp_path / "programs" / "apt-get").write_text("#!/bin/sh\necho 'E: no network' >&2; exit 100\n", "ascii")

    with pytest.raises(SlapdMissing, match="E: no network"):
        unpack(tmp_path / "home", say=lambda _: None)

    assert list((tmp_path / "home").iterdir()) == []


def test_only_missing_libraries_are_followed():
    """What an installation needs (debconf, adduser) and what our modules never load is left out."""
    wanted = wanted_packages(DEPENDS, frozenset({"libc6"}))

    assert wanted == [
        "slapd",
        "slapd-contrib",
        "libldap2",
        "libfirst1",
        "libreal1",
        "libnettle8t64",
        "libsasl2-2",
        "libdb5.3t64",
    ]


def test_the_library_of_the_same_source_comes_along():
    """Debian wants slapd and libldap of exactly one version, so an installed libldap does not count."""
    wanted = wanted_packages(
        DEPENDS, frozenset({"libc6", "libldap2", "libsasl2-2", "libfirst1", "libreal1", "libnettle8t64"})
    )

    assert wanted == ["slapd", "slapd-contrib", "libldap2"]


@settings(max_examples=50, deadline=None)
@given(st.text(alphabet="slapdib -:|<>\n") | st.text())
def test_any_text_is_read(text: str):
    """Whatever apt prints, the answer is a list without repetitions, and no exception."""
    wanted = wanted_packages(text, frozenset())

    assert len(wanted) == len(set(wanted))


def test_nothing_is_newer_without_a_copy(tmp_path):
    """A system with an installed slapd has no copy that could grow old."""
    assert newer_packages(tmp_path) == {}
