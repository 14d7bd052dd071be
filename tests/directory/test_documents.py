"""Documents on record: sealed, found by a keyed index, shown masked, read in clear with a reason only."""

import pytest
from sqlalchemy import select, text

from directory import documents, people
from directory.identity_numbers import Kind, Number
from directory.refusal import Flaw, RegistryRefused
from directory.registry import DocumentRow
from store.changes import ChangeRow
from store.record import ActRow
from store.sealing import SealBroken, Sealer
from tests.directory.test_identity_numbers import made
from tests.support.registry import ACTOR, add_active, build_city

SEALER = Sealer({1: bytes(range(32))})
NUMBER = made()
OTHER = made(born="19910101")


@pytest.fixture
def store(store):
    with store.write() as unit:
        build_city(unit)
    return store


@pytest.fixture
def subject(store):
    """A person with an identity card on record."""
    with store.write() as unit:
        subject = add_active(unit, "zhangsan")
        documents.record(unit, SEALER, ACTOR, subject, Kind.RESIDENT, NUMBER)
    return subject


def refused(flaw):
    return pytest.raises(RegistryRefused, match=flaw.code)


def test_a_document_is_found_however_it_is_spelled(store, subject):
    """The index knows the normal spelling, and the kind belongs to it."""
    with store.read() as session:
        assert documents.find(session, SEALER, Kind.RESIDENT, f" {NUMBER[:6]} {NUMBER[6:].lower()}") == subject
        assert documents.find(session, SEALER, Kind.PASSPORT, NUMBER) is None
        assert documents.find(session, SEALER, Kind.RESIDENT, OTHER) is None
        for hostile in ("", "\udc80", "a\x00b", "' OR 1=1 --", "9" * 5000):
            assert documents.find(session, SEALER, Kind.RESIDENT, hostile) is None
        assert documents.find(session, Sealer({1: bytes(32)}), Kind.RESIDENT, NUMBER) is None
        (shown,) = documents.of(session, subject)
        assert (shown.kind, shown.masked) == (Kind.RESIDENT, f"659999********{NUMBER[-4:]}")


def test_the_number_is_nowhere_in_clear(store, subject):
    """No table, no act, no repr shows a number; the acts carry the mask."""
    with store.write() as unit:
        documents.reveal(unit, SEALER, ACTOR, subject, f"核对 {NUMBER}")
        documents.record(unit, SEALER, ACTOR, subject, Kind.RESIDENT, OTHER)
    with store.read() as session:
        for table in ("document", "act", "person", "change", "publication"):
            for row in session.execute(text(f"SELECT * FROM {table}")):  # noqa: S608 - names of ours
                for wanted in (NUMBER, OTHER, NUMBER[6:14]):
                    assert wanted not in repr(row)
                    assert wanted.encode() not in b"".join(bytes(each) for each in row if isinstance(each, bytes))
        acts = session.scalars(select(ActRow).where(ActRow.act.startswith("document."))).all()
        assert [row.act for row in acts] == ["document.record", "document.reveal", "document.record"]
        assert all("659999********" in str(row.after) for row in acts)
        assert "document" in set(session.scalars(select(ChangeRow.kind)))
    assert repr(Number(Kind.RESIDENT, NUMBER)) == f"Number(resident, 659999********{NUMBER[-4:]})"


def test_a_number_belongs_to_one_person(store, subject):
    """A second person with the number is refused; the same number again changes nothing."""
    with store.write() as unit:
        other = add_active(unit, "lisi")
        with refused(Flaw.DOCUMENT_TAKEN):
            documents.record(unit, SEALER, ACTOR, other, Kind.RESIDENT, NUMBER)
        documents.record(unit, SEALER, ACTOR, subject, Kind.RESIDENT, NUMBER.lower())
        acts = unit.session.scalars(select(ActRow.act).where(ActRow.act == "document.record")).all()
    assert len(acts) == 1
    with refused(Flaw.DOCUMENT_CHECK), store.write() as unit:
        documents.record(unit, SEALER, ACTOR, other, Kind.RESIDENT, OTHER[:17] + ("0" if OTHER[17] != "0" else "1"))
    with refused(Flaw.PERSON_UNKNOWN), store.write() as unit:
        documents.record(unit, SEALER, ACTOR, "p-nobody", Kind.RESIDENT, OTHER)


