"""The runner: in turns, told in one table, nothing left behind."""

import json
import os
import signal
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import pytest

from bench import run
from bench.contestant import Serving
from bench.program import CannotMeasure
from bench.traffic import Account
from tests.bench.responder import SECRET, Responder, sign, truly

PLAN = run.Plan("login", 16, 0.2, 2, (), ())


class Made:
    """A contestant in this process."""

    def __init__(self, name: str, turns: list[str], answer: Callable[[bytes], bytes] = truly) -> None:
        self.name = name
        self._turns = turns
        self._answer = answer
        self._server: Responder | None = None

    def prepare(self, accounts: Sequence[Account], home: Path) -> None:
        home.mkdir()
        assert accounts

    def start(self, cores: Iterable[int]) -> Serving:
        del cores
        self._turns.append(self.name)
        self._server = Responder(self._answer)
        self._server.__enter__()
        return Serving("127.0.0.1", self._server.port, self._server.port, SECRET.decode(), (os.getpid(),), ())

    def stop(self) -> None:
        if self._server is not None:
            self._server.__exit__(None, None, None)
            self._server = None


class Missing(Made):
    """One that is not installed."""

    def prepare(self, accounts: Sequence[Account], home: Path) -> None:
        del accounts, home
        raise CannotMeasure("Type:\n  sudo apt-get install something")


class Failing(Made):
    """One that does not come up."""

    def start(self, cores: Iterable[int]) -> Serving:
        del cores
        raise CannotMeasure("it ended with status 1")


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "_settle", lambda _: None)
    monkeypatch.setattr(run, "_LANES", 4)
    monkeypatch.setattr(run, "_WARM_UP", 0.05)


def test_servers_take_turns_and_are_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """A B A B: whatever slows the machine down meets both; the table and the file say the same."""
    turns: list[str] = []
    file = tmp_path / "figures.json"
    code = run._run([Made("first", turns), Made("second", turns)], PLAN, 20, file, tmp_path / "home")
    told = json.loads(file.read_text(encoding="utf-8"))

    assert code == 0
    assert turns == ["first", "second", "first", "second"]
    assert [row["server"] for row in told["rows"]] == ["first", "second"]
    assert told["rows"][1]["ratio"]["rate"] > 0
    assert told["plan"]["people"] == 20
    assert "ratio" in capsys.readouterr().out
    assert list((tmp_path / "home").iterdir()) == []


def test_a_missing_peer_is_told_and_the_other_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """Our own figures are of use without the peer; the comparison that was asked for was not made."""
    turns: list[str] = []
    code = run._run([Made("first", turns), Missing("second", turns)], PLAN, 20, None, tmp_path)

    assert code == 1
    assert turns == ["first", "first"]
    assert "apt-get install something" in capsys.readouterr().out


def test_wrong_answers_fail_the_measurement(tmp_path: Path):
    """A server that refuses everybody is not quick."""
    turns: list[str] = []
    wrong = Made("first", turns, lambda request: sign(3, request))

    assert run._run([wrong, Made("second", turns)], PLAN, 20, None, tmp_path) == 1


def test_a_server_that_does_not_start_ends_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """The reason is told, and what was made is removed."""
    code = run._run([Failing("first", [])], PLAN, 20, None, tmp_path)

    assert code == 1
    assert "it ended with status 1" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


class Terminated(Made):
    """One during whose turn the measurement is told to end."""

    def start(self, cores: Iterable[int]) -> Serving:
        serving = super().start(cores)
        os.kill(os.getpid(), signal.SIGTERM)
        return serving


def test_a_terminated_measurement_leaves_nothing_behind(tmp_path: Path):
    """SIGTERM stops the server of the moment, removes the data, and gives its handler back."""
    before = signal.getsignal(signal.SIGTERM)
    contestant = Terminated("first", [])
    with pytest.raises(SystemExit):
        run._run([contestant], PLAN, 20, None, tmp_path)

    assert contestant._server is None
    assert list(tmp_path.iterdir()) == []
    assert signal.getsignal(signal.SIGTERM) is before


def test_one_core_keeps_server_and_load_apart(monkeypatch: pytest.MonkeyPatch):
    """With "one", the server shares its core with nobody; with "both", or on one core, nothing is pinned."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {3, 5})

    assert run._plan("login", 8, 3.0, 3, "one", quick=False)[4:] == ((3,), (5,))
    assert run._plan("login", 8, 3.0, 3, "both", quick=False)[4:] == ((), ())
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {3})
    assert run._plan("login", 8, 3.0, 3, "one", quick=True) == run.Plan("login", 8, 1.0, 1, (), ())


def test_cores_has_two_values():
    """A slip is refused before anything is started."""
    with pytest.raises(ValueError, match="one or both"):
        run.login(cores="two")
