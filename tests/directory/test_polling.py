"""The follower that asks again and again: its questions, one session played, and servers that misbehave.

Beside real servers: tests/peers/test_directory_polling.py (slapd) and tests/peers/test_389ds.py.
"""

import threading
import time
from contextlib import suppress
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from directory.backends import polling
from directory.backends.connection import Credentials, DirectoryServer, Limits
from directory.backends.polling import (
    ENTRY_UUID,
    NS_UNIQUE_ID,
    PollingFollower,
    changed_since,
    modified,
    one_of,
)
from directory.ber import MalformedSync
from directory.mirror import Mirror
from directory.synchronisation import Gone, Idle, Present, RefreshBegun, RefreshDone, Upsert
from tests.support.rogue_server import gone, message_id, result, rogue, saying, silent, trickling

BOUND = 20.0  # seconds: proof that a wait ends at all, not a measurement
PEOPLE = "(objectClass=rnPerson)"
AT = 1767225600.0  # 2026-01-01T00:00:00Z
ENTRY = bytes.fromhex("cc157716e83711f18db487bf1f4da51e")


def eventually(condition):
    """Wait until a condition holds; fail after BOUND."""
    until = time.monotonic() + BOUND
    while not condition():
        assert time.monotonic() < until, "did not happen"
        time.sleep(0.005)


# -- questions -----------------------------------------------------------------------------------------------


def test_ids_as_their_servers_write_them():
    """Sixteen octets, in the groups of RFC 4122 §3 or of 389 DS, and back."""
    assert NS_UNIQUE_ID.text(ENTRY) == "cc157716-e83711f1-8db487bf-1f4da51e"
    assert ENTRY_UUID.text(ENTRY) == "cc157716-e837-11f1-8db4-87bf1f4da51e"
    for identity in (NS_UNIQUE_ID, ENTRY_UUID):
        assert identity.read({identity.attribute.lower(): [identity.text(ENTRY).encode()]}) == ENTRY


@given(st.dictionaries(st.sampled_from(["nsuniqueid", "uid"]), st.lists(st.binary(max_size=40), max_size=2)))
@settings(max_examples=50, deadline=None)
def test_an_id_is_sixteen_octets_or_malformed(attributes):
    """Whatever stands where the id should be: an id, or the one error."""
    with suppress(MalformedSync):
        assert len(NS_UNIQUE_ID.read(attributes)) == 16


@given(st.lists(st.binary(max_size=20) | st.just(b"20260101000000Z"), max_size=2))
@settings(max_examples=50, deadline=None)
def test_a_time_that_cannot_be_read_is_none(values):
    """modifyTimestamp is a time or nothing; it never ends the follower."""
    assert isinstance(modified({"modifytimestamp": values}), float | None)
    assert modified({"modifytimestamp": [b"20260101000000Z"]}) == AT
    assert modified({}) is None


@pytest.mark.parametrize(
    ("at", "written"),
    [(AT, "20260101000000Z"), (AT + 0.9, "20260101000000Z"), (-1e30, "19700101000000Z"), (1e30, "99991231235959Z")],
)
def test_the_question_for_changes(at, written):
    """In the second of the server's clock, rounded so that nothing is left out (RFC 4517 §3.3.13)."""
    assert changed_since(PEOPLE, at) == f"(&{PEOPLE}(modifyTimestamp>={written}))"


def test_the_question_for_some_entries():
    """By id and by class: who is no person any more counts as gone."""
    assert one_of(PEOPLE, NS_UNIQUE_ID, [ENTRY, bytes(16)]) == (
        f"(&{PEOPLE}(|(nsUniqueId=cc157716-e83711f1-8db487bf-1f4da51e)(nsUniqueId=00000000-00000000-00000000-00000000)))"
    )


# -- one session, played -------------------------------------------------------------------------------------


