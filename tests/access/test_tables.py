"""Tables and the tuples that fill them have the same fields."""

from access.decision import Zone
from access.lifetime import Session
from access.rulebook import Rule
from access.session_rows import LoginEntry
from access.tables import DeviceRow, LoginRow, RuleRow, SessionRow, TraceRow, ZoneRow
from access.traces import Trace


def columns(row) -> list[str]:
    return [attribute.key for attribute in row.__mapper__.column_attrs]


def test_rows_mirror_what_fills_them():
    """Bulk statements rely on the order, the other tuples on the names."""
    assert list(LoginEntry._fields) == columns(LoginRow)
    assert list(Trace._fields) == columns(TraceRow)
    assert ["number", *Session._fields] == columns(SessionRow)
    assert sorted(Zone._fields) == sorted(columns(ZoneRow))
    assert sorted(Rule._fields) == sorted(columns(RuleRow))


def test_numbers_that_logins_name_are_never_given_twice():
    """A removed device's or rule's number must not come to mean another."""
    for row in (DeviceRow, RuleRow):
        assert row.__table__.dialect_options["sqlite"]["autoincrement"] is True


def test_unsigned_32_bits_fit():
    """NAS-Port, Acct-Session-Time (RFC 2866 §5.7) and login numbers exceed a signed 32-bit column."""
    for name in ("nas_port", "seconds", "login_number", "octets_in"):
        assert "BIGINT" in str(SessionRow.__table__.c[name].type)
