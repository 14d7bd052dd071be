"""The peer where it cannot be; where it can, tests/peers/test_bench_peer.py runs it."""

from pathlib import Path

import pytest

from bench import peer
from bench.program import CannotMeasure
from bench.traffic import Account


def test_a_missing_peer_is_told_with_the_line_that_installs_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Whoever lacks FreeRADIUS is told what to type."""
    monkeypatch.setattr(peer, "locate", lambda *_: None)

    with pytest.raises(CannotMeasure, match=r"apt-get install .*freeradius"):
        peer.UsersFile().prepare([Account("a", "b")], tmp_path / "home")


def test_unreadable_queries_are_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Debian lets only root and group freerad read them."""
    monkeypatch.setattr(peer, "locate", lambda *_: "/usr/sbin/freeradius")
    monkeypatch.setattr(peer.wanted, "STOCK", (str(tmp_path / "nowhere"),))

    with pytest.raises(CannotMeasure, match="freerad"):
        peer.SqliteAccounting().prepare([], tmp_path / "home")


def test_stopping_what_never_ran_is_harmless():
    """Stop is called on every way out."""
    peer.LdapSearch().stop()
    peer.UsersFile().stop()
