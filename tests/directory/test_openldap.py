"""The follower against servers that misbehave; against a real one: tests/peers/test_directory_following.py."""

import threading
from types import SimpleNamespace

import pytest
from structlog.testing import capture_logs

from directory.backends import openldap
from directory.backends.connection import Credentials, DirectoryServer, Limits
from directory.backends.openldap import Follower, change_numbers, cookie_numbers
from directory.mirror import Mirror
from directory.synchronisation import REQUEST_OID
from tests.support.rogue_server import gone, message_id, result, rogue, saying, silent, trickling

FIRST = b"20261124181113.668944Z#000000#001#000000"
LATER = b"20261124181114.000000Z#000000#001#000000"
OTHER = b"20261124181100.000000Z#000000#002#000000"
BOUND = 10.0  # seconds: proof that a wait ends at all, not a measurement


def follower_of(*servers, deliver=lambda _: None):
    return Follower(
        [DirectoryServer(server.uri) for server in servers],
        Credentials("uid=mirror,dc=x", b"secret"),
        "dc=x",
        ["uid"],
        deliver=deliver,
        held=lambda: 0,
        limits=Limits(0.2, 0.2, 0.2),
    )


def test_change_numbers_by_provider():
    """The newest number of each provider counts; what is no number does not."""
    assert change_numbers([FIRST, LATER, OTHER, b"garbage", b"###", b"later" + LATER]) == {b"001": LATER, b"002": OTHER}


@pytest.mark.parametrize(
    ("cookie", "numbers"),
    [
        (b"rid=000,csn=" + FIRST, {b"001": FIRST}),
        (b"rid=000,sid=001,csn=" + FIRST + b";" + OTHER, {b"001": FIRST, b"002": OTHER}),
        (b"rid=000,sid=001", {}),
        (b"rid=000,csn=", {}),
        (b"garbage", {}),
        (b"", {}),
    ],
)
def test_change_numbers_of_a_cookie(cookie, numbers):
    """OpenLDAP's cookie lists one number for each provider; a damaged one lists none."""
    assert cookie_numbers(cookie) == numbers


def test_nobody_to_follow():
    """Without a server there is nothing to do, and that is a mistake of the settings."""
    with pytest.raises(ValueError, match="nobody"):
        follower_of()
    with pytest.raises(ValueError, match="ldaps"):
        follower_of(SimpleNamespace(uri="ldap://127.0.0.1"))


def test_a_follower_that_never_started_can_be_stopped(tmp_path):
    """stop() closes what the constructor opened, whether or not there was a thread."""
    with rogue(tmp_path / "s", silent) as server:
        follower_of(server).stop()


TROUBLE = {
    "silent": silent,
    "trickling": trickling,
    "gone": gone,
    "refused": saying(result(0x61, 49)),
    "busy": saying(result(0x61, 51)),
    "nonsense": saying(b"\xff" * 50),
    "search-refused": saying(result(0x61), result(0x65, 32)),
}


@pytest.mark.parametrize("trouble", TROUBLE)
def test_a_server_in_trouble_is_left_in_bounded_time(tmp_path, trouble):
    """Whatever the first server does, the second one is tried soon; the mirror never believes to be in step."""
    reached = threading.Event()

    def reach(connection):
        reached.set()
        silent(connection)

    mirror = Mirror()
    with rogue(tmp_path / "a", TROUBLE[trouble]) as bad, rogue(tmp_path / "b", reach) as good:
        follower = follower_of(bad, good, deliver=mirror.apply)
        with capture_logs() as logs:
            follower.start()
            assert reached.wait(BOUND)
            follower.stop()
    assert mirror.age(0.0) == float("inf")
    assert logs[0]["log_level"] == ("error" if trouble == "refused" else "warning")
    assert "secret" not in str(logs)


def test_silence_within_a_refresh_ends_the_session(tmp_path, monkeypatch):
    """A server that took the search and says nothing is stuck; persisting is different, there silence is normal."""
    monkeypatch.setattr(openldap, "REFRESH_SILENCE", 0.2)
    searches = threading.Semaphore(0)

    def stuck(connection):
        while request := connection.recv(65536):
            if REQUEST_OID.encode() in request:
                searches.release()
            else:
                answer = result(0x61) if b"secret" in request else result(0x65, 32)
                connection.sendall(answer.replace(b"MM", message_id(request)))

    with rogue(tmp_path / "s", stuck) as server:
        follower = follower_of(server)
        with capture_logs() as logs:
            follower.start()
            assert searches.acquire(timeout=BOUND)
            assert searches.acquire(timeout=BOUND)
            follower.stop()
    assert "silent in the middle of a refresh" in logs[0]["reason"]


def test_a_fault_of_ours_does_not_end_the_thread(tmp_path):
    """An error in the receiver is logged and the directory is followed again from nothing."""
    heard = threading.Semaphore(0)

    def broken(_):
        heard.release()
        raise RuntimeError("a fault of ours")

    with rogue(tmp_path / "s", saying(result(0x61), result(0x65, 32))) as server:
        follower = follower_of(server, deliver=broken)
        with capture_logs() as logs:
            follower.start()
            assert heard.acquire(timeout=BOUND)
            assert heard.acquire(timeout=BOUND)
            follower.stop()
    assert {line["event"] for line in logs} == {"directory follower failed"}
