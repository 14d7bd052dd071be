"""The follower that asks again and again, beside a real slapd; beside 389 DS: tests/peers/test_389ds.py."""

import os
import signal
import time
from contextlib import contextmanager

import pytest
from structlog.testing import capture_logs

from directory.backends.connection import Credentials, DirectoryServer, Limits
from directory.backends.polling import ENTRY_UUID, PollingFollower
from directory.login_record import AttributeNames
from directory.mirror import Mirror
from directory.person import State
from tests.support.directory_server import SUFFIX
from tests.support.published import own_pool
from tests.support.rogue_server import rogue, silent

BOUND = 20.0  # seconds: proof that a wait ends at all, not a measurement
NEVER = 3600.0  # seconds: no list but the first one, so what is seen was seen by asking for changes
PEOPLE = "(objectClass=rnPerson)"


def eventually(condition):
    """Wait until a condition holds; fail after BOUND."""
    until = time.monotonic() + BOUND
    while not condition():
        assert time.monotonic() < until, "did not happen"
        time.sleep(0.005)


def polling_of(mirror, *servers, listing=NEVER, condition=PEOPLE, credentials=None):
    # As the product itself: the account of the mirror may not read modifyTimestamp there.
    return PollingFollower(
        [DirectoryServer(server) if isinstance(server, str) else server for server in servers],
        credentials or Credentials(),
        SUFFIX,
        AttributeNames().wanted,
        deliver=mirror.apply,
        condition=condition,
        identity=ENTRY_UUID,
        beat=0.05,
        listing=listing,
        limits=Limits(0.5, 0.5),
    )


@contextmanager
def following(mirror, *servers, **more):
    follower = polling_of(mirror, *servers, **more)
    follower.start()
    try:
        eventually(lambda: mirror.age(time.time()) < BOUND)
        yield follower
    finally:
        follower.stop()


def in_step_since(mirror, at):
    """Tell whether it was confirmed that everything until `at` has been heard."""
    return mirror._in_step is not None and mirror._in_step[0] >= at


@pytest.fixture
def own(make_directory):
    """Give a running directory that a test may stop and kill, and the pool that may write there; four people."""
    directory = make_directory()
    directory.start()
    with own_pool(directory) as pool:
        pool.add(
            f"rnOrgCode=own,ou=orgs,{SUFFIX}",
            {
                "objectClass": [b"organizationalUnit", b"rnOrgUnit"],
                "rnOrgCode": [b"own"],
                "rnOrgKind": [b"town"],
                "ou": [b"own"],
            },
        )
        for who in "abcd":
            add(pool, who)
        yield directory, pool


def dn(who):
    return f"uid={who},rnOrgCode=own,ou=orgs,{SUFFIX}"


def add(pool, who, subject=None):
    pool.add(
        dn(who),
        {
            "objectClass": [b"inetOrgPerson", b"rnPerson"],
            "cn": [b"x"],
            "sn": [b"x"],
            "uid": [who.encode()],
            "rnSubjectId": [(subject or f"id-{who}").encode()],
            "rnStatus": [b"active"],
            "rnHomeUnit": [b"own"],
        },
    )


def test_changes_are_seen_by_asking_for_them(own):
    """Password (by its time: the product may not read it), lock, state, name and a new person, without any list."""
    directory, pool = own
    mirror, heard = Mirror(), []
    with following(mirror, directory.ldapi_uri) as follower:
        assert follower.server == directory.ldapi_uri
        assert mirror.people == 4
        mirror.on_change = heard.append
        pool.modify(dn("a"), {"userPassword": [b"{ARGON2}$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaA"]})
        eventually(lambda: mirror.find("a").password_changed)
        pool.modify(dn("a"), {"pwdAccountLockedTime": [b"000001010000Z"]})
        eventually(lambda: mirror.find("a").locked_until == float("inf"))
        pool.modify(dn("a"), {"rnStatus": [b"suspended"]})
        eventually(lambda: mirror.find("a").state is State.SUSPENDED)
        pool.rename(dn("a"), "uid=阿依古丽·买买提")
        eventually(lambda: mirror.find("阿依古丽·买买提"))
        assert mirror.find("a") is None
        assert set(heard) == {"id-a"}
        add(pool, "𠮷", "id-rare")
        eventually(lambda: mirror.find("𠮷"))


