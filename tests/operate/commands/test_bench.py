"""The command `bench`."""

import json
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize("kind", ["login", "accounting"])
def test_the_plan_is_handed_over(operator, monkeypatch, tmp_path, kind):
    """Every option reaches the measurement under its name; with --json the figures are the answer."""
    asked = {}

    def measure(*, json: object, **plan: object) -> int:
        asked.update(plan)
        sys.stdout.write("a table\n")
        if json is not None:
            Path(json).write_text('{"ratio": 4}', "utf-8")
        return 0

    monkeypatch.setattr(f"bench.run.{kind}", measure)

    assert json.loads(operator.done("bench", kind, "--quick", "--people", "500", "--json")) == {"ratio": 4}
    assert asked == {"people": 500, "seconds": 3.0, "repeats": 3, "cores": "one", "quick": True}
    assert "a table" in operator.done("bench", kind)
    operator.done("bench", kind, "--json-file", tmp_path / "figures", "--json")
    operator.done("bench", kind, "--json", tmp_path / "beside")
    assert (tmp_path / "figures").read_text("utf-8") == (tmp_path / "beside").read_text("utf-8") == '{"ratio": 4}'


def test_what_could_not_be_measured_fails(operator, monkeypatch):
    """A missing contestant is no result."""
    monkeypatch.setattr("bench.run.login", lambda **_: 1)

    assert operator("bench", "login").exit_code == 1
