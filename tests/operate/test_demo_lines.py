"""The live lines: readable whatever a device or a directory says."""

from zoneinfo import ZoneInfo

from sqlalchemy import insert

from access.tables import LoginRow
from operate.demo_lines import lines_after, newest

ROW = {
    "at": 1767225600.0, "login": "nobody", "subject": None, "hardware": "aa:bb:cc:00:11:22", "address": None,
    "device": 9, "port": "GE1/0/7", "ssid": None, "method": "pap", "zone": None, "rule": None, "reason": "TN-101",
    "trace": None,
}  # fmt: skip


def lines(store, *rows):
    """The lines of these logins."""
    with store.write() as unit:
        unit.session.execute(insert(LoginRow), [{**ROW, "number": 10 + n, **row} for n, row in enumerate(rows)])
    with store.read() as session:
        return [line for _, line in lines_after(session, 9, ZoneInfo("Asia/Shanghai"))]


def test_a_refusal_says_who_where_and_why(sqlite_store):
    """Time with its zone, name, device and port, code and sentence."""
    (line,) = lines(sqlite_store, {})

    assert line.startswith("08:00:00+0800")
    for part in ("nobody", "#9 GE1/0/7", "TN-101"):
        assert part in line


def test_an_unknown_machine_is_shown_by_its_address(sqlite_store):
    """There is no name to show."""
    (line,) = lines(sqlite_store, {"method": "mac", "zone": "portal", "reason": None})

    assert "aa:bb:cc:00:11:22" in line
    assert "[portal]" in line


def test_a_terminal_is_never_moved_by_a_name(sqlite_store):
    """Escapes and marks of direction come out as text."""
    (line,) = lines(sqlite_store, {"login": "x\x1b[2J\u202e"})

    assert line.isprintable()


def test_newest_is_zero_where_nobody_logged_in(sqlite_store):
    """A fresh demo starts from nothing."""
    with sqlite_store.read() as session:
        assert newest(session) == 0
