"""The thread of a follower, with servers that are only names."""

import threading

import pytest
from structlog.testing import capture_logs

from directory.backends.connection import (
    CertificateRefused,
    DirectoryRefused,
    DirectoryServer,
    DirectoryUnavailable,
    OwnCredentialsRefused,
)
from directory.backends.following import FIRST_PAUSE, LAST_PAUSE, Following, Resume
from directory.ber import MalformedSync

FIRST, SECOND = DirectoryServer("ldaps://a.test"), DirectoryServer("ldaps://b.test")
BOUND = 20.0  # seconds


class Scripted(Following):
    """Does one thing after the other: an error is raised, True counts as a session that was followed."""

    def __init__(self, servers, *script):
        super().__init__(servers)
        self.script = list(script)
        self.asked = []
        self.pauses = []
        self.distrusted = 0
        self.done = threading.Event()
        self.interrupted = threading.Event()
        wait = self._stopping.wait
        self._stopping.wait = lambda seconds: self.pauses.append(seconds) or wait(0)

    def _follow(self, server):
        self.asked.append(server.uri[-6])
        if not self.script:
            self.done.set()
            self.interrupted.wait(BOUND)
            raise DirectoryUnavailable("interrupted")
        what = self.script.pop(0)
        if what is True:
            self.server = server.uri
            raise DirectoryUnavailable("lost again")
        raise what

    def _interrupt(self):
        self.interrupted.set()

    def _distrust(self):
        self.distrusted += 1


def played(*script, servers=(FIRST, SECOND)):
    """Play a script to its end; return the follower and its log."""
    one = Scripted(servers, *script)
    with capture_logs() as logs:
        one.start()
        assert one.done.wait(BOUND)
        one.stop()
    return one, logs


def test_nobody_is_followed_without_a_server_or_in_clear():
    """Mistakes of the settings."""
    with pytest.raises(ValueError, match="nobody"):
        Scripted([])
    with pytest.raises(ValueError, match="ldaps"):
        Scripted([DirectoryServer("ldap://127.0.0.1")])


def test_one_that_never_started_can_be_stopped():
    """stop() asks for no thread."""
    Scripted([FIRST]).stop()


def test_servers_are_asked_in_turn_and_ever_more_rarely():
    """The pause doubles up to its bound while nothing works, and begins anew after a session."""
    failure = DirectoryUnavailable("nobody there")
    one, logs = played(*[failure] * 8, True, failure)
    assert "".join(one.asked) == "abababababa"
    assert one.pauses[:6] == [FIRST_PAUSE * 2**times for times in range(1, 6)] + [LAST_PAUSE]
    assert one.pauses[8:] == [FIRST_PAUSE, FIRST_PAUSE * 2]
    assert one.server is None
    assert {line["event"] for line in logs} == {"directory lost"}


def test_the_same_server_goes_on_at_once_where_a_session_has_to_begin_anew():
    """No pause, no line: nothing is wrong with it."""
    one, logs = played(Resume(), Resume())
    assert (one.asked, one.pauses, logs) == (["a", "a", "a"], [], [])


@pytest.mark.parametrize(
    ("error", "event", "level", "distrusted"),
    [
        (DirectoryUnavailable("gone"), "directory lost", "warning", 0),
        (CertificateRefused("not its name"), "directory cannot be followed", "error", 0),
        (OwnCredentialsRefused("not our account"), "directory cannot be followed", "error", 0),
        (DirectoryRefused(11), "directory cannot be read", "error", 0),
        (MalformedSync("nonsense"), "directory not understood", "error", 1),
        (RuntimeError("a fault of ours"), "directory follower failed", "error", 1),
    ],
)
def test_what_goes_wrong_is_said_and_survived(error, event, level, distrusted):
    """Where what we know may be wrong, it is dropped; how a connection ends because we stop, tells nothing."""
    one, logs = played(error)
    assert [(line["event"], line["log_level"]) for line in logs] == [(event, level)]
    assert one.distrusted == distrusted
