"""The mirror beside a real 389 Directory Server as it is installed: no class of ours, no content synchronisation."""

import math
import signal
import time
from contextlib import contextmanager

import pytest

from directory.backends.connection import BindOutcome, Credentials, DirectoryPool, Limits
from directory.backends.polling import PollingFollower
from directory.challenge import PapProof
from directory.login_record import names_of_389
from directory.mirror import Mirror
from directory.passwords import Passwords, Verdict
from directory.person import State
from directory.settings import DirectorySettings
from tests.support.dirsrv import PROGRAM, READER, READER_PASSWORD, SUFFIX, add_person, directory_389

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="ns-slapd (package 389-ds-base) is not installed")

BOUND = 30.0  # seconds: proof that a wait ends at all, not a measurement
NEVER = 3600.0  # seconds: no list but the first one, so what is seen was seen by asking for changes
OLD, NEW = b"sesam-oeffne-dich-1", b"sesam-oeffne-dich-2"
NAMES = names_of_389(verifiers=True)


def eventually(condition):
    """Wait until a condition holds; fail after BOUND."""
    until = time.monotonic() + BOUND
    while not condition():
        assert time.monotonic() < until, "did not happen"
        time.sleep(0.01)


@pytest.fixture(scope="module")
def server():
    """One server for the whole file; each test has people of its own names."""
    with directory_389() as running:
        yield running


@pytest.fixture
def pool(server):
    """Connections of the manager."""
    with server.pool() as manager:
        yield manager


@contextmanager
def following(server, mirror, *, listing=NEVER, names=NAMES):
    follower = PollingFollower(
        [server.server],
        Credentials(READER, READER_PASSWORD),
        SUFFIX,
        names.wanted,
        deliver=mirror.apply,
        condition="(objectClass=inetOrgPerson)",
        watched=(names.suspended, names.locked_until),
        beat=0.1,
        listing=listing,
        limits=Limits(1.0, 2.0),
    )
    follower.start()
    try:
        eventually(lambda: mirror.age(time.time()) < BOUND)
        yield follower
    finally:
        follower.stop()


def next_second():
    """Wait until the server writes another modifyTimestamp, so that only a new time can show the change."""
    now = int(time.time())
    eventually(lambda: int(time.time()) > now)


def test_changes_of_the_directory_count_in_the_mirror(server, pool):
    """A new person, password, lock, move, other name: each by asking for what changed.

    As installed, 389 DS takes no login but in ASCII (its plug-in "7-bit check").
    """
    mirror, heard = Mirror(names=NAMES), []
    with following(server, mirror):
        mirror.on_change = heard.append
        dn = add_person(pool, "ayi", userPassword=OLD)
        find = lambda: mirror.find("ayi")  # noqa: E731 - shorter than the rest
        eventually(find)
        before = find()
        assert (before.state, before.dn, before.subject) == (State.ACTIVE, dn, before.entry)
        assert before.verifiers[0].startswith(b"{PBKDF2-SHA512}")

        next_second()
        pool.modify(dn, {"userPassword": [NEW]})
        eventually(lambda: find().verifiers != before.verifiers)
        assert find().password_changed != before.password_changed
        pool.modify(dn, {"nsAccountLock": [b"true"]})
        eventually(lambda: find().state is State.SUSPENDED)
        pool.modify(dn, {"nsAccountLock": []})
        eventually(lambda: find().state is State.ACTIVE)

        pool.add(f"ou=北区,{SUFFIX}", {"objectClass": [b"organizationalUnit"], "ou": ["北区".encode()]})
        pool.rename(dn, "uid=ayi", f"ou=北区,{SUFFIX}")
        eventually(lambda: find().dn == f"uid=ayi,ou=北区,{SUFFIX}")
        pool.rename(find().dn, "uid=guli")
        eventually(lambda: mirror.find("guli"))
        assert find() is None
        assert mirror.find("guli").entry == before.entry
    assert set(heard) == {before.subject}


def test_deletions_and_locks_by_failures_are_seen_by_a_list(server, pool):
    """Neither moves modifyTimestamp: only a list of all entries shows them, and the end of a lock as well."""
    pool.modify("cn=config", {"passwordLockout": [b"on"], "passwordMaxFailure": [b"2"]})
    gone, locked = add_person(pool, "gone"), add_person(pool, "locked", userPassword=OLD)
    mirror = Mirror(names=NAMES)
    with following(server, mirror, listing=0.1):
        pool.delete(gone)
        eventually(lambda: mirror.find("gone") is None)
        assert mirror.find("locked").locked_until is None
        stamp = mirror.find("locked").password_changed
        for _ in range(2):
            assert pool.bind_as(locked, b"wrong") is BindOutcome.WRONG
        assert pool.bind_as(locked, OLD) is BindOutcome.LOCKED
        eventually(lambda: mirror.find("locked").locked_until)
        assert time.time() < mirror.find("locked").locked_until < math.inf
        assert mirror.find("locked").password_changed == stamp
        pool.modify(locked, {"passwordRetryCount": [], "accountUnlockTime": []})
        eventually(lambda: mirror.find("locked").locked_until is None)


