import shutil
from pathlib import Path

import pytest

from directory.backends import slapd_program
from directory.backends.slapd_packages import ONE_LINE, SlapdMissing
from directory.backends.slapd_program import ensure_program, find_program, main


@pytest.fixture
def bare_system(monkeypatch, tmp_path) -> Path:
    """Pretend a system without slapd and without apt, and a tree without an unpacked copy."""
    monkeypatch.setattr(slapd_program, "_USUAL_PLACES", ())
    monkeypatch.setattr(ensure_program, "__kwdefaults__", {"shared": tmp_path / "tree"})
    empty = tmp_path / "bin"
    empty.mkdir()
    monkeypatch.setenv("PATH", str(empty))
    return tmp_path


def unpacked_copy(home: Path) -> Path:
    """Lay out what unpacking leaves behind, as far as it is looked at."""
    root = home / "program"
    for name in (
        "usr/sbin/slapd",
        "usr/lib/ldap/back_mdb-2.5.so.0",
        "usr/lib/ldap/back_mdb.so",
        "usr/lib/ldap/pw-sha2.la",
        "usr/lib/x86_64-linux-gnu/libldap-2.5.so.0",
        "lib/x86_64-linux-gnu/libwrap.so.0",
        "etc/ldap/schema/core.ldif",
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch(mode=0o755)
    (root / "usr/sbin/slapd-link").symlink_to("slapd")
    return root


def test_the_setting_comes_first(tmp_path):
    """[directory] slapd decides, and a wrong path is an error rather than a reason to take another program."""
    installed = shutil.which("slapd", path="/usr/sbin:/usr/libexec:/usr/bin") or pytest.skip("no installed slapd")

    found = find_program(installed, tmp_path)

    assert found is not None
    assert found.path == str(Path(installed).resolve())
    assert {"back_mdb", "argon2", "syncprov"} <= found.modules
    with pytest.raises(SlapdMissing, match=r"nowhere/slapd"):
        find_program("/nowhere/slapd", tmp_path)


def test_the_copy_is_named_relative_to_the_directory_of_slapd(bare_system):
    """Slapd may be unable to reach its own directory by full name, so nothing that it is told may need that."""
    unpacked_copy(bare_system)

    found = find_program("", bare_system)

    assert found is not None
    assert found.path == "program/usr/sbin/slapd"
    assert found.module_directory == "program/usr/lib/ldap"
    assert found.environment == {"LD_LIBRARY_PATH": "program/lib/x86_64-linux-gnu:program/usr/lib/x86_64-linux-gnu"}


def test_module_names_are_those_of_the_configuration(bare_system):
    """The files are back_mdb-2.5.so.0, back_mdb.so or back_mdb.la: olcModuleLoad wants back_mdb."""
    unpacked_copy(bare_system)

    found = find_program("", bare_system)

    assert found is not None
    assert found.modules == {"back_mdb", "pw-sha2"}


def test_a_copy_of_the_tree_is_shared_without_copying(bare_system):
    """The made-up town and the tests take the copy that is there: the same files under another name."""
    unpacked_copy(bare_system / "tree")
    home = bare_system / "state"

    found = ensure_program("", home, say=pytest.fail, shared=bare_system / "tree")

    assert found.path == "program/usr/sbin/slapd"
    assert (home / found.path).samefile(bare_system / "tree" / found.path)
    assert (home / "program/usr/sbin/slapd-link").is_symlink()


def test_without_slapd_and_apt_there_is_one_line_to_type(bare_system, capsys):
    """Never silently without LDAP: exit 78 (EX_CONFIG), a sentence, and the line."""
    assert main([str(bare_system)]) == 78

    complaint = capsys.readouterr().err
    assert ONE_LINE in complaint
    assert "existing directory" in complaint


@pytest.mark.parametrize("kind", ["openldap", "389ds"])
def test_an_existing_directory_needs_no_slapd(bare_system, kind):
    """Who uses the city's own directory is not asked to install another."""
    settings = bare_system / "truename.toml"
    settings.write_text(f'[directory]\nkind = "{kind}"\n', "utf-8")

    assert main([str(bare_system), "--settings", str(settings)]) == 0


@pytest.mark.parametrize("text", ["[directory", "directory = 3", "[directory]\nkind = 7"])
def test_broken_settings_are_left_to_the_product(tmp_path, text):
    """The product names the line at fault; this program only reads two values of it."""
    settings = tmp_path / "truename.toml"
    settings.write_text(text, "utf-8")

    assert main([str(tmp_path), "--settings", str(settings)]) == 0
