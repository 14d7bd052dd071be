from hypothesis import given, settings
from hypothesis import strategies as st

from directory.backends.slapd_packages import newer_packages, wanted_packages

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
