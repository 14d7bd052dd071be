"""The load program against servers that answer rightly, wrongly or not at all."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bench.load import Load, measure, percentile, read_accounts, run, write_accounts
from bench.program import CannotMeasure
from bench.traffic import Account
from tests.bench.responder import SECRET, Responder, sign, truly

ACCOUNTS = [Account(f"person{index}", f"password-{index}") for index in range(10)]
LOAD = Load(
    host="127.0.0.1",
    port=0,
    secret=SECRET.decode(),
    kind="login",
    accounts="",
    in_flight=8,
    lanes=2,
    warm_up=0.05,
    seconds=0.15,
    timeout=0.06,
    tries=2,
)
# Nothing of a machine under load is a loss here.
PATIENT = replace(LOAD, timeout=20.0)


@pytest.mark.parametrize("kind", ["login", "accounting"])
def test_right_answers_count(kind: str):
    """Every verified answer within the window counts, and nothing else happened."""
    with Responder() as server:
        outcome = run(replace(PATIENT, port=server.port, kind=kind), ACCOUNTS)

    assert outcome.answered > 8
    assert outcome.wrong == 0
    assert outcome.rate == pytest.approx(outcome.answered / outcome.seconds)
    assert 0 < outcome.p50 <= outcome.p99


def test_refusals_are_not_answers():
    """An Access-Reject for a right password is a fault of the server."""
    with Responder(lambda request: sign(3, request)) as server:
        outcome = run(replace(PATIENT, port=server.port), ACCOUNTS)

    assert outcome.answered == 0
    assert outcome.refused > 0
    assert outcome.faults == {}


def _broken(request: bytes) -> bytes:
    reply = bytearray(truly(request))
    reply[25] ^= 1
    return bytes(reply)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (lambda request: sign(2, request, secret=b"another"), "Response Authenticator"),
        (_broken, "Response Authenticator"),
        (lambda request: truly(request)[:-1], "length"),
        (lambda request: truly(request[:1] + bytes((request[1] ^ 0x80,)) + request[2:]), "nothing asked"),
    ],
)
def test_wrong_answers_are_counted_as_such(answer: Callable[[bytes], bytes], told: str):
    """A reply that does not verify answers nothing: it is a fault, and its request is lost in the end."""
    with Responder(answer) as server:
        outcome = run(replace(LOAD, port=server.port), ACCOUNTS)

    assert outcome.answered == 0
    assert any(told in fault for fault in outcome.faults)
    assert outcome.lost >= 8


def test_the_warm_up_lasts_until_everybody_was_asked():
    """A cache of the server is full before the window, however slow it fills."""
    answered: list[bytes] = []

    def keep(request: bytes) -> bytes:
        answered.append(request)
        return truly(request)

    with Responder(keep) as server:
        outcome = run(replace(PATIENT, port=server.port, warm_up=0.0, warm_answers=1500, seconds=0.05), ACCOUNTS)

    assert len(answered) >= 1500 + outcome.answered


def test_silence_is_repeated_and_then_lost():
    """RFC 5080 §2.2.1: a request is sent again as it was; both the repetition and the loss count."""
    asked: list[bytes] = []

    def silent(request: bytes) -> None:
        asked.append(request)

    with Responder(silent) as server:
        outcome = run(replace(LOAD, port=server.port, seconds=0.05, warm_up=0.0), ACCOUNTS)

    assert outcome.answered == 0
    assert outcome.lost >= 8
    assert outcome.repeated >= 8
    assert asked.count(asked[0]) == 2


def test_an_answer_comes_only_once():
    """A second reply to the same request is a fault."""

    class Twice(Responder):
        def reply(self, request: bytes, source: tuple[str, int]) -> None:
            super().reply(request, source)
            super().reply(request, source)

    with Twice() as server:
        outcome = run(replace(PATIENT, port=server.port, timeout=0.5), ACCOUNTS)

    assert outcome.answered > 0
    assert outcome.faults


def test_nobody_there_is_told():
    """Without a server the load ends, and says so."""
    with Responder() as server:
        port = server.port
    outcome = run(replace(LOAD, port=port, seconds=0.05), ACCOUNTS)

    assert outcome.answered == 0
    assert outcome.faults


@pytest.mark.parametrize(("in_flight", "lanes"), [(9, 2), (0, 1), (300, 2), (1000, 1)])
def test_a_window_that_cannot_be_kept_is_refused(in_flight: int, lanes: int):
    """RFC 2865 §3: a socket has 256 identifiers."""
    with pytest.raises(ValueError, match="in flight"):
        run(replace(LOAD, in_flight=in_flight, lanes=lanes), ACCOUNTS)


def test_fewer_people_than_lanes_are_refused():
    """Each lane needs people of its own."""
    with pytest.raises(ValueError, match="people"):
        run(replace(LOAD, in_flight=16, lanes=16), ACCOUNTS)


def test_it_runs_as_a_process_of_its_own(tmp_path: Path):
    """The child is told by standard input, so that the secret is in no process list, and reports back whole."""
    accounts = tmp_path / "accounts"
    write_accounts(accounts, ACCOUNTS)
    with Responder() as server:
        outcome = measure(replace(PATIENT, port=server.port, accounts=str(accounts), processes=(1,)))

    assert outcome.wrong == 0
    assert outcome.answered > 0
    assert list(outcome.used) == [1]
    assert outcome.cost([1]) >= 0
    assert 0 < outcome.busy < 2


def test_a_load_program_that_fails_says_why(tmp_path: Path):
    """The last line of its complaint is handed on."""
    with pytest.raises(CannotMeasure, match="FileNotFoundError"):
        measure(replace(LOAD, accounts=str(tmp_path / "none")))


def test_accounts_are_read_as_written(tmp_path: Path):
    """Any password without a line break survives the file."""
    accounts = [Account("李雷", "a\tb c"), Account("𠮷", "")]
    write_accounts(tmp_path / "accounts", accounts)

    assert read_accounts(tmp_path / "accounts") == accounts


def test_percentiles_are_by_nearest_rank():
    """The p-th percentile is the smallest value that at least that share does not exceed."""
    values = [float(value) for value in range(1, 101)]

    assert percentile(values, 0.5) == 50
    assert percentile(values, 0.99) == 99
    assert percentile([7.0], 0.99) == 7
    assert percentile([], 0.5) == 0


def test_the_secret_is_not_shown():
    """A shared secret is in no repr."""
    assert SECRET.decode() not in repr(LOAD)
