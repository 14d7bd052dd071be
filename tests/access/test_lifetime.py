"""The life of a session, whatever order its records come in."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from access.lifetime import (
    _ACTIONS,
    LONGEST_DELAY,
    MOST_OCTETS,
    TABLE,
    AccountingRecord,
    Action,
    Ending,
    Event,
    Session,
    State,
    Status,
    accounting_time,
    advance,
    event_of,
    key_of,
    presume,
    session_key,
    state_of,
)
from tests.access.builders import NOW, record


def live(*records: AccountingRecord, begin: Session | None = None) -> list[Session]:
    """Run records through the machine; return all generations, the newest last."""
    sessions = {} if begin is None else {begin.generation: begin}
    newest = begin
    for each in records:
        for session in advance(newest, key_of(each), each):
            sessions[session.generation] = newest = session
    return list(sessions.values())


def one(*records: AccountingRecord, begin: Session | None = None) -> Session:
    (session,) = live(*records, begin=begin)
    return session


def interim(at: float, seconds: int = 0, **changes) -> AccountingRecord:
    return record(Status.INTERIM, at, seconds=seconds, octets_in=seconds, octets_out=2 * seconds, **changes)


def stop(at: float, seconds: int = 0, **changes) -> AccountingRecord:
    return record(Status.STOP, at, seconds=seconds, octets_in=seconds, octets_out=2 * seconds, cause=1, **changes)


def test_the_table_is_complete():
    """Every pair that can occur has an action, and every action is carried out somewhere."""
    absent = {(State.ABSENT, event) for event in (Event.START, Event.INTERIM, Event.STOP)}
    present = set(itertools.product([State.OPEN, State.ENDED, State.PRESUMED], Event))
    assert TABLE.keys() == absent | present
    assert _ACTIONS.keys() == set(Action) - {Action.PRESUME}


def test_start_interim_stop():
    """The ordinary life of a session."""
    session = one(
        record(login_number=5, subject="P1"), interim(NOW + 600, 600, address="10.0.0.9"), stop(NOW + 900, 900)
    )
    assert (session.started_at, session.stopped_at, session.updated_at) == (NOW, NOW + 900, NOW + 900)
    assert (session.seconds, session.octets_in, session.octets_out) == (900, 900, 1800)
    assert (session.subject, session.login_number, session.address) == ("P1", 5, "10.0.0.9")
    assert session.cause == "user request"
    assert session.generation == 1
    assert state_of(session) is State.ENDED


def test_interim_without_start_creates():
    """RFC 2866 §2: the Start may be lost; the session began when its time says."""
    session = one(interim(NOW, 600))
    assert (session.started_at, session.stopped_at) == (NOW - 600, None)


def test_stop_without_start_creates_an_ended_session():
    """All else was lost: what was there is kept as over."""
    session = one(stop(NOW, 600))
    assert (session.started_at, session.stopped_at) == (NOW - 600, NOW)
    assert state_of(session) is State.ENDED


def test_interim_after_stop_does_not_reopen():
    """A Stop is final; the device said so."""
    for late in (interim(NOW + 901, 890), interim(NOW + 5000, 890), interim(NOW + 901)):
        session = one(record(), stop(NOW + 900, 900), late)
        assert session.stopped_at == NOW + 900
        assert session.seconds == 900


def test_an_overtaken_start_is_merged():
    """An interim that overtakes its Start makes one session; the Start knows when it began."""
    session = one(interim(NOW + 601, 600), record(at=NOW + 602, delay=602))
    assert session.started_at == NOW
    assert session.seconds == 600


def test_time_is_ours_minus_the_delay():
    """Accounting time is the receive time minus Acct-Delay-Time (RFC 2866 §5.2); Event-Timestamp is not believed."""
    assert accounting_time(record(at=NOW, delay=90, event_at=5.0)) == NOW - 90
    assert accounting_time(record(at=NOW, delay=LONGEST_DELAY + 1)) == NOW
    assert one(record(at=NOW + 30, delay=30, event_at=5.0)).started_at == NOW


def test_octets_of_64_bits_stay_what_sql_can_hold():
    """RFC 2869 §5.1: gigawords count to 2**64; one bit of it does not fit."""
    session = one(record(Status.STOP, octets_in=2**64 - 1, octets_out=2**63 - 1))
    assert (session.octets_in, session.octets_out) == (MOST_OCTETS, MOST_OCTETS)


def test_unknown_terminate_causes_keep_their_number():
    """Acct-Terminate-Cause (RFC 2866 §5.10) may be one that we have no words for."""
    assert one(record(Status.STOP, cause=99)).cause == "cause 99"
    assert one(record(Status.STOP)).cause is None


ONE_LIFE = [
    record(login_number=5, subject="P1"),
    interim(NOW + 600, 600, address="10.0.0.9", login_number=5, subject="P1"),
    interim(NOW + 1200, 1200, login_number=5, subject="P1"),
    stop(NOW + 1500, 1500, login_number=5, subject="P1"),
]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, 3), max_size=12), st.permutations(range(4)), st.booleans())
def test_repeats_and_reordering_are_harmless(extra: list[int], order: list[int], known: bool):
    """Whatever is repeated or comes late, there is one session, over, with the highest counters."""
    class_ = {} if known else {"login_number": None, "subject": None}
    latest = NOW + 1501
    played = [
        # A device that repeats tells the delay; the whole play lasts a second.
        ONE_LIFE[each]._replace(received_at=latest, delay=int(latest - ONE_LIFE[each].received_at), **class_)
        for each in [*order, *extra]
    ]
    session = one(*played)
    assert session.stopped_at is not None
    assert abs(session.stopped_at - (NOW + 1500)) <= 1
    assert abs(session.started_at - NOW) <= 1
    assert (session.seconds, session.octets_in, session.octets_out) == (1500, 1500, 3000)
    assert session.address == "10.0.0.9"


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.builds(
            record,
            st.sampled_from([Status.START, Status.INTERIM, Status.STOP]),
            st.floats(NOW, NOW + 1e5),
            seconds=st.integers(0, 2**32 - 1),
            octets_in=st.integers(0, 2**64 - 1),
            delay=st.integers(0, 2**32 - 1),
            login=st.sampled_from(["a", "b", ""]),
            subject=st.sampled_from([None, "P1", "P2"]),
            login_number=st.sampled_from([None, 1, 2, 3]),
        ),
        max_size=10,
    ),
    st.lists(st.sampled_from([Event.RESTART, Event.SILENCE, None]), min_size=10, max_size=10),
)
def test_any_play_follows_the_table(records: list[AccountingRecord], between: list[Event | None]):
    """The state is always the table's; counters never go back, and no session but the newest is open."""
    newest: Session | None = None
    sessions: dict[int, Session] = {}
    for each, event in zip(records, between, strict=False):
        if newest is not None and event is not None:
            newest = sessions[newest.generation] = presume(newest, event, each.received_at)
        _, wanted = TABLE[state_of(newest), event_of(newest, each)]
        result = advance(newest, b"k", each)
        for session in result:
            old = sessions.get(session.generation)
            if old is not None:
                assert session.seconds >= old.seconds
                assert session.octets_in >= old.octets_in
                assert old.subject in (None, session.subject)
            sessions[session.generation] = session
        newest = result[-1] if result else newest
        assert state_of(newest) is wanted
    assert sorted(sessions) == list(range(1, len(sessions) + 1))
    for session in sessions.values():
        assert session.stopped_at is None or session.stopped_at >= session.started_at
        assert session.octets_in <= MOST_OCTETS
    assert [each for each in sessions.values() if each.stopped_at is None] in ([], [newest])