class PlayedLink:
    """A server of which a test sets what it has; it answers pages of one entry, by what the filter means."""

    def __init__(self, entries):
        self.entries = entries  # id: (modifyTimestamp, uid, lock)
        self.hidden = set()  # what a change is made to while nobody can ask for it
        self.server = SimpleNamespace(uri="ldapi://played")
        self.asked = []

    def page(self, _base, condition, wanted, _scope, cookie):
        if not cookie:
            self.asked.append(condition)
        found = [entry for entry in sorted(self.entries) if self.meant(condition, entry)]
        at = int(cookie or b"0")
        page = [self.shown(entry, wanted) for entry in found[at : at + 1]]
        return page, b"%d" % (at + 1) if at + 1 < len(found) else b""

    def meant(self, condition, entry):
        if "nsUniqueId=" in condition:
            return NS_UNIQUE_ID.text(entry) in condition
        return ">=" not in condition or self.entries[entry][0].decode() >= condition.partition(">=")[2][:15]

    def shown(self, entry, wanted):
        stamp, uid, lock = self.entries[entry]
        every = {"nsUniqueId": NS_UNIQUE_ID.text(entry).encode(), "modifyTimestamp": stamp, "uid": uid, "lock": lock}
        return f"uid={uid.decode()},dc=x", {name: [every[name]] for name in wanted if every.get(name)}


A, B, C = bytes([1] * 16), bytes([2] * 16), bytes([3] * 16)


def stamp(second):
    return b"20260101%06dZ" % second


class Play:
    """A follower without its thread, beside a played server."""

    def __init__(self, entries):
        self.link = PlayedLink(dict(entries))
        self.told = []
        self.follower = PollingFollower(
            [DirectoryServer("ldapi://played")],
            Credentials(),
            "dc=x",
            ["uid"],
            deliver=self.told.append,
            condition=PEOPLE,
            watched=["lock"],
            clock=SimpleNamespace(now=lambda: AT),
        )

    def take_all(self):
        self.follower._take_all(self.link)
        return self.since()

    def compare(self):
        self.follower._compare(self.link, self.link)
        return self.since()

    def poll(self):
        self.follower._poll(self.link)
        return self.since()

    def since(self):
        told, self.told[:] = list(self.told), []
        return told


def test_everything_first():
    """A fresh set, whole before it counts, page by page; attributes in lower case."""
    play = Play({A: (stamp(1), b"a", b""), B: (stamp(2), b"b", b"")})

    begun, first, second, done = play.take_all()

    assert begun == RefreshBegun(fresh=True)
    assert done == RefreshDone(deletes_were_told=True)
    assert isinstance(first, Upsert)
    assert (first.id, first.dn, first.attributes["uid"]) == (A, "uid=a,dc=x", [b"a"])
    assert set(second.attributes) == {"uid", "nsuniqueid", "modifytimestamp"}


def test_a_set_in_which_no_change_could_be_seen_is_refused():
    """Where modifyTimestamp may not be read nothing would ever change: that is no directory to follow."""
    play = Play({A: (b"", b"a", b"")})
    with pytest.raises(polling.DirectoryUnavailable, match="modifyTimestamp"):
        play.take_all()


def test_changes_are_asked_for_with_an_overlap():
    """What got its time before the newest change and became visible after it is found; then we are in step."""
    play = Play({A: (stamp(100), b"a", b""), B: (stamp(20), b"b", b"")})
    play.take_all()
    play.link.entries[B] = (stamp(59), b"b2", b"")
    play.link.entries[A] = (stamp(100), b"a2", b"")  # again within the same second

    told = play.poll()

    assert [event.attributes["uid"] for event in told[:-1]] == [[b"a2"], [b"b2"]]
    assert told[-1] == Idle(AT)
    assert play.link.asked[-1] == changed_since(PEOPLE, AT + 60 - 5)


def test_an_import_is_not_read_again_each_second(monkeypatch):
    """Thousands with one time come again while more of that time could appear, and then no more."""
    monkeypatch.setattr(polling, "OVERLAP", 0.0)
    play = Play({A: (stamp(1), b"a", b""), B: (stamp(1), b"b", b"")})
    play.take_all()

    assert play.poll() == [Idle(AT)]
    play.link.entries[B] = (stamp(2), b"b2", b"")
    assert [type(event) for event in play.poll()] == [Upsert, Idle]


