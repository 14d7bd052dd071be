import math
import time

import pytest
from structlog.testing import capture_logs

from directory import mirror as mirror_module
from directory.mirror import Ambiguous, Mirror
from directory.person import State
from directory.synchronisation import Gone, Idle, Present, RefreshBegun, RefreshDone, Upsert


def entry_id(number):
    return number.to_bytes(16)


def someone(number, login, *, subject=None, state="active", dn=None, **attributes):
    values = {
        "uid": [login.encode()],
        "rnsubjectid": [(subject or f"s{number}").encode()],
        "rnstatus": [state.encode()],
        **attributes,
    }
    return Upsert(entry_id(number), dn or f"uid={login},dc=x", values)


def something(number, hardware, *, subject=None):
    values = {
        "macaddress": [hardware.encode()],
        "rnsubjectid": [(subject or f"s{number}").encode()],
        "rnstatus": [b"active"],
    }
    return Upsert(entry_id(number), f"rnSubjectId=s{number},dc=x", values)


def tell(mirror, *events):
    for event in events:
        mirror.apply(event)


def filled(*entries, **arguments):
    mirror = Mirror(**arguments)
    tell(mirror, RefreshBegun(fresh=True), *entries, RefreshDone(deletes_were_told=True))
    return mirror


def changes_of(mirror):
    heard = []
    mirror.on_change = heard.append
    return heard


def test_nobody_is_known_before_the_first_refresh_is_whole():
    """Half a set is no set: until the end of the first refresh nobody is found and the age is infinite."""
    mirror = Mirror()
    tell(mirror, RefreshBegun(fresh=True), someone(1, "zhang"), Idle(time.time()))

    assert mirror.find("zhang") is None
    assert mirror.people == 0
    assert mirror.age(time.time()) == math.inf

    tell(mirror, RefreshDone(deletes_were_told=True))
    assert mirror.find("zhang").subject == "s1"


def test_a_login_is_found_as_ldap_would_find_it():
    """Case and outer space do not count (RFC 4517 §4.2.11); anything else does."""
    mirror = filled(someone(1, "Zhang"), someone(2, "阿依古丽·买买提"))

    assert mirror.find(" ZHANG ").subject == "s1"
    assert mirror.find("阿依古丽·买买提").subject == "s2"
    assert mirror.find("zhan") is None
    assert mirror.by_subject("s2").login == "阿依古丽·买买提"
    assert mirror.by_subject("s3") is None


def test_endpoints_are_found_by_address_and_never_as_people():
    """A device has no login; its subject is nobody who could log in."""
    mirror = filled(something(1, "00:11:22:33:44:55"))

    assert mirror.endpoint("00:11:22:33:44:55").subject == "s1"
    assert mirror.endpoint("00:11:22:33:44:56") is None
    assert mirror.by_subject("s1") is None
    assert (mirror.people, mirror.entries) == (0, 1)


def test_a_change_counts_at_once_and_is_told():
    """State, password, place: the new entry replaces the old one, and the subject is told to whoever listens."""
    mirror = filled(someone(1, "zhang"))
    heard = changes_of(mirror)
    assert mirror.find("zhang").state is State.ACTIVE
    assert mirror.find("zhang") is mirror.by_subject("s1")  # unfolded once

    mirror.apply(someone(1, "zhang", state="suspended", dn="uid=zhang,ou=new,dc=x"))

    assert mirror.find("zhang").state is State.SUSPENDED
    assert mirror.find("zhang").dn == "uid=zhang,ou=new,dc=x"
    assert heard == ["s1"]


def test_a_change_that_changes_nothing_is_not_told():
    """ppolicy makes one modification of each wrong password; those are no changes to us."""
    mirror = filled(someone(1, "zhang"))
    heard = changes_of(mirror)

    mirror.apply(someone(1, "zhang", pwdfailuretime=[b"20260101000000Z"]))

    assert heard == []


def test_a_new_login_name_ends_the_old_one():
    """Nobody logs in by a name that was taken away."""
    mirror = filled(someone(1, "zhang"))
    assert mirror.find("zhang").subject == "s1"

    mirror.apply(someone(1, "zhang2"))

    assert mirror.find("zhang") is None
    assert mirror.find("zhang2").subject == "s1"
    assert mirror.people == 1