def test_a_lock_by_a_role_is_seen_by_a_list(server, pool):
    """NsAccountLock can be worked out from a role; then not even the entry was changed."""
    dn = add_person(pool, "role")
    mirror = Mirror(names=NAMES)
    with following(server, mirror, listing=0.1):
        kinds = [b"LDAPsubentry", b"cosSuperDefinition", b"cosPointerDefinition"]
        pool.add(
            f"cn=lock,{SUFFIX}",
            {"objectClass": [b"cosTemplate", b"extensibleObject"], "cn": [b"lock"], "nsAccountLock": [b"true"]},
        )
        pool.add(
            f"cn=locks,ou=people,{SUFFIX}",
            {
                "objectClass": kinds,
                "cn": [b"locks"],
                "cosTemplateDn": [f"cn=lock,{SUFFIX}".encode()],
                "cosAttribute": [b"nsAccountLock operational"],
            },
        )
        eventually(lambda: mirror.find("role").state is State.SUSPENDED)
        pool.delete(f"cn=locks,ou=people,{SUFFIX}")
        eventually(lambda: mirror.find("role").state is State.ACTIVE)
    pool.delete(dn)


def proven(passwords, person, password):
    """Return what becomes of a password, whoever looks at it."""
    answer = passwords.verify_now(person, PapProof(password), time.time())
    if answer is not None:
        return answer.verdict
    heard = []
    assert passwords.verify_beside(person, PapProof(password), time.time(), heard.append)
    eventually(lambda: heard)
    return heard[0].verdict


def test_a_password_by_its_verifier(server, pool):
    """What 389 DS made of a clear password (PBKDF2-SHA512) proves it here, without asking the server."""
    add_person(pool, "verifier", userPassword=OLD)
    mirror, passwords = Mirror(names=NAMES), Passwords(DirectorySettings())
    try:
        with following(server, mirror):
            person = mirror.find("verifier")
            assert proven(passwords, person, OLD) is Verdict.PROVEN
            assert proven(passwords, person, NEW) is Verdict.WRONG
    finally:
        passwords.close()


def test_a_password_by_bind(server, pool):
    """Without any verifier the server is asked, and a new password ends what was remembered of the old one."""
    names = names_of_389(verifiers=False)
    dn = add_person(pool, "bind", userPassword=OLD)
    reader = DirectoryPool([server.server], Credentials(READER, READER_PASSWORD))
    passwords = Passwords(DirectorySettings(verify="bind"), bind=reader.bind_as)
    mirror = Mirror(names=names, on_change=passwords.forget)
    try:
        with following(server, mirror, names=names):
            person = mirror.find("bind")
            assert person.verifiers == ()
            assert proven(passwords, person, NEW) is Verdict.WRONG
            assert proven(passwords, person, OLD) is Verdict.PROVEN
            assert passwords.verify_now(person, PapProof(OLD), time.time()).verdict is Verdict.PROVEN  # remembered

            next_second()
            pool.modify(dn, {"userPassword": [NEW]})
            eventually(lambda: mirror.find("bind") != person)
            assert proven(passwords, mirror.find("bind"), OLD) is Verdict.WRONG
            assert proven(passwords, mirror.find("bind"), NEW) is Verdict.PROVEN
            pool.modify(dn, {"nsAccountLock": [b"true"]})
            eventually(lambda: mirror.find("bind").state is State.SUSPENDED)
            assert proven(passwords, mirror.find("bind"), NEW) is Verdict.WRONG
    finally:
        passwords.close()
        reader.close()


def test_a_restart(server, pool):
    """A server that was killed and comes back is read anew; meanwhile people are known, and older and older."""
    dn = add_person(pool, "restart")
    mirror = Mirror(names=NAMES)
    with following(server, mirror) as follower:
        server.stop(kill=True)
        eventually(lambda: follower.server is None)
        eventually(lambda: mirror.age(time.time()) > 1.0)
        assert mirror.find("restart").dn == dn
        server.start()
        pool.delete(dn)
        eventually(lambda: mirror.find("restart") is None)
        assert mirror.age(time.time()) < BOUND


def test_a_frozen_server_is_noticed(server, pool):
    """A server that is stopped in its tracks keeps its connections and says nothing."""
    dn = add_person(pool, "frozen")
    mirror = Mirror(names=NAMES)
    with following(server, mirror) as follower:
        server.signal(signal.SIGSTOP)
        try:
            eventually(lambda: follower.server is None)
        finally:
            server.signal(signal.SIGCONT)
        pool.modify(dn, {"nsAccountLock": [b"true"]})
        eventually(lambda: mirror.find("frozen").state is State.SUSPENDED)
