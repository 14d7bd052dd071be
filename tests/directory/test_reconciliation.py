import pytest

from directory import endpoints, people, units
from directory.outbox import Kind
from directory.people import NewPerson
from directory.reconciliation import Fault, reconcile
from tests.support.directory_server import SUFFIX
from tests.support.published import open_city
from tests.support.registry import ACTOR, add_active

STRANGER = {"objectClass": [b"inetOrgPerson", b"rnPerson"], "cn": [b"x"], "sn": [b"x"]}
NORTH_1 = f"rnOrgCode=north-1,rnOrgCode=north,rnOrgCode=yz,ou=orgs,{SUFFIX}"


@pytest.fixture
def city(sqlite_store, make_directory):
    directory = make_directory()
    directory.start()
    with open_city(sqlite_store, directory) as opened:
        with opened.store.write() as unit:
            owner = add_active(unit, "a")
            add_active(unit, "b", home="court")
            endpoints.add(unit, ACTOR, hardware="00:11:22:33:44:55", name="打印机", kind="printer", owner=owner)
        opened.publisher.run_once()
        yield opened


def faults(drift):
    return {(each.kind, each.subject): each.fault for each in drift.differences}


def look(city, *, repair=False):
    return reconcile(city.store, city.pool, SUFFIX, repair=repair)


def subject_of(city, login):
    with city.store.read() as session:
        return people.by_login(session, login).subject


def test_nothing_differs_after_publication(city):
    """What was just published has no drift."""
    drift = look(city)
    assert (drift.compared, drift.pending, drift.differences, drift.clean) == (8, 0, (), True)


def test_what_was_spoilt_is_shown_and_mended(city):
    """Missing, changed and misplaced entries are found, named by attribute, and made as the registry says."""
    a, b = subject_of(city, "a"), subject_of(city, "b")
    city.pool.delete(city.person(a, "uid")[0])
    city.pool.modify(city.person(b, "uid")[0], {"rnZone": [b"dedicated"], "title": [b"x"]})
    city.pool.rename(
        f"rnOrgCode=south,rnOrgCode=yz,ou=orgs,{SUFFIX}",
        "rnOrgCode=south",
        f"rnOrgCode=court,rnOrgCode=yz,ou=orgs,{SUFFIX}",
    )
    wanted = {
        (Kind.PERSON, a): Fault.MISSING,
        (Kind.PERSON, b): Fault.DIFFERENT,
        (Kind.UNIT, "south"): Fault.MISPLACED,
    }
    drift = look(city)
    assert faults(drift) == wanted
    assert not drift.clean
    assert [each.attributes for each in drift.differences if each.subject == b] == [("rnZone", "title")]
    drift = look(city, repair=True)
    assert faults(drift) == wanted
    assert drift.clean
    assert city.tree() == city.wanted()
    assert look(city).differences == ()


def test_what_the_registry_does_not_know(city):
    """Drafts of others are shown and left; unknown people lose access and nothing else; units and devices go."""
    city.pool.add(
        f"uid=draft,{NORTH_1}", {**STRANGER, "uid": [b"draft"], "rnSubjectId": [b"d-1"], "rnStatus": [b"draft"]}
    )
    city.pool.add(
        f"uid=ghost,{NORTH_1}", {**STRANGER, "uid": [b"ghost"], "rnSubjectId": [b"g-1"], "rnStatus": [b"active"]}
    )
    city.pool.add(f"uid=plain,{NORTH_1}", {**STRANGER, "objectClass": [b"inetOrgPerson"], "uid": [b"plain"]})
    for code, above in (("x", f"ou=orgs,{SUFFIX}"), ("x-1", f"rnOrgCode=x,ou=orgs,{SUFFIX}")):
        city.pool.add(
            f"rnOrgCode={code},{above}",
            {
                "objectClass": [b"organizationalUnit", b"rnOrgUnit"],
                "ou": [b"x"],
                "rnOrgCode": [code.encode()],
                "rnOrgKind": [b"town"],
            },
        )
    wanted = {
        (Kind.PERSON, "d-1"): Fault.DRAFT,
        (Kind.PERSON, "g-1"): Fault.EXTRA,
        (Kind.PERSON, ""): Fault.EXTRA,
        (Kind.UNIT, "x"): Fault.EXTRA,
        (Kind.UNIT, "x-1"): Fault.EXTRA,
    }
    drift = look(city, repair=True)
    assert faults(drift) == wanted
    assert {each.subject for each in drift.differences if each.mended} == {"x", "x-1"}
    assert city.person("g-1", "rnStatus")[1] == {"rnStatus": [b"suspended"]}
    assert city.person("d-1", "rnStatus")[1] == {"rnStatus": [b"draft"]}
    assert {subject for _, subject in faults(look(city))} == {"d-1", "g-1", ""}


def test_a_lock_in_the_directory_is_taken_over(city):
    """Who is suspended in the directory is suspended in the registry by the repair, and not let in again."""
    a = subject_of(city, "a")
    city.pool.modify(city.person(a, "uid")[0], {"rnStatus": [b"suspended"]})
    assert faults(look(city)) == {(Kind.PERSON, a): Fault.LOCKED}
    assert look(city, repair=True).clean
    with city.store.read() as session:
        assert people.find(session, a).state == "suspended"
    city.publisher.run_once()
    assert city.tree() == city.wanted()


def test_what_waits_in_the_outbox_is_not_drift(city):
    """A change that is not yet published is pending, not a difference."""
    with city.store.write() as unit:
        people.add(unit, ACTOR, NewPerson(login="c", name="丙", unit="south"))
        units.rename(unit, ACTOR, "south", "南大街道")
    drift = look(city, repair=True)
    assert (drift.pending, drift.differences) == (2, ())


def test_progress_is_told(city, monkeypatch):
    """A long comparison says how far it is."""
    monkeypatch.setattr("directory.reconciliation._TELL_EVERY", 4)
    told: list[str] = []
    reconcile(city.store, city.pool, SUFFIX, progress=told.append)
    assert told == [
        "4 entries read from the directory",
        "8 entries read from the directory",
        "4 rows of the registry compared",
        "8 rows of the registry compared",
    ]