def test_a_corrected_number_takes_the_place_of_the_wrong_one(store, subject):
    """One document of a kind; another kind stands beside it."""
    with store.write() as unit:
        documents.record(unit, SEALER, ACTOR, subject, Kind.PASSPORT, "E12345678")
        documents.record(unit, SEALER, ACTOR, subject, Kind.RESIDENT, OTHER)
    with store.read() as session:
        assert documents.find(session, SEALER, Kind.RESIDENT, NUMBER) is None
        assert documents.find(session, SEALER, Kind.RESIDENT, OTHER) == subject
        assert [each.kind for each in documents.of(session, subject)] == [Kind.PASSPORT, Kind.RESIDENT]


def test_whoever_comes_back_takes_the_number_along(store, subject):
    """A leaver's number goes over to the new account of the same human being, and both acts say so."""
    with store.write() as unit:
        people.end(unit, ACTOR, subject)
        again = add_active(unit, "zhangsan2")
        documents.record(unit, SEALER, ACTOR, again, Kind.RESIDENT, NUMBER)
    with store.read() as session:
        assert documents.find(session, SEALER, Kind.RESIDENT, NUMBER) == again
        assert documents.of(session, subject) == []
        acts = session.scalars(select(ActRow.act).where(ActRow.subject == subject, ActRow.act.startswith("document.")))
        assert list(acts) == ["document.record", "document.hand_over"]


def test_reading_needs_a_reason_and_a_document(store, subject):
    """Nobody reads a number without saying why."""
    with store.write() as unit:
        assert documents.reveal(unit, SEALER, ACTOR, subject, "窗口核验") == [(Kind.RESIDENT, NUMBER)]
        bare = add_active(unit, "lisi")
        for reason in ("", " ", "x", "a\nb", "长" * 201):
            with refused(Flaw.REASON_MISSING):
                documents.reveal(unit, SEALER, ACTOR, subject, reason)
        with refused(Flaw.DOCUMENT_UNKNOWN):
            documents.reveal(unit, SEALER, ACTOR, bare, "窗口核验")


def test_a_number_opens_in_its_own_row_only(store, subject):
    """A sealed number that was copied to somebody else's row, or to another kind, does not open."""
    with store.write() as unit:
        other = add_active(unit, "lisi")
        documents.record(unit, SEALER, ACTOR, other, Kind.RESIDENT, OTHER)
        rows = {row.subject: row for row in unit.session.scalars(select(DocumentRow))}
        rows[other].sealed = rows[subject].sealed
        rows[subject].kind = Kind.PASSPORT.value
        unit.session.flush()
        for each in (subject, other):
            with pytest.raises(SealBroken):
                documents.reveal(unit, SEALER, ACTOR, each, "窗口核验")


def test_removal(store, subject):
    """A document that is taken off the record is gone, and cannot be taken off twice."""
    with store.write() as unit:
        documents.remove(unit, ACTOR, subject, Kind.RESIDENT)
        assert documents.of(unit.session, subject) == []
        with refused(Flaw.DOCUMENT_UNKNOWN):
            documents.remove(unit, ACTOR, subject, Kind.RESIDENT)


def test_many_at_once(store):
    """A list goes on record as a whole, or not at all."""
    born = [f"19{year:02}0101" for year in range(100)] + [f"19{year:02}0102" for year in range(100)]
    with store.write() as unit:
        subjects = [add_active(unit, f"p{at}") for at in range(len(born))]
        numbers = {subject: Number(Kind.RESIDENT, made(born=day)) for subject, day in zip(subjects, born, strict=True)}
        documents.record_many(unit, SEALER, ACTOR, numbers)
        documents.record_many(unit, SEALER, ACTOR, {})
        late = add_active(unit, "late")
        twice = {late: Number(Kind.PASSPORT, "E12345678"), subjects[0]: Number(Kind.PASSPORT, "E12345678")}
        for wrong in ({late: numbers[subjects[7]]}, twice):
            with refused(Flaw.DOCUMENT_TAKEN):
                documents.record_many(unit, SEALER, ACTOR, wrong)
    with store.read() as session:
        assert documents.owners(session, SEALER, numbers.values()) == {each: who for who, each in numbers.items()}
        assert documents.of(session, late) == []
