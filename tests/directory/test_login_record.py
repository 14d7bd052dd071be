import dataclasses
import gc
import math
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from directory.login_record import (
    AttributeNames,
    MalformedEntry,
    entry_text,
    generalized_time,
    names_of_389,
    pack_endpoint,
    pack_person,
    person_of,
)
from directory.person import Endpoint, Person, State

NAMES = AttributeNames().lower()
ENTRY = "2dbd59ca-7c7e-1041-9821-fd8e46d61963"
LEAST = {"uid": [b"zhang"], "rnsubjectid": [b"p-1"], "rnstatus": [b"active"]}
EVERYTHING = {
    **LEAST,
    "uid": ["Ayi·古丽".encode()],
    "rnhomeunit": [b"north-1"],
    "rnemployment": [b"visitor"],
    "rnzone": [b"public", b"Internet"],
    "rnvalidfrom": [b"20260101000000Z"],
    "rnvaliduntil": [b"20270101000000Z"],
    "rnsessionlimit": [b"3"],
    "rnassurance": [b"2"],
    "pwdaccountlockedtime": [b"20260601120000Z"],
    "pwdchangedtime": [b"20260501120000Z"],
    "pwdreset": [b"TRUE"],
    "userpassword": [b"{ARGON2}$argon2id$x\0b", b"{SSHA}y"],
    "sambantpassword": [b"8846F7EAEE8FB117AD06BDD830B7586C"],
}
DEVICE = {"rnsubjectid": [b"e-1"], "rnstatus": [b"active"], "macaddress": [b"00:11:22:33:44:55"]}


def at(*parts):
    return datetime(*parts, tzinfo=UTC).timestamp()


def person(attributes, dn="uid=zhang,ou=x,dc=y", lasts=900.0, names=NAMES):
    return person_of(pack_person(ENTRY, dn, attributes, names, lasts))


def test_a_person_with_everything():
    """Every attribute of the schema arrives where a decision looks for it."""
    assert person(EVERYTHING, dn="uid=Ayi·古丽,rnOrgCode=north-1,dc=y") == Person(
        subject="p-1",
        entry=ENTRY,
        dn="uid=Ayi·古丽,rnOrgCode=north-1,dc=y",
        login="ayi·古丽",
        unit="north-1",
        state=State.ACTIVE,
        category="visitor",
        valid_from=at(2026, 1, 1),
        valid_until=at(2027, 1, 1),
        zones=frozenset({"public", "internet"}),
        session_limit=3,
        assurance=2,
        locked_until=at(2026, 6, 1, 12, 15),
        password_changed="20260501120000Z",
        verifiers=(b"{ARGON2}$argon2id$x", b"{SSHA}y"),
        nt_hash=bytes.fromhex("8846f7eaee8fb117ad06bdd830b7586c"),
        must_change=True,
    )


def test_a_person_with_the_least():
    """What is absent has its safe meaning: no zone, no verifier, assurance 0."""
    found = person(LEAST)

    assert found == Person("p-1", ENTRY, "uid=zhang,ou=x,dc=y", "zhang", "", State.ACTIVE)
    assert found.verifiers == ()
    assert found.zones == frozenset()


@pytest.mark.parametrize("dn", ["uid=zhang,ou=x,dc=y", "cn=another+uid=zhang,ou=x,dc=y", "uid=ZHANG,ou=x", "uid=zhang"])
def test_the_name_is_kept_as_the_server_wrote_it(dn):
    """A bind goes to the DN that the server returned, octet by octet."""
    assert person(LEAST, dn=dn).dn == dn


@pytest.mark.parametrize("state", list(State))
def test_states(state):
    """rnStatus is one of the life cycle's states, in any case (caseIgnoreIA5Match)."""
    assert person({**LEAST, "rnstatus": [state.value.upper().encode()]}).state is state


@pytest.mark.parametrize("value", [b"000001010000Z", b"00000101000000Z"])
def test_a_lock_without_end(value):
    """000001010000Z locks for good (draft-behera-ldap-password-policy-10 §5.3.3)."""
    assert person({**LEAST, "pwdaccountlockedtime": [value]}).locked_until == math.inf


def test_a_lock_that_only_somebody_opens():
    """With pwdLockoutDuration 0 every lock lasts until it is taken away."""
    assert person({**LEAST, "pwdaccountlockedtime": [b"20260601120000Z"]}, lasts=0.0).locked_until == math.inf


NAMES_OF_389 = names_of_389(verifiers=True)
PLAIN = {"uid": [b"zhang"], "modifytimestamp": [b"20260101000000Z"], "userpassword": [b"{PBKDF2-SHA512}x"]}


