"""Outside programs of the tests."""

import subprocess

import pytest

from operate import programs
from operate.programs import Program, is_present, missing_modules, no_service_starts
from operate.words import t


def test_a_program_is_found_by_name_or_by_file(tmp_path):
    """In PATH and where Debian keeps programs of root; a module by its file."""
    (tmp_path / "rlm_ldap.so").touch()

    assert is_present(Program("sh", ("sh",), t("", "")))
    assert is_present(Program("x", ("no-such-program", f"{tmp_path}/rlm_*.so"), t("", "")))
    assert not is_present(Program("x", ("no-such-program", f"{tmp_path}/pw-*.so"), t("", "")))


def test_no_service_starts_while_packages_are_installed(tmp_path):
    """policy-rc.d answers 101 (action forbidden by policy) for that moment, and is gone afterwards."""
    policy = tmp_path / "policy-rc.d"
    with no_service_starts(policy):
        assert subprocess.run([policy], check=False).returncode == 101

    assert not policy.exists()


def test_the_owners_policy_comes_back(tmp_path):
    """A policy that was there is put aside and returned, whatever happens."""
    policy = tmp_path / "policy-rc.d"
    policy.write_text("#!/bin/sh\nexit 0\n", "ascii")
    with pytest.raises(RuntimeError), no_service_starts(policy):
        raise RuntimeError

    assert policy.read_text("ascii") == "#!/bin/sh\nexit 0\n"
    assert list(tmp_path.iterdir()) == [policy]


def test_packages_are_installed_without_questions(monkeypatch, tmp_path):
    """slapd is told to configure nothing, and apt asks nothing."""
    ran = []

    class Done:
        returncode = 0

    def run(command, **more):
        ran.append((command[0], more["input"], more["env"]["DEBIAN_FRONTEND"]))
        return Done

    monkeypatch.setattr("subprocess.run", run)
    monkeypatch.setattr(programs, "POLICY", tmp_path / "policy-rc.d")
    monkeypatch.setattr(programs, "no_service_starts", lambda: no_service_starts(tmp_path / "policy-rc.d"))

    assert programs.install(["slapd"])
    assert ("debconf-set-selections", b"slapd slapd/no_configuration boolean true\n", "noninteractive") in ran
    assert ran[-1][0] == "apt-get"


def test_missing_modules_are_named():
    """What cannot be imported has to be installed."""
    assert missing_modules(["json", "no_such_module"]) == ["no_such_module"]


def test_every_package_says_what_is_tested_with_it():
    """An ordinary user is told what is skipped."""
    assert all(program.tests.english and program.tests.chinese for program in programs.PROGRAMS)
