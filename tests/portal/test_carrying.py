"""What devices could not carry out is in the way of what would lead to it."""

import pytest

from access import devices, rules, zones
from portal.carrying import Objected, abilities, objections, refuse, vendors_in_use
from portal.language import Text

WHY = Text("不支持限速", "knows no rates")


@pytest.fixture
def picky(knowledge):
    """Cisco's devices ignore rates."""
    knowledge.objections = lambda zone, vendor: (WHY,) if vendor == "cisco" and zone.rate_up else ()
    with knowledge.store.write() as unit:
        devices.add(unit, "test", knowledge.sealer, name="c", prefix="10.0.0.1", vendor="cisco", group="old")
        devices.add(unit, "test", knowledge.sealer, name="h", prefix="10.0.0.2", vendor="huawei")
        zones.change(unit, "test", zones.load_zones(unit.session)["public"]._replace(rate_up=1_000_000))
    return knowledge


def test_what_a_rule_asks_of_a_device_is_told_with_rule_zone_and_vendor(picky):
    """Over all, about one zone, about one device."""
    with picky.store.read() as session:
        (told,) = objections(picky, session)
        assert told.chinese == "规则 3 把人放入区域“public 区”，而思科设备无法执行：不支持限速"
        assert told.english.endswith("Cisco cannot carry out: knows no rates")
        assert objections(picky, session, zone="portal") == ()
        assert objections(picky, session, device=2) == ()
        assert objections(picky, session, rules=[]) == ()
        zone = zones.load_zones(session)["public"]
        told = [(one.vendor.english, one.objections) for one in abilities(picky, zone, vendors_in_use(session))]
        assert told == [("Cisco", (WHY,)), ("Huawei", ())]


def test_what_is_refused_leaves_nothing(picky):
    """The unit of work is undone."""

    def save():
        with picky.store.write() as unit:
            rules.change(unit, "test", 3, name="别的名字")
            refuse(picky, unit.session)

    with pytest.raises(Objected) as caught:
        save()
    assert len(caught.value.sentences) == 1
    with picky.store.read() as session:
        assert rules.find(session, 3).name == "在职人员"


def test_what_was_in_the_way_before_is_no_reason_against_another_change(picky):
    """Only what is new is refused."""
    with picky.store.write() as unit:
        before = objections(picky, unit.session)
        refuse(picky, unit.session, before=before)
