"""What the load program asks."""

from bench.codec import Key
from bench.traffic import SESSIONS_IN_BLOCK, Account, Logins, Sessions, station
from tests.bench.responder import SECRET

ACCOUNTS = [Account(f"person{index}", f"password-{index}") for index in range(10)]


def _attributes(packet: bytes) -> dict[int, bytes]:
    found = {}
    at = 20
    while at < len(packet):
        size = packet[at + 1]
        found[packet[at]] = packet[at + 2 : at + size]
        at += size
    return found


def test_every_person_logs_in_once_before_anybody_does_again():
    """Lanes share the people out, so that a cache of the server cannot live on a few."""
    lanes = [Logins(ACCOUNTS, Key(SECRET), lane, 2) for lane in range(2)]
    asked = [_attributes(lane.next(0)[0])[1].decode() for _ in range(5) for lane in lanes]

    assert asked == [account.login for account in ACCOUNTS]


def test_authenticators_are_never_used_again():
    """RFC 2865 §3: the Request Authenticator is fresh, or the server would rightly answer from its duplicates."""
    lane = Logins(ACCOUNTS, Key(SECRET), 0, 1)
    seen = {lane.next(0)[1] for _ in range(5000)}

    assert len(seen) == 5000


def test_a_login_says_where_it_comes_from():
    """An Access-Request has what a switch sends, Message-Authenticator first."""
    packet, _ = Logins(ACCOUNTS, Key(SECRET), 3, 4).next(200)

    assert list(_attributes(packet)) == [80, 1, 2, 4, 5, 61, 87, 31, 30, 6, 32]
    assert _attributes(packet)[61] == (15).to_bytes(4, "big")
    assert packet[1] == 200


def test_a_session_is_started_told_of_and_stopped():
    """RFC 2866 §5.1: of each session there is a start, an interim record and a stop, in this order, and no more."""
    lane = Sessions(ACCOUNTS, Key(SECRET), 1, 2, b"RUN")
    told: dict[bytes, list[int]] = {}
    for _ in range(6 * SESSIONS_IN_BLOCK):
        record = _attributes(lane.next(0)[0])
        told.setdefault(record[44], []).append(int.from_bytes(record[40], "big"))

    assert len(told) == 2 * SESSIONS_IN_BLOCK
    assert set(map(tuple, told.values())) == {(1, 3, 2)}


def test_sessions_of_two_lanes_are_different():
    """RFC 2866 §5.5: an Acct-Session-Id names one session."""
    lanes = [Sessions(ACCOUNTS, Key(SECRET), lane, 2, b"RUN") for lane in range(2)]
    names = {_attributes(lane.next(0)[0])[44] for lane in lanes for _ in range(SESSIONS_IN_BLOCK)}

    assert len(names) == 2 * SESSIONS_IN_BLOCK


def test_hardware_addresses_are_written_as_switches_do():
    """RFC 3580 §3.21: upper case, joined by hyphens."""
    assert station(0x2AFF) == b"02-00-00-00-2A-FF"


def test_passwords_are_not_shown():
    """The password of an account is in no repr."""
    assert "password" not in repr(ACCOUNTS[0])
