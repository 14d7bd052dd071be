"""Zones as rows."""

import pytest
from sqlalchemy import select

from access import zones
from access.decision import Zone
from access.malformed import ZoneMalformed
from access.tables import DeviceRow, RuleRow
from access.zones import load_zones, rule_joins
from store.changes import ChangeRow
from store.engine import Store
from store.record import ActRow
from tests.access.builders import NOW

OFFICE = Zone("office", "办公区", vlan="10", rate_up=10_000_000_000, message="欢迎", reaches=frozenset({"public"}))
PUBLIC = Zone("public", "公用区", vlan="公用")


def codes(*names: str) -> frozenset[str]:
    return frozenset(names)


def test_a_zone_comes_back_as_it_was_saved(store: Store):
    """Every field survives, and the change is fed and recorded."""
    with store.write() as unit:
        zones.add(unit, "admin", PUBLIC)
        zones.add(unit, "admin", OFFICE)
    with store.write() as unit:
        zones.change(unit, "admin", PUBLIC._replace(vlan=None, excludes=codes("public") - codes("public")))
    with store.read() as session:
        assert load_zones(session) == {"office": OFFICE, "public": PUBLIC._replace(vlan=None)}
        assert session.scalars(select(ActRow.act)).all() == ["zone.add", "zone.add", "zone.change"]
        assert ("zone", "office") in session.execute(select(ChangeRow.kind, ChangeRow.subject)).all()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("code", "Office"), ("code", "refuse"), ("code", ""), ("name", ""), ("name", "a\nb"),
        ("vlan", "0"), ("vlan", "4095"), ("vlan", "010"), ("vlan", ""), ("vlan", "x" * 33), ("vlan", "a\x01"),
        ("acl", "x" * 254), ("acl", ""), ("role", "a\x00"), ("message", "字" * 85), ("rate_up", 0),
        ("session_timeout", 2**31), ("idle_timeout", 1), ("interim", 59), ("redirect_url", "javascript:x"),
        ("redirect_url", "http://a b"), ("redirect_url", "https://{token}/"), ("redirect_url", "https://p/{tokn}"),
        ("redirect_url", "https://p/" + "{token}" * 11), ("reaches", codes("nowhere")), ("excludes", codes("nowhere")),
        ("reaches", codes("office")),
    ],
)  # fmt: skip
def test_refused_fields(sqlite_store: Store, field: str, value: object):
    """What no device could be told, or nobody reach, names its field."""
    with sqlite_store.write() as unit:
        zones.add(unit, "admin", PUBLIC)
        with pytest.raises(ZoneMalformed) as refused:
            zones.add(unit, "admin", OFFICE._replace(**{field: value}))
    assert refused.value.field == field


@pytest.mark.parametrize("url", ["http://10.1.1.1", "https://p:8443/in/{token}?", "https://p/?t={token}&m=1"])
def test_redirects(sqlite_store: Store, url: str):
    """An address for a browser, with a place for the token of access.redirects or without one."""
    with sqlite_store.write() as unit:
        zones.add(unit, "admin", PUBLIC._replace(redirect_url=url))


@pytest.mark.parametrize("vlan", ["1", "4094", "voice", "办公", "10a"])
def test_vlans(vlan: str):
    """RFC 3580 §3.31: an id or a name."""
    zones.check_vlan(vlan)


def test_a_zone_never_reaches_what_it_excludes(sqlite_store: Store):
    """Reaching and excluding the same zone is refused, whichever of the two says it."""
    with sqlite_store.write() as unit:
        zones.add(unit, "admin", PUBLIC)
        with pytest.raises(ZoneMalformed) as refused:
            zones.add(unit, "admin", OFFICE._replace(excludes=codes("public")))
        assert refused.value.field == "reaches"
        zones.add(unit, "admin", OFFICE)
        with pytest.raises(ZoneMalformed) as refused:
            zones.change(unit, "admin", PUBLIC._replace(excludes=codes("office")))
        assert refused.value.field == "excludes"


def test_a_zone_is_no_bridge(sqlite_store: Store):
    """Who reaches two zones that exclude each other would join them."""
    with sqlite_store.write() as unit:
        zones.add(unit, "admin", PUBLIC)
        zones.add(unit, "admin", Zone("dedicated", "专用区", excludes=codes("public")))
        with pytest.raises(ZoneMalformed):
            zones.add(unit, "admin", OFFICE._replace(reaches=codes("public", "dedicated")))


def test_rules_join_zones_too():
    """A rule joins its zone, what that reaches, and one of the rights that it asks for."""
    known = {
        "a": Zone("a", "a", reaches=codes("b")),
        "b": Zone("b", "b"),
        "c": Zone("c", "c", excludes=codes("b")),
        "d": Zone("d", "d"),
    }
    assert rule_joins(known, "a", []) is None
    assert rule_joins(known, "a", ["d"]) is None
    assert rule_joins(known, "a", ["d", "c"]) == ("c", "b")
    assert rule_joins(known, "c", ["c", "d"]) is None


def test_a_change_that_makes_a_rule_join_is_refused(sqlite_store: Store):
    """Rules that are there already are looked at when a zone changes."""
    with sqlite_store.write() as unit:
        zones.add(unit, "admin", PUBLIC)
        zones.add(unit, "admin", Zone("office", "办公区"))
        unit.session.add(RuleRow(position=1, name="r", result="office", right="public"))
        unit.session.flush()
        with pytest.raises(ZoneMalformed):
            zones.change(unit, "admin", PUBLIC._replace(excludes=codes("office")))


def test_a_zone_in_use_stays(sqlite_store: Store):
    """A zone that a rule or another zone names cannot be removed."""
    with sqlite_store.write() as unit:
        zones.add(unit, "admin", PUBLIC)
        zones.add(unit, "admin", OFFICE)
        rule = RuleRow(position=1, name="r", result="office")
        unit.session.add(rule)
        unit.session.flush()
        for code in ("public", "office", "nowhere"):
            with pytest.raises(ZoneMalformed):
                zones.remove(unit, "admin", code)
        unit.session.delete(rule)
        unit.session.flush()
        zones.remove(unit, "admin", "office")
        zones.remove(unit, "admin", "public")
        assert load_zones(unit.session) == {}
        with pytest.raises(ZoneMalformed):
            zones.change(unit, "admin", PUBLIC)
        zones.add(unit, "admin", PUBLIC)
        with pytest.raises(ZoneMalformed):
            zones.add(unit, "admin", PUBLIC)


def test_vendors_may_object(sqlite_store: Store):
    """Whoever knows vendors hears of the zone and of the vendors in use, and its objections are passed on."""
    heard = []

    def object_to(zone: Zone, vendors: frozenset[str]) -> list[str]:
        heard.append((zone.code, vendors))
        return ["huawei: an ACL and a role exclude each other"] if zone.role else []

    with sqlite_store.write() as unit:
        for number, (vendor, enabled) in enumerate([("huawei", True), ("h3c", False), ("cisco", True)]):
            unit.session.add(
                DeviceRow(
                    name=str(number), prefix=f"10.0.0.{number}/32", vendor=vendor, secret=b"", enabled=enabled,
                    created_at=NOW,
                )
            )  # fmt: skip
        zones.add(unit, "admin", PUBLIC, object_to)
        with pytest.raises(ZoneMalformed, match="exclude each other"):
            zones.change(unit, "admin", PUBLIC._replace(role="r"), object_to)
    assert heard == [("public", codes("huawei", "cisco"))] * 2
