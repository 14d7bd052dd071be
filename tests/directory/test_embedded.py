import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable

import pytest

from directory.backends.connection import Credentials, DirectoryPool, DirectoryServer
from directory.backends.embedded import EmbeddedDirectory
from directory.backends.slapd_child import SlapdChild, SlapdFailed
from directory.backends.slapd_program import SlapdProgram
from directory.backends.state_lock import StateInUse
from tests.support.directory_server import SUFFIX

Make = Callable[..., EmbeddedDirectory]


def own(directory: EmbeddedDirectory) -> DirectoryPool:
    return DirectoryPool([DirectoryServer(directory.ldapi_uri)], Credentials())


def pid(directory: EmbeddedDirectory) -> int:
    assert directory._process is not None
    return directory._process.pid


def test_it_starts_answers_and_stops(make_directory: Make):
    """Ready means that the root DSE is answered; after the end nobody answers."""
    directory = make_directory()
    assert not directory.alive()

    directory.start()
    assert directory.alive()
    assert directory.answers()
    assert directory.ldaps_uri is None

    directory.stop()
    directory.stop()
    assert not directory.alive()
    assert not directory.answers()


def test_slapd_runs_without_root(directory_server: EmbeddedDirectory):
    """Whoever runs the product: no root, no capability, no way to gain one."""
    with open(f"/proc/{pid(directory_server)}/status", encoding="ascii") as file:  # noqa: PTH123 - a kernel file
        status = dict(line.split(":\t", 1) for line in file.read().splitlines() if ":\t" in line)

    assert "0" not in status["Uid"].split()
    assert int(status["CapEff"], 16) == 0
    assert status["NoNewPrivs"] == "1"


def test_preparing_again_changes_nothing(make_directory: Make):
    """Passwords stay, entries stay, and the next start uses both."""
    directory = make_directory()
    directory.start()
    before = directory.mirror_password_file.read_bytes(), directory.radius_password_file.read_bytes()
    directory.prepare()
    directory.stop()
    directory.prepare()
    directory.start()

    assert before == (directory.mirror_password_file.read_bytes(), directory.radius_password_file.read_bytes())
    with own(directory) as pool:
        assert pool.get(directory.mirror_dn, ["uid"]) == {"uid": [b"mirror"]}


def test_password_files_are_for_the_product_alone(directory_server: EmbeddedDirectory):
    """Mode 0400 in a directory of mode 0700."""
    for file in (directory_server.mirror_password_file, directory_server.radius_password_file):
        assert file.stat().st_mode & 0o777 == 0o400
        assert file.parent.stat().st_mode & 0o777 == 0o700


def test_a_state_directory_has_one_owner(make_directory: Make, directory_server: EmbeddedDirectory):
    """A second slapd would take the socket away from the first (it starts without complaint)."""
    state = directory_server.mirror_password_file.parent.parent

    with pytest.raises(StateInUse):
        make_directory(state=state).start()
    assert directory_server.answers()


def test_a_deep_state_directory_works(make_directory: Make, tmp_path):
    """A path of more than 107 octets is no reason not to start, for slapd and for its clients."""
    directory = make_directory(state=tmp_path / ("深" * 40) / "state")
    directory.start()

    with own(directory) as pool:
        assert pool.get(f"ou=orgs,{SUFFIX}", ["ou"]) == {"ou": [b"orgs"]}


def test_a_closed_home_is_no_obstacle(make_directory: Make, tmp_path):
    """The tree may lie below a home of mode 0700 that slapd's user cannot enter."""
    closed = tmp_path / "h"
    closed.mkdir(mode=0o700)
    directory = make_directory(state=closed / "state")

    directory.start()

    assert directory.answers()


def test_a_chinese_naming_context_works(make_directory: Make):
    """RFC 4514 is UTF-8: the tree may have the name of the city."""
    directory = make_directory(suffix="o=𠮷林市,c=CN")
    directory.start()

    with own(directory) as pool:
        assert pool.get("o=𠮷林市,c=CN", ["o"]) == {"o": ["𠮷林市".encode()]}


