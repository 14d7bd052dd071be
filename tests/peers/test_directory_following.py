"""The mirror beside a real slapd: what is changed there counts here, whatever happens in between."""

import os
import signal
import time
from contextlib import contextmanager

import pytest
from structlog.testing import capture_logs

from directory.backends.connection import Credentials, DirectoryServer
from directory.backends.openldap import Follower
from directory.login_record import AttributeNames
from directory.mirror import Mirror
from directory.person import State
from tests.support.directory_server import SUFFIX, free_port
from tests.support.published import own_pool
from tests.support.rogue_server import rogue, silent

BOUND = 20.0  # seconds: proof that a wait ends at all, not a measurement
BEAT = 0.1


def eventually(condition):
    """Wait until a condition holds; fail after BOUND."""
    until = time.monotonic() + BOUND
    while not condition():
        assert time.monotonic() < until, "did not happen"
        time.sleep(0.005)


def credentials_of(directory):
    return Credentials(directory.mirror_dn, directory.mirror_password_file.read_bytes().strip())


def follower_of(directory, mirror, *, servers=None):
    return Follower(
        servers or [DirectoryServer(directory.ldapi_uri)],
        credentials_of(directory),
        SUFFIX,
        AttributeNames().wanted,
        deliver=mirror.apply,
        held=lambda: mirror.entries,
        beat=BEAT,
    )


@contextmanager
def following(directory, mirror, **arguments):
    follower = follower_of(directory, mirror, **arguments)
    follower.start()
    try:
        eventually(lambda: mirror.age(time.time()) < BOUND)
        yield follower
    finally:
        follower.stop()


def in_step_since(mirror, at):
    """Tell whether it was confirmed that everything until `at` has been heard."""
    return mirror._in_step is not None and mirror._in_step[0] >= at


class Town:
    """One unit of a directory, and people in it under names of its own."""

    def __init__(self, pool, name):
        self.pool, self.name = pool, name
        self.dn = f"rnOrgCode={name},ou=orgs,{SUFFIX}"
        classes = [b"organizationalUnit", b"rnOrgUnit"]
        self.pool.add(
            self.dn,
            {"objectClass": classes, "rnOrgCode": [name.encode()], "rnOrgKind": [b"town"], "ou": [name.encode()]},
        )

    def login(self, who):
        return f"{self.name}-{who}"

    def at(self, who):
        return f"uid={self.login(who)},{self.dn}"

    def add(self, who, **more):
        login = self.login(who).encode()
        self.pool.add(
            self.at(who),
            {
                "objectClass": [b"inetOrgPerson", b"rnPerson"],
                "cn": [b"x"],
                "sn": [b"x"],
                "uid": [login],
                "rnSubjectId": [b"id-" + login],
                "rnStatus": [b"active"],
                "rnHomeUnit": [self.name.encode()],
                **more,
            },
        )

    def change(self, who, **values):
        self.pool.modify(self.at(who), {name: [value] for name, value in values.items()})


@pytest.fixture
def own(make_directory):
    """Give a running directory that a test may stop and kill, and a town of seven in it."""
    directory = make_directory()
    directory.start()
    with own_pool(directory) as pool:
        town = Town(pool, "own")
        for who in "abcdefg":
            town.add(who)
        yield directory, town


def kill(directory):
    os.kill(directory._process.pid, signal.SIGKILL)
    eventually(lambda: not directory.alive())


def test_changes_of_the_directory_count_in_the_mirror(directory_server):
    """Password, lock, state, zone, validity, name, place and end of a person, each by itself."""
    mirror, heard = Mirror(), []
    with own_pool(directory_server) as pool:
        town, other = Town(pool, "follow"), Town(pool, "follow-2")
        town.add("a", rnZone=[b"public"])
        login, find = town.login("a"), mirror.find
        with following(directory_server, mirror) as follower:
            eventually(lambda: find(login))
            assert follower.server == directory_server.ldapi_uri
            assert find(login).dn == town.at("a")
            assert find(login).zones == frozenset({"public"})
            mirror.on_change = heard.append

            pool.modify(town.at("a"), {"userPassword": [b"{ARGON2}$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaA"]})
            eventually(lambda: find(login).verifiers)
            assert find(login).password_changed
            assert heard == ["id-follow-a"]
            town.change("a", rnStatus=b"suspended")
            eventually(lambda: find(login).state is State.SUSPENDED)
            town.change("a", rnZone=b"internet")
            eventually(lambda: find(login).zones == frozenset({"internet"}))
            town.change("a", rnValidUntil=b"20270101000000Z")
            eventually(lambda: find(login).valid_until)
            town.change("a", pwdAccountLockedTime=b"000001010000Z")
            eventually(lambda: find(login).locked_until == float("inf"))
            town.change("a", pwdReset=b"TRUE")
            eventually(lambda: find(login).must_change)
            pool.rename(town.at("a"), f"uid={login}", other.dn)
            eventually(lambda: find(login).dn == f"uid={login},{other.dn}")
            pool.rename(f"uid={login},{other.dn}", "uid=阿依古丽·买买提")
            eventually(lambda: find("阿依古丽·买买提"))
            assert find(login) is None
            pool.delete(f"uid=阿依古丽·买买提,{other.dn}")
            eventually(lambda: find("阿依古丽·买买提") is None)
            assert set(heard) == {"id-follow-a"}