def test_nobody_at_first():
    """In an empty directory there is no time to go by: everything is asked for."""
    play = Play({})
    play.take_all()
    play.link.entries[A] = (stamp(1), b"a", b"")

    assert [type(event) for event in play.poll()] == [Upsert, Idle]
    assert play.link.asked[-1] == PEOPLE


def test_a_list_finds_what_no_time_shows():
    """Deleted, changed in the past (come late from another supplier), locked without a new time, new in our sight."""
    old = {entry: (stamp(100), bytes([97 + entry[0]]), b"") for entry in (A, B, C)}
    play = Play(old)
    play.take_all()
    assert play.compare() == []
    del play.link.entries[A]
    play.link.entries[B] = (stamp(3), b"late", b"")
    play.link.entries[C] = (stamp(100), b"c", b"until tomorrow")
    play.link.entries[ENTRY] = (stamp(2), b"new", b"")

    told = play.compare()

    assert Gone(A) in told
    assert {event.id for event in told if isinstance(event, Upsert)} == {B, C, ENTRY}
    assert not any(isinstance(event, Present) for event in told)
    assert play.compare() == []


def test_who_is_only_missing_in_a_list_is_looked_for():
    """An entry that was moved while the list was read is not gone: the server is asked for it by its id."""
    play = Play({A: (stamp(1), b"a", b""), B: (stamp(2), b"b", b"")})
    play.take_all()
    page = play.link.page

    def skipping(base, condition, wanted, scope, cookie):
        entries, following = page(base, condition, wanted, scope, cookie)
        return [found for found in entries if found[0] != "uid=a,dc=x" or "nsUniqueId=" in condition], following

    play.link.page = skipping

    assert [type(event) for event in play.compare()] == [Upsert]


def test_half_a_list_says_nothing_of_what_is_missing():
    """A list that breaks off deletes nobody."""
    play = Play({A: (stamp(1), b"a", b""), B: (stamp(2), b"b", b"")})
    play.take_all()
    page = play.link.page

    def breaking(base, condition, wanted, scope, cookie):
        if cookie:
            raise polling.DirectoryUnavailable("lost")
        return page(base, condition, wanted, scope, cookie)

    play.link.page = breaking
    with pytest.raises(polling.DirectoryUnavailable):
        play.compare()
    assert play.since() == []


def test_a_clock_that_ran_ahead_does_not_blind_us():
    """An entry from the future hides all changes from the question; the next list notices, and goes by those."""
    play = Play({A: (stamp(1), b"a", b""), B: (b"20300101000000Z", b"b", b"")})
    play.take_all()
    play.compare()
    play.link.entries[A] = (stamp(100), b"a2", b"")
    assert play.poll()[-1] == Idle(AT)
    with capture_logs() as logs:
        play.compare()
    assert [line["event"] for line in logs] == ["directory clock went back"]

    play.link.entries[A] = (stamp(101), b"a3", b"")
    told = play.poll()

    assert [b"a3"] in [event.attributes["uid"] for event in told[:-1]]
    play.link.entries[A] = (stamp(102), b"a4", b"")
    assert [b"a4"] in [event.attributes["uid"] for event in play.poll()[:-1]]


def test_changes_are_heard_while_a_long_list_is_read():
    """Between two pages of a list the follower asks for changes where it is time to."""
    play = Play({A: (stamp(1), b"a", b""), B: (stamp(2), b"b", b"")})
    play.take_all()
    play.follower.server = "ldapi://played"
    play.follower._beat = 0.0
    assert [type(event) for event in play.compare()].count(Idle) == 2


def test_we_are_not_in_step_before_the_first_list():
    """What changed while everything was read is known when the first list ends, however long that takes."""
    play = Play({A: (stamp(1), b"a", b""), B: (stamp(2), b"b", b"")})
    play.take_all()
    play.follower._beat = 0.0
    assert play.compare() == []


# -- the thread, beside servers that misbehave ---------------------------------------------------------------


def follower_of(*servers, deliver=lambda _: None):
    return PollingFollower(
        [DirectoryServer(server.uri) for server in servers],
        Credentials("uid=mirror,dc=x", b"secret"),
        "dc=x",
        ["uid"],
        deliver=deliver,
        condition=PEOPLE,
        limits=Limits(0.2, 0.2, 0.2),
    )