def test_who_is_gone_is_gone():
    """A deletion removes the person at once and tells the subject; a second one changes nothing."""
    mirror = filled(someone(1, "zhang"), someone(2, "li"))
    heard = changes_of(mirror)
    assert mirror.find("zhang").subject == "s1"

    tell(mirror, Gone(entry_id(1)), Gone(entry_id(1)), Gone(entry_id(9)))

    assert mirror.find("zhang") is None
    assert mirror.by_subject("s1") is None
    assert mirror.people == 1
    assert heard == ["s1"]


def test_two_entries_of_one_login_are_nobody():
    """More than one entry for a login is Ambiguous, never the first; once one of them goes, the other is found."""
    mirror = filled(someone(1, "zhang"), someone(2, "zhang"), someone(3, "zhang"))

    with pytest.raises(Ambiguous):
        mirror.find("zhang")
    assert mirror.ambiguous == 1

    mirror.apply(Gone(entry_id(1)))
    with pytest.raises(Ambiguous):
        mirror.find("zhang")
    mirror.apply(someone(2, "other"))
    assert mirror.find("zhang").subject == "s3"
    assert mirror.find("other").subject == "s2"
    assert mirror.ambiguous == 0


def test_two_entries_of_one_subject_or_address_are_nobody():
    """The directory's unique overlay is per server: a doubled subject or address must be noticed here."""
    mirror = filled(
        someone(1, "zhang", subject="same"),
        someone(2, "li", subject="same"),
        something(3, "00:11:22:33:44:55"),
        something(4, "00:11:22:33:44:55"),
    )

    with pytest.raises(Ambiguous):
        mirror.by_subject("same")
    with pytest.raises(Ambiguous):
        mirror.endpoint("00:11:22:33:44:55")


def test_a_malformed_entry_lets_nobody_in():
    """It is counted and named in the log without its contents, and when it is mended it is a person again."""
    with capture_logs() as logs:
        mirror = filled(someone(1, "zhang", state="nonsense"), someone(2, "li"))

    assert mirror.find("zhang") is None
    assert (mirror.people, mirror.malformed, mirror.entries) == (1, 1, 2)
    named = [line for line in logs if line["event"] == "directory entry malformed"]
    assert [line["entry"] for line in named] == ["00000000-0000-0000-0000-000000000001"]
    assert "nonsense" not in str(named)

    mirror.apply(someone(1, "zhang"))
    assert mirror.find("zhang").subject == "s1"
    assert mirror.malformed == 0


def test_a_person_whose_entry_becomes_malformed_is_out():
    """What can no longer be understood ends what was understood before."""
    mirror = filled(someone(1, "zhang"))
    heard = changes_of(mirror)

    mirror.apply(someone(1, "zhang", rnvaliduntil=[b"never"]))

    assert mirror.find("zhang") is None
    assert heard == ["s1"]


def test_malformed_entries_do_not_flood_the_log():
    """A directory full of them names a few and counts all."""
    with capture_logs() as logs:
        mirror = filled(*(someone(number, f"p{number}", state="x") for number in range(50)))

    assert mirror.malformed == 50
    assert len([line for line in logs if line["event"] == "directory entry malformed"]) == 10


def test_a_present_phase_removes_what_was_not_named():
    """At the end of such a refresh, and not before, whoever was neither present nor sent is gone (RFC 4533 §3.3.2)."""
    mirror = filled(*(someone(number, f"p{number}") for number in range(5)))
    heard = changes_of(mirror)

    tell(mirror, RefreshBegun(fresh=False), Present((entry_id(0), entry_id(1))), someone(2, "p2", state="left"))
    assert mirror.people == 5

    tell(mirror, RefreshDone(deletes_were_told=False))
    assert mirror.people == 3
    assert mirror.find("p3") is None
    assert mirror.find("p2").state is State.LEFT
    assert sorted(heard) == ["s2", "s3", "s4"]


def test_a_delete_phase_removes_only_what_was_named():
    """Where deletions were told, silence about an entry means that it is unchanged."""
    mirror = filled(someone(1, "zhang"), someone(2, "li"))

    tell(mirror, RefreshBegun(fresh=False), Gone(entry_id(1)), RefreshDone(deletes_were_told=True))

    assert mirror.find("zhang") is None
    assert mirror.find("li").subject == "s2"


