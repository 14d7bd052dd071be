"""What the demo prepares for its pages."""

from random import Random

from access.zones import load_zones
from directory import otp, people
from operate import demo_doors
from operate.town import build_town
from store.engine import Store
from store.schema import upgrade


def built(empty_store: Store) -> Store:
    """A town."""
    upgrade(empty_store)
    with empty_store.write() as unit:
        build_town(unit, Random(1949))  # noqa: S311 - a made-up town
    return empty_store


def test_unknown_devices_are_sent_to_this_runs_portal(empty_store):
    """With a place for the token, and a question mark for what devices append; said once."""
    store = built(empty_store)
    for _ in range(2):
        with store.write() as unit:
            demo_doors.point_portal_zone(unit, "demo", "http://127.0.0.1:8081")
    with store.read() as session:
        assert load_zones(session)["portal"].redirect_url == "http://127.0.0.1:8081/in/{token}?"


def test_somebody_needs_the_second_factor(empty_store):
    """An active person whose right the rules honour with a second factor only."""
    store = built(empty_store)
    with store.read() as session:
        person = demo_doors.strong_person(session)
        assert "dedicated" in person.zones
        assert people.find(session, person.subject).state == "active"
        assert not otp.has_factor(session, person.subject)