def test_a_taken_port_is_reported_in_slapds_own_words(make_directory: Make):
    """An operator reads why, and the state directory is free again."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        directory = make_directory(listen=f"127.0.0.1:{other.getsockname()[1]}")
        with pytest.raises(SlapdFailed, match=r"errno=98|Address already in use"):
            directory.start()

    directory.start()
    assert directory.answers()


def test_an_orphan_is_ended_before_the_start(make_directory: Make, tmp_path_factory):
    """A slapd that survived its supervisor holds the data; the next supervisor ends it, and the data stays."""
    state = tmp_path_factory.mktemp("s")
    first = make_directory(state=state)
    first.start()
    with own(first) as pool:
        pool.add(f"ou=x,ou=orgs,{SUFFIX}", {"objectClass": [b"organizationalUnit"], "ou": [b"x"]})
    first._lock.release()  # as if the supervisor had gone without its child

    second = make_directory(state=state)
    second.start()

    assert not first.alive()
    with own(second) as pool:
        assert pool.get(f"ou=x,ou=orgs,{SUFFIX}", ["ou"]) is not None


def test_a_stranger_with_the_old_number_is_left_alone(make_directory: Make):
    """Process numbers are used again: only what works in our directory is ended."""
    directory = make_directory()
    directory.prepare()
    run = directory.ca_file.parent.parent / "run"
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as stranger:
        try:
            (run / "slapd.pid").write_text(f"{stranger.pid}\n", "ascii")
            directory.stop()
            directory.start()
            assert stranger.poll() is None
        finally:
            stranger.kill()


def test_the_pause_between_restarts_grows_and_ends(make_directory: Make):
    """At once, then 0.1 s, doubling to 5 s; a minute without a crash forgets them all. Time is an argument."""
    directory = make_directory()
    directory.prepare()
    home = directory.ca_file.parent.parent
    assert directory._child is not None
    user = directory._child.user
    directory._child = SlapdChild(SlapdProgram("/bin/false", "", frozenset(), home, {}), home, user)
    directory._spawn()
    now, starts = 0.0, []
    for _ in range(9):
        assert directory._process is not None
        directory._process.wait()
        assert directory.tend(now) is False
        assert directory._start_at is None or directory._start_at > now
        now = now if directory._start_at is None else directory._start_at
        starts.append(round(now, 1))
        directory.tend(now)

    assert starts == [0.0, 0.1, 0.3, 0.7, 1.5, 3.1, 6.3, 11.3, 16.3]
    assert directory._process is not None
    directory._process.wait()
    directory.tend(100.0)
    assert directory._crashes == [100.0]


def test_readers_come_and_go(make_directory: Make):
    """An outside application gets an account, keeps it when asked for twice, and loses it."""
    directory = make_directory()
    directory.start()

    dn, file = directory.add_reader("oa")
    password = file.read_bytes()
    assert directory.add_reader("oa") == (dn, file)
    assert file.read_bytes() == password
    with own(directory) as pool:
        pool.add(
            f"uid=By Hand,ou=readers,ou=services,{directory.suffix}", {"objectClass": [b"account"], "uid": [b"By Hand"]}
        )
    assert directory.readers() == [("oa", dn, file)]
    with DirectoryPool([DirectoryServer(directory.ldapi_uri)], Credentials(dn, password)) as pool:
        assert pool.get(dn, ["uid"]) == {"uid": [b"oa"]}

    file.unlink()
    directory.add_reader("oa")
    assert file.read_bytes() != password

    directory.remove_reader("oa")
    directory.remove_reader("oa")
    assert not file.exists()
    assert directory.readers() == []
    with own(directory) as pool:
        assert pool.get(dn, ["uid"]) is None


def test_a_stubborn_child_is_killed(make_directory: Make, monkeypatch):
    """A slapd that does not heed SIGTERM (here: it is stopped) does not hold up the end."""
    monkeypatch.setattr("directory.backends.embedded.STOP_WITHIN", 0.1)
    directory = make_directory()
    directory.start()
    process = directory._process
    assert process is not None
    os.kill(process.pid, signal.SIGSTOP)

    directory.stop()

    assert process.returncode == -signal.SIGKILL