def test_nobody_to_follow():
    """Without a server there is nothing to do, and that is a mistake of the settings."""
    with pytest.raises(ValueError, match="nobody"):
        follower_of()
    with pytest.raises(ValueError, match="ldaps"):
        follower_of(SimpleNamespace(uri="ldap://127.0.0.1"))


def test_a_follower_that_never_started_can_be_stopped():
    """stop() asks for no thread."""
    follower_of(SimpleNamespace(uri="ldaps://127.0.0.1:1")).stop()


TROUBLE = {
    "silent": (silent, "directory lost"),
    "trickling": (trickling, "directory lost"),
    "gone": (gone, "directory lost"),
    "refused": (saying(result(0x61, 49)), "directory cannot be followed"),
    "busy": (saying(result(0x61, 51)), "directory lost"),
    "nonsense": (saying(b"\xff" * 50), "directory lost"),
}


@pytest.mark.parametrize("trouble", TROUBLE)
def test_a_server_in_trouble_is_left_in_bounded_time(tmp_path, trouble):
    """Whatever the first server does, the second one is tried soon; the mirror never believes to be in step."""
    reached = threading.Event()

    def reach(connection):
        reached.set()
        silent(connection)

    behaviour, event = TROUBLE[trouble]
    mirror = Mirror()
    with rogue(tmp_path / "a", behaviour) as bad, rogue(tmp_path / "b", reach) as good:
        follower = follower_of(bad, good, deliver=mirror.apply)
        with capture_logs() as logs:
            follower.start()
            assert reached.wait(BOUND)
            follower.stop()
    assert mirror.age(0.0) == float("inf")
    assert logs[0]["event"] == event
    assert "secret" not in str(logs)


def answering(code):
    """Let everybody in, and end each search with this result code."""

    def behave(connection):
        while request := connection.recv(65536):
            answer = result(0x61) if b"secret" in request else result(0x65, code)
            connection.sendall(answer.replace(b"MM", message_id(request)))

    return behave


def test_a_limit_of_our_account_is_named(tmp_path):
    """adminLimitExceeded (11) is for an operator to lift: an error with its code, and nobody is deleted."""
    mirror = Mirror()
    with rogue(tmp_path / "s", answering(11)) as server:
        follower = follower_of(server, deliver=mirror.apply)
        with capture_logs() as logs:
            follower.start()
            eventually(lambda: logs)
            follower.stop()
    assert (logs[0]["event"], logs[0]["log_level"]) == ("directory cannot be read", "error")
    assert logs[0]["result"] == 11
    assert mirror.age(0.0) == float("inf")


def test_a_fault_of_ours_does_not_end_the_thread(tmp_path):
    """An error in the receiver is logged and the directory is followed again from nothing."""
    heard = threading.Semaphore(0)

    def broken(_):
        heard.release()
        raise RuntimeError("a fault of ours")

    with rogue(tmp_path / "s", answering(0)) as server:
        follower = follower_of(server, deliver=broken)
        with capture_logs() as logs:
            follower.start()
            assert heard.acquire(timeout=BOUND)
            assert heard.acquire(timeout=BOUND)
            follower.stop()
    assert {line["event"] for line in logs} == {"directory follower failed"}


def test_stopping_does_not_wait_for_an_answer(tmp_path):
    """A question that nobody answers is broken off."""
    asked = threading.Event()

    def never(connection):
        while request := connection.recv(65536):
            if b"secret" in request:
                connection.sendall(result(0x61).replace(b"MM", message_id(request)))
            else:
                asked.set()

    with rogue(tmp_path / "s", never) as server:
        follower = PollingFollower(
            [DirectoryServer(server.uri)],
            Credentials("uid=mirror,dc=x", b"secret"),
            "dc=x",
            ["uid"],
            deliver=lambda _: None,
            condition=PEOPLE,
            limits=Limits(1.0, 2 * BOUND),
        )
        with capture_logs() as logs:
            follower.start()
            assert asked.wait(BOUND)
            began = time.monotonic()
            follower.stop()
            assert time.monotonic() - began < BOUND
    assert logs == []