def plain(**more):
    return person({**PLAIN, **{name: [value] for name, value in more.items()}}, names=NAMES_OF_389.lower())


def test_a_person_of_389_ds_has_no_class_of_ours():
    """Whoever is there and not locked is active; the entry is the subject, and each change may be a new password."""
    assert plain() == Person(
        subject=ENTRY,
        entry=ENTRY,
        dn="uid=zhang,ou=x,dc=y",
        login="zhang",
        unit="",
        state=State.ACTIVE,
        password_changed="20260101000000Z",
        verifiers=(b"{PBKDF2-SHA512}x",),
    )


@pytest.mark.parametrize(
    ("value", "state"),
    [(b"true", State.SUSPENDED), (b"TRUE", State.SUSPENDED), (b"false", State.ACTIVE), (b"", State.ACTIVE)],
)
def test_an_account_that_389_ds_locked_is_suspended(value, state):
    """NsAccountLock is TRUE in any case (RFC 4517 §3.3.3 has capitals, 389 DS takes both)."""
    assert plain(nsaccountlock=value).state is state


def test_a_lock_of_the_account_raises_nobody_from_another_state():
    """Who left and is locked as well has still left."""
    names = dataclasses.replace(NAMES, suspended="nsaccountlock")
    locked = {**LEAST, "nsaccountlock": [b"TRUE"]}
    assert person({**locked, "rnstatus": [b"left"]}, names=names).state is State.LEFT
    assert person(locked, names=names).state is State.SUSPENDED


def test_a_lock_of_389_ds_after_failures():
    """Its accountUnlockTime is the end of the lock; the beginning of time stands for a lock without end."""
    assert plain(accountunlocktime=b"20260601121500Z").locked_until == at(2026, 6, 1, 12, 15)
    assert plain(accountunlocktime=b"19700101000000Z").locked_until == math.inf
    with pytest.raises(MalformedEntry):
        plain(accountunlocktime=b"tomorrow")


def test_passwords_are_not_asked_for_where_a_bind_proves_them():
    """Who has no right to read verifiers asks for none, and still sees locks."""
    wanted = names_of_389(verifiers=False).wanted
    assert not {"userPassword", "sambaNTPassword"} & set(wanted)
    assert {"uid", "nsAccountLock", "accountUnlockTime", "modifyTimestamp"} <= set(wanted)
    assert "userPassword" in NAMES_OF_389.wanted


@pytest.mark.parametrize("values", [[b"\0\0"], [b""], []])
def test_a_value_that_is_no_verifier_is_left_out(values):
    """Nothing is left of a value that begins with NUL, and an empty one proves nothing."""
    assert person({**LEAST, "userpassword": values}).verifiers == ()


@pytest.mark.parametrize(
    "change",
    [
        {"uid": []},
        {"uid": [b"a", b"b"]},
        {"uid": [b" "]},
        {"uid": [b"a\nb"]},
        {"uid": [b"\xff"]},
        {"uid": [b"x" * 257]},
        {"rnsubjectid": []},
        {"rnsubjectid": [b"a,b"]},
        {"rnstatus": []},
        {"rnstatus": [b"Active "]},
        {"rnstatus": [b"\xff"]},
        {"rnhomeunit": [b"a", b"b"]},
        {"rnzone": [b"a,b"]},
        {"rnzone": [b"\0"]},
        {"rnvalidfrom": [b"soon"]},
        {"rnvaliduntil": [b"20260231000000Z"]},
        {"rnsessionlimit": [b"-1"]},
        {"rnsessionlimit": ["３".encode()]},
        {"rnassurance": [b"2.0"]},
        {"pwdaccountlockedtime": [b"yesterday"]},
        {"sambantpassword": [b"8846"]},
    ],
    ids=str,
)
def test_a_malformed_entry_is_nobody(change):
    """What cannot be understood is not guessed: the entry is malformed as a whole (fail closed)."""
    with pytest.raises(MalformedEntry):
        person({**LEAST, **change})


def test_an_endpoint():
    """A device is found by its hardware address in our spelling, and a person answers for it."""
    attributes = {
        **DEVICE,
        "macaddress": [b"00-11-22-AA-BB-CC"],
        "rnownerid": [b"p-1"],
        "rndevicekind": [b"printer"],
        "rnhomeunit": [b"north"],
        "rnzone": [b"public"],
        "rnvaliduntil": [b"20270101000000Z"],
    }

    assert pack_endpoint(ENTRY, "rnSubjectId=e-1,dc=y", attributes, NAMES) == Endpoint(
        subject="e-1",
        entry=ENTRY,
        dn="rnSubjectId=e-1,dc=y",
        hardware="00:11:22:aa:bb:cc",
        unit="north",
        state=State.ACTIVE,
        kind="printer",
        owner="p-1",
        valid_from=None,
        valid_until=at(2027, 1, 1),
        zones=frozenset({"public"}),
    )


