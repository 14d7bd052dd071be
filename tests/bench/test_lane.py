"""One lane: identifiers, time-outs and what counts."""

import select
import time
from collections.abc import Iterator

import pytest

from bench.codec import Key
from bench.lane import Lane
from bench.traffic import Account, Logins
from tests.bench.responder import SECRET, Responder, truly

ACCOUNTS = [Account("somebody", "a password")]


class Clock:
    """Seconds that only pass when told."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def asked() -> list[bytes]:
    return []


@pytest.fixture
def lane(clock: Clock, asked: list[bytes]) -> Iterator[Lane]:
    """Open a lane to a server that keeps what it hears and says nothing."""
    key = Key(SECRET)

    def keep(request: bytes) -> None:
        asked.append(request)

    with Responder(keep) as server:
        found = Lane(("127.0.0.1", server.port), Logins(ACCOUNTS, key, 0, 1), key, clock=clock)
        yield found
        found.abandon()


def test_every_request_in_flight_has_its_own_identifier(lane: Lane, asked: list[bytes]):
    """RFC 2865 §3: the identifier tells the reply of one request from that of another."""
    for _ in range(256):
        lane.ask()

    assert lane.in_flight == 256
    wait_for(asked, 256)
    assert len({request[1] for request in asked}) == 256


def test_a_request_waits_its_time_before_it_is_sent_again(lane: Lane, clock: Clock, asked: list[bytes]):
    """RFC 5080 §2.2.1: the same octets again after the time-out, and lost after the last try."""
    lane.ask()
    clock.now += 0.9
    lane.chase(1.0, 2, ask_on=False)
    assert lane.tally.repeated == 0
    clock.now += 0.2
    lane.chase(1.0, 2, ask_on=False)
    assert lane.tally.repeated == 1
    clock.now += 1.1
    lane.chase(1.0, 2, ask_on=False)

    assert (lane.tally.repeated, lane.tally.lost, lane.in_flight) == (1, 1, 0)
    wait_for(asked, 2)
    assert asked[0] == asked[1]


def test_a_lost_request_makes_room_for_another(lane: Lane, clock: Clock):
    """The window stays full while the load lasts."""
    lane.ask()
    clock.now += 2
    lane.chase(1.0, 1, ask_on=True)

    assert (lane.tally.lost, lane.in_flight) == (1, 1)


def test_what_is_in_flight_at_the_end_is_lost(lane: Lane):
    """A request without an answer is never forgotten."""
    lane.ask()
    lane.abandon()

    assert lane.tally.lost == 1


def test_a_new_tally_starts_empty(lane: Lane, clock: Clock):
    """The warm-up does not count as answered, and is kept for its faults."""
    lane.ask()
    clock.now += 2
    lane.chase(1.0, 1, ask_on=False)
    before = lane.begin_tally()

    assert (before.lost, lane.tally.lost) == (1, 0)


def test_the_latency_runs_from_the_first_sending(clock: Clock):
    """A repetition does not make an answer look quick."""
    key = Key(SECRET)
    held: list[bytes] = []

    def second_time(request: bytes) -> bytes | None:
        held.append(request)
        return truly(request) if len(held) > 1 else None

    with Responder(second_time) as server:
        lane = Lane(("127.0.0.1", server.port), Logins(ACCOUNTS, key, 0, 1), key, clock=clock)
        lane.ask()
        clock.now += 3
        lane.chase(1.0, 2, ask_on=False)
        select.select([lane.socket], [], [], 10)
        lane.hear(ask_on=False)
        lane.abandon()

    assert list(lane.tally.latencies) == [3.0]


def wait_for(asked: list[bytes], count: int) -> None:
    """Let the server's thread take what was sent; a missing datagram fails the assertion behind it."""
    deadline = time.monotonic() + 10
    while len(asked) < count and time.monotonic() < deadline:
        time.sleep(0.01)