def test_a_restart_closes_and_a_reused_id_is_a_new_generation():
    """Acct-Session-Id is counted from one again after a restart (RFC 2866 §5.5): another session, not a repeat."""
    down = presume(one(record(), interim(NOW + 600, 600)), Event.RESTART, NOW + 700)
    assert (down.stopped_at, down.cause) == (NOW + 700, Ending.RESTARTED)

    first, second = live(record(at=NOW + 700), begin=down)
    assert first.stopped_at == NOW + 700
    assert (second.generation, second.started_at, second.stopped_at, second.seconds) == (2, NOW + 700, None, 0)


def test_a_restart_without_a_word():
    """No On, no Stop: a Start long after the first one is the next session, and ends the one that never ended."""
    first, second = live(record(), interim(NOW + 600, 600), record(at=NOW + 4000))
    assert (first.stopped_at, first.cause) == (NOW + 4000, Ending.SUPERSEDED)
    assert (second.generation, second.stopped_at) == (2, None)


def test_a_later_login_is_the_next_session():
    """With our Class in it, a Start with another login is another session even a second later."""
    first, second = live(record(login_number=5, subject="P1"), record(at=NOW + 1, login_number=6, subject="P1"))
    assert first.cause == Ending.SUPERSEDED
    assert second.login_number == 6
    assert one(record(login_number=5), record(at=NOW + 1000, login_number=5)).started_at == NOW