def test_an_own_hash_of_the_server_is_cut_at_its_nul(directory_server):
    """slapd 2.5 stores a NUL and stray octets behind hashes it makes; they are no part of the verifier."""
    mirror = Mirror()
    with own_pool(directory_server) as pool:
        town = Town(pool, "nul")
        town.add("a")
        pool.modify(town.at("a"), {"userPassword": [b"a long clear password"]})
        with following(directory_server, mirror):
            (verifier,) = mirror.find(town.login("a")).verifiers
    assert verifier.startswith(b"{ARGON2}$argon2")
    assert b"\0" not in verifier


def test_an_endpoint_of_the_directory(directory_server):
    """A device is mirrored beside the people."""
    mirror = Mirror()
    with own_pool(directory_server) as pool, following(directory_server, mirror):
        pool.add(
            f"rnSubjectId=e-follow,ou=devices,{SUFFIX}",
            {
                "objectClass": [b"device", b"ieee802Device", b"rnDevice"],
                "cn": ["打印机".encode()],
                "rnSubjectId": [b"e-follow"],
                "rnStatus": [b"active"],
                "macAddress": [b"02:11:22:33:44:55"],
            },
        )
        eventually(lambda: mirror.endpoint("02:11:22:33:44:55"))


@pytest.mark.parametrize("what", ["policy", "unit", "deleted unit"])
def test_changes_that_are_not_followed_leave_us_in_step(directory_server, what):
    """A change outside of the filter moves the server on; we are in step again without having anything to do."""
    mirror = Mirror()
    with own_pool(directory_server) as pool, following(directory_server, mirror):
        town = Town(pool, "step-" + what.split()[0] + str(len(what)))
        if what == "policy":
            pool.modify(f"cn=default,ou=policies,{SUFFIX}", {"description": [os.urandom(4).hex().encode()]})
        elif what == "unit":
            pool.modify(town.dn, {"displayName": ["新名".encode()]})
        else:
            pool.delete(town.dn)
        at = time.time()
        eventually(lambda: in_step_since(mirror, at))


def test_kill_and_restart(own):
    """A server that dies and comes back is followed on from the cookie, and nobody was lost in between."""
    directory, town = own
    mirror = Mirror()
    with following(directory, mirror):
        kill(directory)
        assert mirror.people == 7
        directory.start()
        town.change("a", rnStatus=b"left")
        eventually(lambda: mirror.find("own-a").state is State.LEFT)
        assert mirror.people == 7
        at = time.time()
        eventually(lambda: in_step_since(mirror, at))


def test_a_stopped_server_makes_us_old_and_ends_nothing(own):
    """Without a server the age grows and people are still known; with it we are young again."""
    directory, _ = own
    mirror = Mirror()
    with following(directory, mirror):
        directory.stop()
        at = time.time()
        eventually(lambda: mirror.age(time.time()) > 1.0)
        assert not in_step_since(mirror, at)
        assert mirror.find("own-a").subject == "id-own-a"
        directory.start()
        eventually(lambda: in_step_since(mirror, at))


def test_a_frozen_server_is_noticed(own):
    """A server that is stopped in its tracks keeps its connections and says nothing: only the question tells."""
    directory, town = own
    mirror = Mirror()
    with following(directory, mirror) as follower:
        os.kill(directory._process.pid, signal.SIGSTOP)
        try:
            eventually(lambda: follower.server is None)
        finally:
            os.kill(directory._process.pid, signal.SIGCONT)
        town.change("a", rnStatus=b"left")
        eventually(lambda: mirror.find("own-a").state is State.LEFT)


def away(directory, mirror, change, *, cookie=None, database=None):
    """Follow, stop, let something change, and follow on with the cookie of the first time, or another one."""
    with following(directory, mirror) as first:
        pass
    change()
    second = follower_of(directory, mirror)
    second._cookie = first._cookie if cookie is None else cookie
    second._seen = first._seen
    second._database = first._database if database is None else database
    at = time.time()
    with capture_logs() as logs:
        second.start()
        try:
            eventually(lambda: in_step_since(mirror, at))
        finally:
            second.stop()
    return {line["event"] for line in logs}