@pytest.mark.parametrize("fresh", [True, False])
def test_half_a_refresh_removes_nobody(fresh):
    """A refresh that broke off says nothing about what it had not named yet; the next one begins anew."""
    mirror = filled(someone(1, "zhang"), someone(2, "li"))

    tell(mirror, RefreshBegun(fresh=fresh), Present((entry_id(1),)), someone(1, "zhang"))
    tell(mirror, RefreshBegun(fresh=False), RefreshDone(deletes_were_told=True))

    assert mirror.people == 2
    assert mirror.find("li").subject == "s2"


def test_a_fresh_set_replaces_the_old_one_at_its_end():
    """Until the new set is whole the old one answers; then differences are told, and only those."""
    mirror = filled(someone(1, "zhang"), someone(2, "li"), someone(3, "wang"))
    heard = changes_of(mirror)

    tell(mirror, RefreshBegun(fresh=True), someone(1, "zhang"), someone(2, "li", state="left"), someone(4, "zhao"))
    assert mirror.find("wang").subject == "s3"
    assert mirror.find("zhao") is None
    assert heard == []

    mirror.apply(RefreshDone(deletes_were_told=True))
    assert mirror.find("wang") is None
    assert mirror.find("zhao").subject == "s4"
    assert sorted(heard) == ["s2", "s3", "s4"]


def test_a_deletion_within_a_fresh_refresh():
    """An entry that was sent and deleted before the end is not in the new set."""
    mirror = Mirror()
    tell(mirror, RefreshBegun(fresh=True), someone(1, "zhang"), Gone(entry_id(1)), RefreshDone(deletes_were_told=True))

    assert mirror.entries == 0


def test_whoever_waits_is_told_when_nobody_is_refused_for_our_age_any_more():
    """`settled` comes once, with the first confirmation: between it and the end of the refresh all were refused."""
    heard = []
    mirror = Mirror(settled=lambda: heard.append(mirror.age(time.time()) < 60), on_change=heard.append)
    tell(mirror, RefreshBegun(fresh=True), someone(1, "zhang"), Idle(time.time()))
    assert heard == []
    tell(mirror, RefreshDone(deletes_were_told=True))
    assert heard == []
    for _ in range(2):
        tell(mirror, Idle(time.time()))
        assert heard == [True]


def test_age_counts_from_the_last_confirmation():
    """Only a confirmation that we are in step makes us young; events do not."""
    mirror = filled(someone(1, "zhang"))
    now = time.time()
    assert mirror.age(now) == math.inf

    mirror.apply(Idle(now - 5))
    assert mirror.age(now) == pytest.approx(5, abs=0.1)

    mirror.apply(someone(1, "zhang", state="left"))
    assert mirror.age(now + 60) == pytest.approx(65, abs=0.1)


def test_a_clock_set_back_does_not_make_old_knowledge_young(monkeypatch):
    """The age never falls below what the monotonic clock has counted since."""
    mirror = filled(someone(1, "zhang"))
    mirror.apply(Idle(time.time()))
    later = time.monotonic() + 100
    monkeypatch.setattr(time, "monotonic", lambda: later)

    assert mirror.age(time.time() - 3600) >= 99


def test_many_changes_do_not_grow_what_is_shared():
    """Values kept to be shared are let go once they outnumber the entries."""
    mirror = filled(someone(1, "zhang"))
    for minute in range(6000):
        mirror.apply(
            someone(
                1,
                "zhang",
                rnvaliduntil=[
                    b"2027%02d%02d%02d%02d00Z" % (minute // 1440 + 1, 1 + minute % 28, minute // 60 % 24, minute % 60)
                ],
            )
        )

    assert len(mirror._content._common) <= 4200


def test_people_kept_unfolded_are_bounded(monkeypatch):
    """However many log in, so many are kept at the most."""
    monkeypatch.setattr(mirror_module, "_MOST_UNFOLDED", 4)
    mirror = filled(*(someone(number, f"u{number}") for number in range(1, 10)))
    for number in range(1, 10):
        assert mirror.find(f"u{number}").subject == f"s{number}"
    assert len(mirror._unfolded) <= 4
