"""Truename as it is measured: the real service, with a registry and a directory of its own."""

from pathlib import Path

import pytest

from bench import people
from bench.load import Load, run
from bench.ours import Truename


@pytest.fixture(scope="module")
def truename(tmp_path_factory: pytest.TempPathFactory) -> Truename:
    contestant = Truename()
    contestant.prepare(people.accounts(60), tmp_path_factory.mktemp("bench") / "home")
    return contestant


def test_everybody_gets_in_and_is_accounted_for(truename: Truename):
    """Each made-up person is let in by the last of the rules, and every record is answered."""
    try:
        serving = truename.start([])
        outcomes = [
            run(
                Load(
                    host=serving.host,
                    port=port,
                    secret=serving.secret,
                    kind=kind,
                    accounts="",
                    in_flight=8,
                    lanes=4,
                    warm_up=0.1,
                    seconds=0.4,
                    timeout=20.0,
                    tries=1,
                ),
                people.accounts(60),
            )
            for kind, port in (("login", serving.auth_port), ("accounting", serving.acct_port))
        ]
        members = [Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip() for pid in serving.directory]
        command = Path(f"/proc/{serving.server[0]}/cmdline").read_text(encoding="utf-8")
    finally:
        truename.stop()

    for outcome in outcomes:
        assert (outcome.refused, outcome.repeated, outcome.lost, outcome.faults) == (0, 0, 0, {})
    assert all(outcome.answered for outcome in outcomes)
    assert members == ["slapd"]
    assert "operate" in command
    assert len(serving.server) >= 3  # supervisor, back office, a worker
    assert not any(Path(f"/proc/{pid}").exists() for pid in serving.server + serving.directory)


def test_stopping_what_never_ran_is_harmless():
    """Stop is called on every way out."""
    Truename().stop()
