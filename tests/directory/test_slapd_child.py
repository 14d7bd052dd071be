import os
import subprocess
import sys

import pytest

from directory.backends.slapd_child import CONFIGURATION, SlapdChild, SlapdFailed, last_words, unprivileged_user
from directory.backends.slapd_program import SlapdProgram


def child(home, path: str = "/bin/false") -> SlapdChild:
    return SlapdChild(SlapdProgram(path, "", frozenset(), home, {}), home, unprivileged_user())


def test_slapd_never_runs_as_root():
    """Root gives its rights up; anybody else keeps the own identity."""
    user = unprivileged_user()

    assert user.uid != 0
    assert os.getuid() in {0, user.uid}


def test_what_slapd_writes_is_closed_to_others(tmp_path):
    """Configuration, data and socket are for slapd's user alone."""
    one = child(tmp_path)
    one.lay_out()

    for name in ("config", "data", "run"):
        status = (tmp_path / name).stat()
        assert status.st_mode & 0o777 == 0o700
        assert status.st_uid == one.user.uid


def test_a_failing_tool_is_an_error_with_its_words(tmp_path):
    """The last lines of the complaint come along, or the operator could only guess."""
    (tmp_path / "tool").write_text("#!/bin/sh\necho no such thing >&2\nexit 3\n", "utf-8")
    (tmp_path / "tool").chmod(0o755)
    tmp_path.chmod(0o755)

    with pytest.raises(SlapdFailed, match=r"slapadd ended with 3: no such thing"):
        child(tmp_path, "./tool").tool("add", [])


def test_a_missing_program_is_an_error(tmp_path):
    with pytest.raises(SlapdFailed):
        child(tmp_path, "./nothing").tool("add", [])


def test_ownership_is_decided_by_the_working_directory(tmp_path):
    """Arguments are relative, so another product's slapd -F config must not be taken for ours."""
    ours, other = tmp_path / "ours", tmp_path / "other"
    ours.mkdir()
    other.mkdir()
    arguments = [sys.executable, "-c", "import time; time.sleep(60)", "-F", CONFIGURATION]
    with subprocess.Popen(arguments, cwd=ours) as one, subprocess.Popen([*arguments[:3]], cwd=ours) as two:
        assert child(ours).owns(one.pid)
        assert not child(ours).owns(two.pid)
        assert not child(other).owns(one.pid)
        one.kill()
        two.kill()
    assert not child(ours).owns(one.pid)


@pytest.mark.parametrize("text", [b"", b"x", b"-1", b"99999999999999999999", "١".encode(), b"1"])
def test_a_strange_pid_file_harms_nobody(tmp_path, text):
    """The file is written by slapd's user: nothing in it is believed."""
    one = child(tmp_path)
    one.lay_out()
    (tmp_path / "run/slapd.pid").write_bytes(text)

    one.end_orphan()


def test_last_words_are_short_and_printable():
    """They go to a log and to a terminal."""
    words = last_words(b"first\n\n\x1b[31mred\xff\nlast\x00\n" + b"x" * 1000)

    assert len(words) == 300
    assert words.isprintable()
