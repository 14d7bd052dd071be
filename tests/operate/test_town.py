from collections import Counter
from random import Random

import pytest
from sqlalchemy import select

from access.decision import Grant, decide
from access.evidence import Evidence, Medium, Method, Place, Strength
from access.reasons import Reason
from access.rules import load_rulebook
from access.settings import AccessSettings
from access.zones import load_zones
from directory import people, spelling, units
from directory.person import Endpoint, Person, State
from directory.registry import EndpointRow, PersonRow, PublicationRow
from operate.town import OPEN, PEOPLE, SUSPENDED, build_town
from radius.vendor import Effect, vendor_named
from tests.support.registry import open_registry

PLACE = Place(1, "demo-switch", "standard", "access", "demo")


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    with open_registry(tmp_path_factory.mktemp("town")) as store:
        with store.write() as unit:
            built = build_town(unit, Random(1949))  # noqa: S311 - a made-up town
            now = unit.now
        with store.read() as session:
            yield session, built, now


def as_person(row):
    return Person(
        subject=row.subject,
        entry="",
        dn="",
        login=row.login,
        unit=row.unit,
        state=State(row.state),
        category=row.category,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        zones=spelling.zone_set(row.zones),
    )


def login(session, now, subject, *, method=Method.PAP, strength=Strength.PASSWORD):
    evidence = Evidence(subject, method, strength, PLACE, medium=Medium.WIRED)
    decision = decide(evidence, load_rulebook(session, AccessSettings()), now)
    return decision.zone.vlan if isinstance(decision, Grant) else decision.reason


def test_the_town_has_three_levels_and_two_hundred_people(town):
    """City, departments and towns, communities; people in every state, and names that break things."""
    session, built, _ = town
    assert built == (29, PEOPLE, built.endpoints, 4, 6)
    assert built.endpoints >= 20
    assert Counter(branch.depth for branch in units.tree(session)) == {0: 1, 1: 12, 2: 16}
    states = Counter(session.scalars(select(PersonRow.state)))
    assert set(states) == {"draft", "active", "suspended", "left"}
    assert states["active"] > 180
    names = list(session.scalars(select(PersonRow.name)))
    assert {"石㐂", "\U00020bb7野明", "刘䶮", "阿依古丽·买买提", "Renée O'Connor"} <= set(names)
    assert Counter(names)["李强"] == 3


def test_it_is_the_same_town_every_time(town, tmp_path):
    """Two towns from the same chance have the same rows, but for the times at which they were built."""
    session, _, now = town
    with open_registry(tmp_path) as store:
        with store.write() as unit:
            build_town(unit, Random(1949))  # noqa: S311 - a made-up town
            again = unit.now
        with store.read() as other:
            for table in (PersonRow, EndpointRow):
                query = select(table.subject, table.name, table.unit, table.state).order_by(table.subject)
                assert session.execute(query).all() == other.execute(query).all()
    assert again >= now


def test_everything_waits_for_publication(town):
    """All units, people and endpoints are in the outbox."""
    session, built, _ = town
    subjects = set(session.scalars(select(PublicationRow.subject)))
    assert len(subjects) == built.units + built.people + built.endpoints


def test_the_two_known_people(town):
    """The one of the demo is staff with a VLAN on a wire; the other is suspended."""
    session, _, now = town
    opened, suspended = (as_person(people.by_login(session, each)) for each in (OPEN, SUSPENDED))
    assert (opened.category, login(session, now, opened)) == ("staff", "130")
    assert login(session, now, suspended) is Reason.PERSON_SUSPENDED


def test_the_rules_do_what_the_city_ordered(town):
    """Internet by right, dedicated by strong login, unknown devices to the portal, printers and staff to public."""
    session, _, now = town
    person = as_person(people.by_login(session, OPEN))
    assert login(session, now, person._replace(zones=frozenset({"public"}))) == "110"
    both = person._replace(zones=frozenset({"dedicated", "internet"}))
    assert login(session, now, both, strength=Strength.STRONG) == "120"
    assert login(session, now, both) == "130"
    assert login(session, now, both._replace(zones=frozenset({"dedicated"}))) == "110"
    visitor = person._replace(category="visitor")
    assert login(session, now, visitor._replace(zones=frozenset())) is Reason.NO_RULE
    assert login(session, now, visitor._replace(zones=frozenset({"public"}))) == "110"
    assert login(session, now, None, method=Method.MAC, strength=Strength.NONE) == "199"
    row = session.scalars(select(EndpointRow)).first()
    printer = Endpoint(row.subject, "", "", row.hardware, row.unit, State.ACTIVE, zones=spelling.zone_set(row.zones))
    assert login(session, now, printer, method=Method.MAC, strength=Strength.NONE) == "110"
    found = load_zones(session)
    assert "dedicated" in found["internet"].excludes


@pytest.mark.parametrize(("login_index", "reason"), [("expired", Reason.EXPIRED), ("early", Reason.NOT_YET_VALID)])
def test_some_are_out_of_time(town, login_index, reason):
    """There are people whose account has ended, and some whose account has not begun."""
    session, _, now = town
    bound = PersonRow.valid_until if login_index == "expired" else PersonRow.valid_from
    rows = session.scalars(select(PersonRow).where(bound.is_not(None), PersonRow.state == "active")).all()
    assert rows
    assert {login(session, now, as_person(row)) for row in rows} == {reason}


def test_zones_suit_the_devices(town):
    """Huawei and H3C carry everything; no device of the others opens a zone of people, but Aruba wants roles."""
    session, _, _ = town
    found = load_zones(session)
    for name in ("huawei", "h3c"):
        assert [objection for zone in found.values() for objection in vendor_named(name).objections(zone)] == []
    for name in ("cisco", "ruijie", "standard"):
        for code in ("public", "dedicated", "internet"):
            effects = {objection.effect for objection in vendor_named(name).objections(found[code])}
            assert Effect.OPENED not in effects