COOKIES = {
    "good": None,
    "garbage": b"garbage",
    "empty": b"",
    "wrong number": b"rid=000,csn=garbage#000000#000#000000",
    "old": b"rid=000,csn=20000101000000.000000Z#000000#000#000000",
    "of another provider": b"rid=000,csn=20260101000000.000000Z#000000#00a#000000",
    "newer than the server": b"rid=000,csn=20990101000000.000000Z#000000#000#000000",
}


@pytest.mark.parametrize(
    ("name", "restart"), [*((name, False) for name in COOKIES), ("good", True), ("old", True)], ids=str
)
def test_what_changed_while_we_were_away(own, name, restart):
    """With every cookie, and also when slapd forgot its deletions in a restart, deletion and change are found."""
    directory, town = own
    mirror, heard = Mirror(), []

    def change():
        town.pool.delete(town.at("b"))
        town.change("c", rnStatus=b"suspended")
        if restart:
            directory.stop()
            directory.start()
        mirror.on_change = heard.append

    events = away(directory, mirror, change, cookie=COOKIES[name])

    assert mirror.find("own-b") is None
    assert mirror.find("own-c").state is State.SUSPENDED
    assert mirror.find("own-a").state is State.ACTIVE
    assert mirror.people == 6
    assert set(heard) == {"id-own-b", "id-own-c"}
    assert ("directory went back in time" in events) == (name == "newer than the server")
    assert ("directory cookie dropped" in events) == (name in {"garbage", "empty", "wrong number"})
    assert name != "good" or "directory cookie doubted" not in events


def test_many_changes_could_be_a_cookie_that_was_not_understood(own):
    """Where most entries come anew, deletions may not have been told: everything is read again."""
    directory, town = own
    mirror = Mirror()

    def change():
        town.pool.delete(town.at("g"))
        for who in "abcde":
            town.change(who, rnStatus=b"suspended")

    events = away(directory, mirror, change)

    assert "directory cookie doubted" in events
    assert mirror.people == 6
    assert mirror.find("own-e").state is State.SUSPENDED


def test_a_cookie_of_another_database_is_dropped(own):
    """The same address with another database behind it: everything is read anew."""
    directory, town = own
    mirror = Mirror()

    events = away(directory, mirror, lambda: town.pool.delete(town.at("b")), database=[b"another"])

    assert "directory cookie dropped" in events
    assert mirror.people == 6


def test_a_silent_server_is_passed_over(own, tmp_path):
    """The next server serves when the preferred one accepts and says nothing."""
    directory, _ = own
    mirror = Mirror()
    with rogue(tmp_path / "s", silent) as bad:
        servers = [DirectoryServer(bad.uri), DirectoryServer(directory.ldapi_uri)]
        with following(directory, mirror, servers=servers) as follower:
            assert follower.server == directory.ldapi_uri
    assert mirror.people == 7


def test_over_tls(directory_server):
    """With the right authority the directory is followed over ldaps."""
    mirror = Mirror()
    server = DirectoryServer(directory_server.ldaps_uri, str(directory_server.ca_file))
    with following(directory_server, mirror, servers=[server]), own_pool(directory_server) as pool:
        town = Town(pool, "tls")
        town.add("a")
        eventually(lambda: mirror.find("tls-a"))


def test_a_wrong_authority_is_an_alarm(directory_server):
    """A server whose certificate we cannot verify is not followed, and nothing else is tried."""
    mirror = Mirror()
    follower = follower_of(directory_server, mirror, servers=[DirectoryServer(directory_server.ldaps_uri)])
    with capture_logs() as logs:
        follower.start()
        eventually(lambda: logs)
        follower.stop()
    assert (logs[0]["event"], logs[0]["log_level"]) == ("directory cannot be followed", "error")
    assert mirror.entries == 0


def test_nobody_listens():
    """No server at all: the follower keeps trying and stops when told."""
    mirror = Mirror()
    follower = Follower(
        [DirectoryServer(f"ldaps://127.0.0.1:{free_port()}")],
        Credentials("uid=x", b"x"),
        SUFFIX,
        ["uid"],
        deliver=mirror.apply,
        held=lambda: 0,
    )
    with capture_logs() as logs:
        follower.start()
        eventually(lambda: len(logs) > 1)
        follower.stop()
    assert {line["event"] for line in logs} == {"directory lost"}
