"""Octets below are written by hand from RFC 4511 and RFC 4533, or were recorded from slapd 2.5.13 where so said."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from directory.ber import BOOLEAN, ENUMERATED, INTEGER, OCTETS, SEQUENCE, SET, MalformedSync, encode
from directory.synchronisation import (
    GREATEST_COOKIE,
    Cookie,
    Ended,
    Gone,
    Present,
    RefreshBegun,
    RefreshDone,
    Session,
    Stage,
    Upsert,
    request_value,
)

A, B, C = b"A" * 16, b"B" * 16, b"C" * 16
PRESENT, ADD, MODIFY, DELETE = range(4)
STATE_OID, DONE_OID, INFO_OID = (b"1.3.6.1.4.1.4203.1.9.1." + digit for digit in (b"2", b"3", b"4"))
# Recorded from slapd 2.5.13: a change of the entry uid=p000001, with its cookie.
RECORDED_CHANGE = bytes.fromhex(
    "3081b9020102644704317569643d703030303030312c6f753d75322c6f753d6f7267732c64633d747275656e616d652c64633d69"
    "6e7465726e616c3012301004037569643109040770303030303031a06b30690418312e332e362e312e342e312e343230332e312e"
    "392e312e32044d304b0a010204102dbd59ca7c7e10419821fd8e46d6196304347269643d3030302c63736e3d3230323631313234"
    "3138313134372e3038363239395a233030303030302330303023303030303030"
)
# Recorded from slapd 2.5.13: the end of a first refresh, and a new cookie for a change outside of the filter.
RECORDED_DONE = bytes.fromhex(
    "305902010279548018312e332e362e312e342e312e343230332e312e392e312e348138a13604347269643d3030302c63736e3d32"
    "303236313132343138313131332e3636383934345a233030303030302330303023303030303030"
)
RECORDED_COOKIE = bytes.fromhex(
    "305702010279528018312e332e362e312e342e312e343230332e312e392e312e34813680347269643d3030302c63736e3d323032"
    "36313132343138313134362e3033383439315a233030303030302330303023303030303030"
)


def message(operation, controls=b"", number=2):
    return encode(SEQUENCE, encode(INTEGER, bytes((number,))) + operation + controls)


def control(oid, value):
    return encode(0xA0, encode(SEQUENCE, encode(OCTETS, oid) + encode(OCTETS, value)))


def entry(state, entry_id=A, dn="uid=a,dc=x", attributes=(("uid", [b"a"]),), cookie=None):
    listed = b"".join(
        encode(SEQUENCE, encode(OCTETS, name.encode()) + encode(SET, b"".join(encode(OCTETS, v) for v in values)))
        for name, values in attributes
    )
    value = encode(ENUMERATED, bytes((state,))) + encode(OCTETS, entry_id)
    value += encode(OCTETS, cookie) if cookie is not None else b""
    operation = encode(0x64, encode(OCTETS, dn.encode()) + encode(SEQUENCE, listed))
    return message(operation, control(STATE_OID, encode(SEQUENCE, value)))


def info(value):
    return message(encode(0x79, encode(0x80, INFO_OID) + encode(0x81, value)))


def refresh_end(tag, cookie=None, done=None):
    value = encode(OCTETS, cookie) if cookie is not None else b""
    value += encode(BOOLEAN, b"\xff" if done else b"\x00") if done is not None else b""
    return info(encode(tag, value))


def refresh_delete(cookie=b"c1", done=None):
    return refresh_end(0xA1, cookie, done)


def refresh_present(cookie=b"c1", done=None):
    return refresh_end(0xA2, cookie, done)


def id_set(*ids, deletes=None, cookie=None):
    value = encode(OCTETS, cookie) if cookie is not None else b""
    value += encode(BOOLEAN, b"\xff" if deletes else b"\x00") if deletes is not None else b""
    return info(encode(0xA3, value + encode(SET, b"".join(encode(OCTETS, each) for each in ids))))


def done(code, value=None):
    octets = code.to_bytes(2) if code > 127 else bytes((code,))
    operation = encode(0x65, encode(ENUMERATED, octets) + encode(OCTETS, b"") + encode(OCTETS, b"secret text"))
    return message(operation, b"" if value is None else control(DONE_OID, encode(SEQUENCE, value)))


def play(*messages, fresh=False):
    session = Session(2, fresh=fresh)
    return [event for octets in messages for event in session.receive(octets)], session


def test_the_request_asks_to_refresh_and_persist():
    """Sync Request Value: mode 3, the cookie where there is one, no reloadHint (RFC 4533 §2.1)."""
    assert request_value(None) == bytes.fromhex("30030a0103")
    assert request_value(b"rid=0") == bytes.fromhex("300a0a01030405") + b"rid=0"


def test_a_first_refresh():
    """Without a cookie everything comes as add, and ends with refreshDelete (slapd)."""
    events, session = play(entry(ADD), entry(ADD, B, "uid=b,dc=x"), refresh_delete(), fresh=True)

    assert session.begin() == RefreshBegun(fresh=True)
    assert events == [
        Upsert(A, "uid=a,dc=x", {"uid": [b"a"]}),
        Upsert(B, "uid=b,dc=x", {"uid": [b"a"]}),
        RefreshDone(deletes_were_told=True),
        Cookie(b"c1"),
    ]
    assert session.stage is Stage.PERSIST


def test_changes_and_deletions_since_a_cookie():
    """A delete phase names what is gone (RFC 4533 §3.3.2)."""
    events, session = play(id_set(B, C, deletes=True), entry(ADD), refresh_delete(done=True))

    assert session.begin() == RefreshBegun(fresh=False)
    assert events == [
        Gone(B),
        Gone(C),
        Upsert(A, "uid=a,dc=x", {"uid": [b"a"]}),
        RefreshDone(deletes_were_told=True),
        Cookie(b"c1"),
    ]


def test_a_present_phase():
    """What is neither called present nor sent is gone, and only the end says so (RFC 4533 §3.3.2)."""
    events, _ = play(id_set(B), entry(PRESENT, C, attributes=()), entry(ADD), refresh_present())

    assert events == [
        Present((B,)),
        Present((C,)),
        Upsert(A, "uid=a,dc=x", {"uid": [b"a"]}),
        RefreshDone(deletes_were_told=False),
        Cookie(b"c1"),
    ]


def test_a_present_phase_followed_by_a_delete_phase():
    """refreshPresent with refreshDone FALSE is not the end; absence still counts at the end."""
    events, session = play(id_set(A), refresh_present(b"half", done=False))
    assert events == [Present((A,))]
    assert session.stage is Stage.REFRESH

    assert session.receive(id_set(B, deletes=True)) == [Gone(B)]
    assert session.receive(refresh_delete(b"whole")) == [RefreshDone(deletes_were_told=False), Cookie(b"whole")]


def test_everything_sent_for_an_old_cookie():
    """A cookie older than anything: all as add, refreshPresent; what was not sent is gone."""
    events, _ = play(entry(ADD), refresh_present())

    assert events[1] == RefreshDone(deletes_were_told=False)


@pytest.mark.parametrize(
    "half",
    [
        [entry(ADD, cookie=b"too early")],
        [id_set(B, deletes=True, cookie=b"too early")],
        [info(encode(0x80, b"too early"))],
        [id_set(A), refresh_present(b"too early", done=False)],
    ],
    ids=["entry", "id-set", "new-cookie", "present-phase"],
)
def test_half_a_refresh_gives_neither_cookie_nor_end(half):
    """A session that breaks off in a refresh must go on from the old cookie, or deletions would be lost."""
    events, _ = play(*half)

    assert not [event for event in events if isinstance(event, Cookie | RefreshDone)]


def test_a_cookie_held_back_comes_at_the_end():
    """Where the end of a refresh brings no cookie of its own, the last one of the refresh covers it."""
    events, _ = play(entry(ADD, cookie=b"held"), refresh_delete(None))

    assert events[-2:] == [RefreshDone(deletes_were_told=True), Cookie(b"held")]


def test_changes_one_by_one():
    """While persisting, each message tells a change first and the cookie that covers it second."""
    _, session = play(refresh_delete(), fresh=True)

    assert session.receive(entry(MODIFY, dn="uid=a,ou=new,dc=x", cookie=b"c2")) == [
        Upsert(A, "uid=a,ou=new,dc=x", {"uid": [b"a"]}),
        Cookie(b"c2"),
    ]
    assert session.receive(entry(DELETE, B, attributes=(), cookie=b"c3")) == [Gone(B), Cookie(b"c3")]
    assert session.receive(info(encode(0x80, b"c4"))) == [Cookie(b"c4")]
    assert session.receive(id_set(A, C, deletes=True)) == [Gone(A), Gone(C)]


def test_what_slapd_really_sends():
    """Recorded messages of slapd 2.5.13 mean what RFC 4533 says."""
    _, session = play(fresh=True)

    assert session.receive(RECORDED_DONE) == [
        RefreshDone(deletes_were_told=True),
        Cookie(b"rid=000,csn=20261124181113.668944Z#000000#000#000000"),
    ]
    assert session.receive(RECORDED_COOKIE) == [Cookie(b"rid=000,csn=20261124181146.038491Z#000000#000#000000")]
    change, cookie = session.receive(RECORDED_CHANGE)
    assert change == Upsert(
        bytes.fromhex("2dbd59ca7c7e10419821fd8e46d61963"),
        "uid=p000001,ou=u2,ou=orgs,dc=truename,dc=internal",
        {"uid": [b"p000001"]},
    )
    assert cookie == Cookie(b"rid=000,csn=20261124181147.086299Z#000000#000#000000")


@pytest.mark.parametrize(
    ("code", "restart"), [(0, False), (53, True), (4096, True), (51, False), (52, False), (80, False), (10, False)]
)
def test_the_end_of_a_session(code, restart):
    """53 (a cookie newer than the server) and 4096 (RFC 4533 §2.7) make the cookie worthless; others do not."""
    events, session = play(done(code))

    assert events == [Ended(code, restart)]
    assert session.stage is Stage.ENDED
    with pytest.raises(MalformedSync):
        session.receive(entry(ADD))


def test_success_may_end_a_refresh():
    """Sync Done Value tells the cookie and whether deletions were told (RFC 4533 §2.4)."""
    value = encode(OCTETS, b"c9")
    told = value + encode(BOOLEAN, b"\xff")

    assert play(entry(ADD), done(0, told))[0][1:] == [
        RefreshDone(deletes_were_told=True),
        Cookie(b"c9"),
        Ended(0, False),
    ]
    assert play(id_set(A), done(0, value))[0][1:] == [
        RefreshDone(deletes_were_told=False),
        Cookie(b"c9"),
        Ended(0, False),
    ]
    assert play(refresh_delete(), done(0, value))[0][2:] == [Cookie(b"c9"), Ended(0, False)]


def test_a_server_that_says_goodbye():
    """Notice of disconnection has message id 0 (RFC 4511 §4.4.1)."""
    notice = message(encode(0x78, encode(0x8A, b"1.3.6.1.4.1.1466.20036")), number=0)

    assert play(notice)[0] == [Ended(0, restart=False)]


def test_referrals_are_counted_and_not_followed():
    """A SearchResultReference points to another server; nobody goes there."""
    events, session = play(message(encode(0x73, encode(OCTETS, b"ldap://elsewhere"))))

    assert events == []
    assert session.references == 1


def test_attribute_descriptions_mean_the_same_in_any_case():
    """Descriptions come out in lower case (RFC 4512 §2.5); names and values keep every octet."""
    dn = "uid=阿依古丽·买买提,dc=x"
    events, _ = play(entry(ADD, dn=dn, attributes=(("userPassword", [b"a\0b", b""]), ("CN", ["𠮷㐂".encode()]))))

    assert events == [Upsert(A, dn, {"userpassword": [b"a\0b", b""], "cn": ["𠮷㐂".encode()]})]


WRONG = {
    "state": entry(7),
    "no-control": message(encode(0x64, encode(OCTETS, b"") + encode(SEQUENCE, b""))),
    "id": entry(ADD, b"short"),
    "dn": entry(ADD).replace(b"uid=a", b"uid=\xff"),
    "cookie": entry(ADD, cookie=b"x" * (GREATEST_COOKIE + 1)),
    "other-search": message(encode(0x64, b""), number=3),
    "other-answer": message(encode(0x67, b"")),
    "trailing": entry(ADD) + b"\0",
    "info-name": message(encode(0x79, encode(0x80, b"1.2.3") + encode(0x81, b""))),
    "info-tag": info(encode(0xA9, b"")),
}


@pytest.mark.parametrize("name", WRONG)
def test_malformed_messages_raise_the_one_error(name):
    """Whatever is not a message of this session is MalformedSync."""
    with pytest.raises(MalformedSync):
        play(WRONG[name])


@pytest.mark.parametrize(
    "messages",
    [
        [id_set(A), refresh_delete()],
        [refresh_present(done=False), id_set(A)],
        [refresh_delete(), id_set(A)],
        [refresh_delete(), entry(PRESENT)],
        [refresh_delete(), refresh_delete()],
    ],
    ids=["not-ended", "after-its-end", "ids-persisting", "entry-persisting", "second-end"],
)
def test_phases_out_of_order_raise_the_one_error(messages):
    """Presence belongs to the present phase; taken elsewhere it would delete people."""
    with pytest.raises(MalformedSync):
        play(*messages)


SAMPLES = [
    entry(ADD, cookie=b"c"),
    id_set(A, B, deletes=True, cookie=b"c"),
    refresh_delete(),
    refresh_present(done=False),
    done(0, encode(OCTETS, b"c") + encode(BOOLEAN, b"\xff")),
    RECORDED_CHANGE,
]


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(SAMPLES), st.integers(0, 400), st.integers(0, 255), st.booleans())
def test_damaged_messages_are_read_or_malformed(sample, at, octet, cut):
    """Accept, or raise the one error, nothing else: one octet changed, or the rest cut off."""
    at %= len(sample)
    damaged = sample[:at] if cut else sample[:at] + bytes((octet,)) + sample[at + 1 :]
    with suppress(MalformedSync):
        play(damaged)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=80))
def test_hostile_octets_are_read_or_malformed(data):
    """Accept, or raise the one error, nothing else."""
    for octets in (data, encode(SEQUENCE, encode(INTEGER, b"\x02") + data)):
        with suppress(MalformedSync):
            play(octets)