def test_another_person_is_never_written_under_somebodys_session():
    """Another login under the same id ends the one session and begins another, whatever record tells it."""
    for status, number in ((Status.START, None), (Status.INTERIM, 6), (Status.STOP, 6)):
        first, second = live(
            record(login_number=5, subject="P1"),
            record(status, NOW + 60, login_number=number, subject="P2", login="bei"),
        )
        assert (first.subject, first.login, first.cause) == ("P1", "ayi", Ending.SUPERSEDED)
        assert (second.subject, second.login) == ("P2", "bei")


def test_what_is_left_of_the_session_before_is_ignored():
    """Late records of an earlier generation do not touch the next one."""
    first, second = live(
        record(login_number=5, subject="P1"),
        record(at=NOW + 60, login_number=6, subject="P2"),
        interim(NOW + 61, 500, login_number=5, subject="P1"),
        stop(NOW + 62, 500, login_number=5, subject="P1"),
        record(at=NOW + 63, delay=63),
    )
    assert (second.stopped_at, second.seconds, second.subject) == (None, 0, "P2")
    assert first.seconds == 0


def test_reauthentication_keeps_the_session():
    """A session that is authenticated again goes on under the later login, and its zone follows."""
    session = one(
        record(login_number=5, subject="P1", zone="office"),
        interim(NOW + 600, 600, login_number=9, subject="P1", zone="guest"),
        interim(NOW + 1200, 1200, login_number=9, subject="P1", zone="guest"),
    )
    assert (session.login_number, session.zone, session.generation) == (9, "guest", 1)


def test_an_order_that_moved_a_session_is_not_undone():
    """The Class of the login still tells the old zone; only a later login tells a new one."""
    moved = one(record(login_number=5, zone="office"))._replace(zone="guest")
    assert one(interim(NOW + 600, 600, login_number=5, zone="office"), begin=moved).zone == "guest"


def test_a_session_thought_lost_comes_back():
    """Interim records that come after all reopen what we only presumed; a Stop ends it for good."""
    lost = presume(one(record(), interim(NOW + 600, 600)), Event.SILENCE, NOW + 600)
    assert (lost.stopped_at, lost.cause) == (NOW + 600, Ending.LOST)

    back = one(interim(NOW + 9000, 9000), begin=lost)
    assert (back.stopped_at, back.cause, back.seconds) == (None, None, 9000)
    ended = one(stop(NOW + 9000, 9000), begin=lost)
    assert (ended.stopped_at, ended.cause) == (NOW + 9000, "user request")
    assert one(interim(NOW + 600, 600), begin=lost).stopped_at == NOW + 600  # an old one, repeated


def test_a_new_life_after_a_presumed_death():
    """An interim whose time begins after the end that we presumed belongs to the next session."""
    down = presume(one(record()), Event.RESTART, NOW + 700)
    first, second = live(interim(NOW + 2000, 600), begin=down)
    assert first.stopped_at == NOW + 700
    assert (second.started_at, second.stopped_at) == (NOW + 1400, None)


def test_an_old_interim_does_not_bring_an_old_address_back():
    """Session time tells which record is the older; the address of the younger stays."""
    session = one(
        record(),
        interim(NOW + 600, 600, address="10.0.0.8"),
        interim(NOW + 1201, 1200, address="10.0.0.9"),
        interim(NOW + 1202, 600, address="10.0.0.8"),
    )
    assert session.address == "10.0.0.9"
    assert session.seconds == 1200


@pytest.mark.parametrize(
    "other",
    [
        (2, "n", "s", "h"),
        (1, "m", "s", "h"),
        (1, "n", "t", "h"),
        (1, "n", "s", "i"),
        (1, "n", "s", None),
        (1, "ns", "", "h"),
    ],
)
def test_keys_tell_sessions_apart(other: tuple):
    """Device, NAS, session id and hardware make the key; no field can borrow from its neighbour."""
    assert len(session_key(1, "n", "s", "h")) == 16
    assert session_key(1, "n", "s", "h") == session_key(1, "n", "s", "h") != session_key(*other)


@settings(max_examples=100, deadline=None)
@given(*[st.tuples(st.integers(0, 30), st.text(max_size=6), st.text(max_size=6), st.text(max_size=6))] * 2)
def test_no_two_sets_of_fields_read_alike(a: tuple, b: tuple):
    """Only equal fields make equal keys."""
    assert (session_key(*a) == session_key(*b)) is (a == b)


def test_a_nas_is_known_by_its_identifier_or_address():
    """NAS-Identifier comes first, then the address as told (RFC 2866 §4.1)."""
    assert key_of(record(nas_identifier="a", nas_address="1")) == key_of(record(nas_identifier="a", nas_address="2"))
    assert key_of(record(nas_identifier=None, nas_address="1")) != key_of(record(nas_identifier=None, nas_address="2"))