@pytest.mark.parametrize(
    "values", [[], [b"00:11:22:33:44"], [b"01:00:5e:00:00:01"], [b"\xff"], [b"00:11:22:33:44:55"] * 2]
)
def test_an_endpoint_has_one_address_of_its_own(values):
    """No address, two, or a group's make the entry malformed."""
    with pytest.raises(MalformedEntry):
        pack_endpoint(ENTRY, "", {**DEVICE, "macaddress": values}, NAMES)


def test_a_directory_with_other_attributes():
    """Without a subject the entry's id stands for it, and without a state everybody who is there is active."""
    names = AttributeNames(subject="", login="sAMAccountName", state="", unit="department", zone="").lower()
    found = person({"samaccountname": [b"li"], "department": ["信息 中心".encode()]}, names=names)

    assert (found.subject, found.login, found.state, found.unit) == (ENTRY, "li", State.ACTIVE, "信息 中心")
    assert "rnSubjectId" not in AttributeNames(subject="").wanted
    assert "" not in AttributeNames(subject="", zone="").wanted


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (b"20261124181113Z", at(2026, 11, 24, 18, 11, 13)),
        (b"202611241811Z", at(2026, 11, 24, 18, 11)),
        (b"2026112418Z", at(2026, 11, 24, 18)),
        (b"20261124181113.5Z", at(2026, 11, 24, 18, 11, 13) + 0.5),
        (b"20261124181113,25Z", at(2026, 11, 24, 18, 11, 13) + 0.25),
        (b"202611241811.5Z", at(2026, 11, 24, 18, 11, 30)),
        (b"2026112418.5Z", at(2026, 11, 24, 18, 30)),
        (b"20261125021113+0800", at(2026, 11, 24, 18, 11, 13)),
        (b"20261124131113-05", at(2026, 11, 24, 18, 11, 13)),
        (b"20161231235960Z", at(2017, 1, 1)),
        (b"00010101000000Z", datetime(1, 1, 1, tzinfo=UTC).timestamp()),
        (b"99991231235959Z", at(9999, 12, 31, 23, 59, 59)),
    ],
)
def test_generalized_time(value, seconds):
    """Every form of RFC 4517 §3.3.13: short ones, fractions of the smallest unit, zones, a leap second."""
    assert generalized_time(value) == pytest.approx(seconds, abs=1e-6)


@pytest.mark.parametrize(
    "value",
    [
        *(b"", b"20261124181113", b"20261324181113Z", b"20261124241113Z", b"20261124181161Z", b"20261124181113.Z"),
        *(b"20261124181113z", b"20261124181113Z ", b"2026112418111Z", b"20261124181113+9999", b"00001124181113Z"),
        *("２０２６1124181113Z".encode(), b"-0261124181113Z", b"20261124181113.0000000000Z", b"20261124181113Z\n"),
    ],
)
def test_what_is_no_time(value):
    """Anything else is malformed, and never a guess."""
    with pytest.raises(MalformedEntry):
        generalized_time(value)


def test_records_leave_the_books_of_the_garbage_collector():
    """A record is a tuple of atoms, so a full collection does not walk it, however many people there are."""
    records = [
        pack_person(ENTRY, f"uid=p{i},dc=y", {**EVERYTHING, "uid": [b"p%d" % i]}, NAMES, 900.0) for i in range(9)
    ]
    gc.collect()
    gc.collect()  # the first one lets go of the inner tuples

    assert not any(gc.is_tracked(record) for record in records)
    assert not any(gc.is_tracked(record[5]) for record in records)


def test_an_entry_id_as_text():
    """The 16 octets of an entryUUID in the form of RFC 4122 §3."""
    assert entry_text(bytes.fromhex(ENTRY.replace("-", ""))) == ENTRY


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(EVERYTHING)), st.lists(st.binary(max_size=20), max_size=2)))
def test_hostile_attributes_are_a_person_or_malformed(attributes):
    """Accept, or raise the one error, nothing else."""
    try:
        found = person({**LEAST, **attributes})
    except MalformedEntry:
        return
    assert found.login
    assert found.login.isprintable()


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.binary(max_size=24), st.from_regex(rb"\A\d{10,14}([.,]\d{1,9})?(Z|[+-]\d{2,4})\Z")))
def test_hostile_times_are_read_or_malformed(value):
    """Accept, or raise the one error, nothing else."""
    with suppress(MalformedEntry):
        assert math.isfinite(generalized_time(value))