def test_who_was_deleted_is_seen_by_a_list(own):
    """And who left the filter as well."""
    directory, pool = own
    mirror = Mirror()
    with following(mirror, directory.ldapi_uri, listing=0.05):
        pool.delete(dn("a"))
        eventually(lambda: mirror.find("a") is None)
        assert mirror.people == 3


def test_many_people_come_in_pages(own):
    """More people than one page holds: all of them, and changes still show."""
    directory, pool = own
    for number in range(520):
        add(pool, f"p{number}")
    mirror = Mirror()
    with following(mirror, directory.ldapi_uri):
        assert mirror.people == 524
        pool.modify(dn("p519"), {"rnStatus": [b"left"]})
        eventually(lambda: mirror.find("p519").state is State.LEFT)


def test_kill_and_restart(own):
    """A server that dies and comes back is read anew; meanwhile people are known, and older and older."""
    directory, pool = own
    mirror = Mirror()
    with following(mirror, directory.ldapi_uri):
        os.kill(directory._process.pid, signal.SIGKILL)
        eventually(lambda: not directory.alive())
        at = time.time()
        eventually(lambda: mirror.age(time.time()) > 1.0)
        assert not in_step_since(mirror, at)
        assert mirror.people == 4
        directory.start()
        pool.delete(dn("b"))
        pool.modify(dn("a"), {"rnStatus": [b"left"]})
        eventually(lambda: mirror.find("a").state is State.LEFT)
        eventually(lambda: mirror.find("b") is None)
        at = time.time()
        eventually(lambda: in_step_since(mirror, at))


def test_a_frozen_server_is_noticed(own):
    """A server that is stopped in its tracks keeps its connections and says nothing."""
    directory, pool = own
    mirror = Mirror()
    with following(mirror, directory.ldapi_uri) as follower:
        os.kill(directory._process.pid, signal.SIGSTOP)
        try:
            eventually(lambda: follower.server is None)
        finally:
            os.kill(directory._process.pid, signal.SIGCONT)
        pool.modify(dn("a"), {"rnStatus": [b"left"]})
        eventually(lambda: mirror.find("a").state is State.LEFT)


def test_the_next_server_serves(own, tmp_path):
    """When the preferred one accepts and says nothing, the next one is read from the beginning."""
    directory, _ = own
    mirror = Mirror()
    with rogue(tmp_path / "s", silent) as bad, following(mirror, bad.uri, directory.ldapi_uri) as follower:
        assert follower.server == directory.ldapi_uri
    assert mirror.people == 4


def test_fail_over_reads_everything_anew(own, make_directory):
    """The next server's set replaces the first one's: who is only at the first is gone, without any list."""
    first, _ = own
    second = make_directory()
    second.start()
    mirror = Mirror()
    with following(mirror, first.ldapi_uri, second.ldapi_uri) as follower:
        assert mirror.people == 4
        first.stop()
        eventually(lambda: follower.server == second.ldapi_uri)
        assert mirror.people == 0


def account_of(directory):
    return Credentials(directory.mirror_dn, directory.mirror_password_file.read_bytes().strip())


def test_over_tls(directory_server):
    """With the right authority the directory is followed over ldaps, and stopping ends it there as well."""
    mirror = Mirror()
    server = DirectoryServer(directory_server.ldaps_uri, str(directory_server.ca_file))
    account = account_of(directory_server)
    with following(mirror, server, condition="(uid=nobody at all)", credentials=account) as follower:
        assert follower.server == directory_server.ldaps_uri


def test_a_wrong_authority_is_an_alarm(directory_server):
    """A server whose certificate we cannot verify is not followed, and nothing else is tried."""
    mirror = Mirror()
    follower = polling_of(mirror, directory_server.ldaps_uri, credentials=account_of(directory_server))
    with capture_logs() as logs:
        follower.start()
        eventually(lambda: logs)
        follower.stop()
    assert (logs[0]["event"], logs[0]["log_level"]) == ("directory cannot be followed", "error")
    assert mirror.entries == 0
