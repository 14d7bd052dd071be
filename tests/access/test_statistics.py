"""How many: counted by the database, and never twice."""

import pytest

from access import enforcement, rules, statistics, zones
from access.decision import Zone
from access.statistics import HOUR, DayMemory, LoginCount, logins_by_hour
from access.tables import DeviceRow, UnknownSourceRow
from directory import people, units
from directory.people import NewPerson
from tests.support.records import AT, write_login, write_session

BEGIN = AT - AT % HOUR  # of an hour
INTO = int(BEGIN - AT)  # the number of a login at that moment


def device(unit, number, **more):
    """Register a network device."""
    row = {"name": f"sw-{number}", "prefix": f"10.0.0.{number}/32", "vendor": "huawei", "secret": b"x", "created_at": 0}
    unit.session.add(DeviceRow(number=number, **{**row, **more}))


def test_logins_are_counted_by_hour_and_outcome(store):
    """An hour begins with its first moment and ends before the next; the ends of the span hold."""
    for at, zone, reason in (
        (-1, "public", None), (0, "public", None), (HOUR - 1, "public", None), (HOUR, "office", None),
        (HOUR + 5, None, "TN-102"), (2 * HOUR, "office", None),
    ):  # fmt: skip
        write_login(store, INTO + at, zone=zone, reason=reason)
    with store.read() as session:
        counted = logins_by_hour(session, since=BEGIN, until=BEGIN + 2 * HOUR)
    assert set(counted) == {
        LoginCount(0, "public", None, 2), LoginCount(1, None, "TN-102", 1), LoginCount(1, "office", None, 1),
    }  # fmt: skip
    assert [row.hour for row in counted] == [0, 1, 1]


def test_units_count_their_own(store):
    """A unit's administrator sees no number of others, nor of nobody known."""
    with store.write() as unit:
        units.add(unit, "test", code="north", name="北镇", kind="town")
        [zhang] = people.add_many(unit, "test", [NewPerson(login="z", name="张伟", unit="north")], assurance=1)
    write_login(store, INTO, subject=zhang)
    write_login(store, INTO + 1, subject="p-other")
    write_login(store, INTO + 2, subject=None)
    memory, south, north = DayMemory(), frozenset({"south"}), frozenset({"north"})
    with store.read() as session:
        counted = logins_by_hour(session, since=BEGIN, until=BEGIN + HOUR, units={"north"})
        for _ in range(2):
            for scope, logins in ((north, 1), (south, 0), (None, 3)):
                told = memory.logins(session, since=BEGIN, until=BEGIN + HOUR, now=BEGIN + 2 * HOUR, units=scope)
                assert sum(row.logins for row in told) == logins
    assert sum(row.logins for row in counted) == 1


def test_few_scopes_are_remembered(store):
    """The one that was asked for longest ago is forgotten, and counted anew when it is asked for again."""
    memory = DayMemory()
    write_login(store, INTO)
    with store.read() as session:
        for name in [None, *(frozenset({f"u{at}"}) for at in range(99)), None]:
            told = memory.logins(session, since=BEGIN, until=BEGIN + HOUR, now=BEGIN + 2 * HOUR, units=name)
            assert len(told) == (name is None)
    assert len(memory._hours) == 64


def test_hours_that_are_over_are_remembered(store):
    """What is told is always what counting anew would tell, as the window moves on."""
    memory = DayMemory()

    def told(now):
        since = now - now % HOUR - 2 * HOUR
        with store.read() as session:
            counted = memory.logins(session, since=since, until=since + 3 * HOUR, now=now)
            assert sorted(counted, key=str) == sorted(
                logins_by_hour(session, since=since, until=since + 3 * HOUR), key=str
            )
        return sum(row.logins for row in counted)

    write_login(store, INTO - 2 * HOUR)
    write_login(store, INTO)
    assert told(BEGIN + 60) == 2
    write_login(store, INTO + 90)
    assert told(BEGIN + 120) == 3
    write_login(store, INTO - 30)  # late, but within what is waited for
    assert told(BEGIN + 150) == 4
    assert told(BEGIN + HOUR + 60) == 3
    assert told(BEGIN + 9 * HOUR) == 0


def test_silence_is_neither_login_nor_news_of_a_session(store):
    """Disabled devices may be silent; what was heard once is not asked for again."""
    with store.write() as unit:
        for number in (1, 2, 3):
            device(unit, number)
        device(unit, 4, enabled=False)
    write_login(store, INTO, device=1)
    write_session(store, 1, device=2, updated_at=BEGIN + 5)
    write_session(store, 2, device=3, updated_at=BEGIN - 9 * HOUR)
    memory = DayMemory()

    def silent(now):
        with store.read() as session:
            return [row.name for row in memory.silent_devices(session, since=now - HOUR, now=now)]

    assert silent(BEGIN + 60) == ["sw-3"]
    assert silent(BEGIN + 120) == ["sw-3"]
    write_login(store, INTO + 130, device=3)
    assert silent(BEGIN + 180) == []
    assert silent(BEGIN + 2 * HOUR) == ["sw-1", "sw-2", "sw-3"]


@pytest.mark.parametrize("units_", [None, {"north"}])
def test_orders_wait(store, units_):
    """Those without an answer for a while, about what is still open."""
    with store.write() as unit:
        units.add(unit, "test", code="north", name="北镇", kind="town")
        [zhang] = people.add_many(unit, "test", [NewPerson(login="z", name="张伟", unit="north")], assurance=1)
    write_session(store, 1, subject=zhang)
    write_session(store, 2)
    with store.write() as unit:
        for number in (1, 2):
            enforcement.order_disconnect(unit, number, "admin:a")
        now = unit.now
    with store.read() as session:
        assert statistics.waiting_orders(session, now + 1, units_) == (2 if units_ is None else 1)
        assert statistics.waiting_orders(session, now - 1, units_) == 0


def test_small_counts(store):
    """Devices, unknown sources, and exceptions by their end."""
    with store.write() as unit:
        device(unit, 1)
        device(unit, 2, enabled=False)
        unit.session.add(UnknownSourceRow(address="10.9.9.9", packets=1, first_at=0, last_at=0))
        zones.add(unit, "test", Zone(code="public", name="公用"))
        rules.add(unit, "test", name="例外", result="public", valid_until=unit.now + 60, approved_by="admin:s")
        rules.add(unit, "test", name="规则", result="public")
        now = unit.now
    with store.read() as session:
        assert statistics.count_enabled_devices(session) == 1
        assert statistics.count_unknown_sources(session) == 1
        assert [row.name for row in statistics.ending_exceptions(session, since=now, until=now + 99)] == ["例外"]
        assert statistics.ending_exceptions(session, since=now + 60.5, until=now + 99) == []
