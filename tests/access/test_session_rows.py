"""Sessions and logins in bulk: the same rows as one record at a time, on both databases."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from access.lifetime import Ending, Session, Status
from access.session_rows import BulkRows, LoginEntry
from access.tables import LoginRow, SessionAddressRow, SessionRow
from store.engine import Store
from tests.access.builders import HARDWARE, NOW, login_entry, record


def write(store: Store, *records) -> None:
    with store.write() as unit:
        BulkRows(store.dialect).write_records(unit.session.connection(), records)


def rows(store: Store) -> list[SessionRow]:
    with store.read() as session:
        return list(session.scalars(select(SessionRow).order_by(SessionRow.number)))


def addresses(store: Store) -> list[tuple[int, str, float]]:
    with store.read() as session:
        chosen = select(SessionAddressRow.generation, SessionAddressRow.address, SessionAddressRow.since)
        return [tuple(row) for row in session.execute(chosen.order_by(SessionAddressRow.number))]


def test_a_session_in_one_batch_or_in_three(store: Store):
    """A batch is folded by session: however the records are cut, the row is the same."""
    told = {"login_number": 1_790_000_000_000 << 20, "subject": "P1", "nas_port": 2**32 - 1, "login": "阿依古丽·㐂𠮷"}
    life = [
        record(zone="office", **told),
        record(Status.INTERIM, NOW + 600, seconds=600, octets_in=2**40, address="10.0.0.9", **told),
        record(Status.STOP, NOW + 700, seconds=2**32 - 1, octets_out=2**64 - 1, cause=4, **told),
    ]
    write(store, *life)
    for each in life:
        write(store, each._replace(device=2))
    first, second = rows(store)
    for field in Session._fields[3:]:
        assert getattr(first, field) == getattr(second, field), field
    assert (first.login, first.login_number, first.nas_port) == (told["login"], told["login_number"], 2**32 - 1)
    assert (first.seconds, first.octets_in, first.octets_out) == (2**32 - 1, 2**40, 2**63 - 1)
    assert (first.started_at, first.stopped_at, first.cause, first.zone) == (NOW, NOW + 700, "idle timeout", "office")
    assert addresses(store) == [(1, "10.0.0.9", NOW + 600)] * 2


def test_new_addresses_are_kept_with_their_time(store: Store):
    """Which address from when: one row for each change, and none for a repeat."""
    write(store, record(address="10.0.0.8", address6="2001:db8::/64"))
    write(
        store,
        record(Status.INTERIM, NOW + 600, seconds=600, address="10.0.0.8", address6="2001:db8::/64"),
        record(Status.INTERIM, NOW + 900, seconds=900, address="10.0.0.9"),
    )
    write(store, record(Status.STOP, NOW + 1000, seconds=1000, address="10.0.0.9"))
    assert addresses(store) == [(1, "10.0.0.8", NOW), (1, "2001:db8::/64", NOW), (1, "10.0.0.9", NOW + 900)]
    (session,) = rows(store)
    assert (session.address, session.address6) == ("10.0.0.9", "2001:db8::/64")


def test_the_next_generation_is_a_new_row(store: Store):
    """A superseded session is closed, its address ends with it, and the next one has its own."""
    write(store, record(login_number=5, address="10.0.0.8"))
    write(store, record(at=NOW + 60, login_number=6, address="10.0.0.8"))
    first, second = rows(store)
    assert (first.generation, first.stopped_at, first.cause) == (1, NOW + 60, Ending.SUPERSEDED)
    assert (second.generation, second.stopped_at, second.key) == (2, None, first.key)
    assert addresses(store) == [(1, "10.0.0.8", NOW), (2, "10.0.0.8", NOW + 60)]


@pytest.mark.parametrize("status", [Status.ON, Status.OFF])
def test_on_and_off_close_what_began_before(store: Store, status: Status):
    """RFC 2866 §5.1: every open session of that NAS ends; others, and later ones, do not."""
    write(
        store,
        record(acct_session="a"),
        record(acct_session="b", nas_identifier=None),
        record(acct_session="over"),
        record(Status.STOP, NOW + 1, acct_session="over"),
        record(acct_session="other NAS", nas_identifier="switch-2"),
        record(acct_session="other device", device=2),
        record(status, NOW + 60, acct_session="", login="", hardware=None),
        record(at=NOW + 60, acct_session="a"),
    )
    write(store, record(status, NOW + 62, acct_session="", login="", hardware=None, delay=2))  # its repeat
    found = {(row.acct_session, row.generation): (row.stopped_at, row.cause) for row in rows(store)}
    assert found == {
        ("a", 1): (NOW + 60, Ending.RESTARTED),
        ("a", 2): (None, None),
        ("b", 1): (NOW + 60, Ending.RESTARTED),
        ("over", 1): (NOW + 1, None),
        ("other NAS", 1): (None, None),
        ("other device", 1): (None, None),
    }


def test_logins_are_inserted_once(store: Store):
    """A batch that is run again after a broken commit adds nothing twice."""
    bulk = BulkRows(store.dialect)
    entries = [login_entry(number) for number in range(1 << 60, (1 << 60) + 3)]
    with store.write() as unit:
        assert bulk.write_logins(unit.session.connection(), entries[:2]) == 2
    with store.write() as unit:
        assert bulk.write_logins(unit.session.connection(), entries) == 1
        assert bulk.write_logins(unit.session.connection(), []) == 0
    with store.read() as session:
        found = session.scalars(select(LoginRow).order_by(LoginRow.number)).all()
        assert [LoginEntry(**{field: getattr(row, field) for field in LoginEntry._fields}) for row in found] == entries


def test_many_sessions_at_once(store: Store):
    """More keys than one SELECT takes."""
    many = [record(acct_session=f"{number:x}", hardware=HARDWARE) for number in range(1203)]
    write(store, *many)
    write(store, *(each._replace(status=Status.INTERIM, received_at=NOW + 600, seconds=600) for each in many))
    with store.read() as session:
        assert session.execute(text("SELECT count(*), min(seconds), max(generation) FROM session")).one() == (
            1203, 600, 1,
        )  # fmt: skip


RECORDS = st.builds(
    record,
    st.sampled_from(Status),
    st.integers(int(NOW), int(NOW) + 2000).map(float),
    acct_session=st.sampled_from(["a", "b"]),
    seconds=st.integers(0, 2000),
    octets_in=st.integers(0, 1000),
    address=st.sampled_from([None, "10.0.0.8", "10.0.0.9"]),
    login_number=st.sampled_from([None, 1, 2]),
    subject=st.sampled_from([None, "P1", "P2"]),
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.lists(RECORDS, min_size=1, max_size=8), st.integers(0, 8))
def test_batches_may_be_cut_anywhere(sqlite_store: Store, records: list, cut: int):
    """Any play leaves the same rows and addresses, all at once or in two batches."""
    with sqlite_store.write() as unit:
        unit.session.execute(text("DELETE FROM session"))
        unit.session.execute(text("DELETE FROM session_address"))
    write(sqlite_store, *records)
    write(sqlite_store, *(each._replace(device=2) for each in records[:cut]))
    write(sqlite_store, *(each._replace(device=2) for each in records[cut:]))
    found = {1: [], 2: []}
    with sqlite_store.read() as session:
        for row in session.scalars(select(SessionRow).order_by(SessionRow.acct_session, SessionRow.generation)):
            told = [getattr(row, field) for field in Session._fields[3:]]
            had = session.execute(
                select(SessionAddressRow.generation, SessionAddressRow.address, SessionAddressRow.since)
                .where(SessionAddressRow.key == row.key)
                .order_by(SessionAddressRow.number)
            ).all()
            found[row.device].append((told, had))
    assert found[1] == found[2]
