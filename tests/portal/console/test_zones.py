"""Zones in the console."""

import pytest

from access import zones
from access.decision import Zone
from portal.console.roles import Role
from portal.console.zones import megabits, shown
from portal.language import Text
from store.record import ActRow

NEW = {
    "code": "exit", "name": "互联网区", "vlan": "130", "acl": "3100", "rate_up": "10", "rate_down": "50.5",
    "session_timeout": "28800", "idle_timeout": "", "reauthenticate": "yes", "excludes": ["dedicated"],
}  # fmt: skip


def all_zones(knowledge):
    with knowledge.store.read() as session:
        return zones.load_zones(session)


def test_a_zone_is_made_changed_and_removed(knowledge, clerk):
    """Every field is kept as it was typed, and each act has before and after."""
    one = clerk(Role.SECURITY)
    assert one.post("/zones/new", NEW).headers["location"] == "/zones/exit"
    assert all_zones(knowledge)["exit"] == Zone(
        "exit", "互联网区", vlan="130", acl="3100", rate_up=10_000_000, rate_down=50_500_000, session_timeout=28800,
        excludes=frozenset({"dedicated"}),
    )  # fmt: skip
    page = one.get("/zones/exit").text
    assert "50.5 兆比特每秒" in page
    assert "8 小时" in page
    assert 'value="50.5"' in one.get("/zones/exit/edit").text
    one.post("/zones/exit/edit", {"name": "出口", "code": "other"})
    assert all_zones(knowledge)["exit"] == Zone("exit", "出口", reauthenticate=False)
    assert "没有会话" in one.get("/zones/exit/remove").text
    one.post("/zones/exit/remove")
    assert "exit" not in all_zones(knowledge)
    with knowledge.store.read() as session:
        acts = [act.act for act in session.query(ActRow) if act.actor == f"admin:{one.login}"]
    assert acts == ["zone.add", "zone.change", "zone.remove"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("code", "Grün"), ("code", "public"), ("name", ""), ("vlan", "4095"), ("rate_up", "fast"), ("rate_up", "NaN"),
        ("rate_up", "1e99"), ("rate_down", "0.0000001"), ("rate_down", "-1"), ("session_timeout", "5"),
        ("interim", "1.5"), ("redirect_url", "ftp://x"), ("reaches", ["nowhere"]),
    ],
)  # fmt: skip
def test_a_flaw_stands_beside_its_field(knowledge, clerk, field, value):
    """The form comes back with status 400 and with what was typed; nothing is made."""
    page = clerk(Role.SECURITY).post("/zones/new", NEW | {field: value})
    assert page.status_code == 400
    assert f'id="d-{field}"' in page.text
    assert 'value="3100"' in page.text
    assert len(all_zones(knowledge)) == 3


def test_a_zone_in_use_is_not_removed_and_the_page_says_by_what(knowledge, clerk):
    """Rules and other zones that name it."""
    one = clerk(Role.SECURITY)
    assert "在职人员" in one.get("/zones/public/remove").text
    assert one.post("/zones/public/remove").status_code == 400
    assert "public" in all_zones(knowledge)


@pytest.mark.usefixtures("switch")
def test_what_devices_in_use_cannot_carry_out_is_shown_and_refused(knowledge, clerk):
    """By vendor, with the reason."""
    knowledge.objections = lambda zone, _vendor: (Text("不支持限速", "knows no rates"),) if zone.rate_up else ()
    one = clerk(Role.SECURITY)
    assert "都能执行" in one.get("/zones").text
    page = one.post("/zones/public/edit", {"name": "公用", "rate_up": "1"})
    assert page.status_code == 400
    assert "无法执行：不支持限速" in page.text
    assert all_zones(knowledge)["public"].rate_up is None
    assert one.post("/zones/new", NEW).status_code == 303  # no rule leads into it yet
    assert "新华三 H3C不能执行" in one.get("/zones").text
    assert "不支持限速" in one.get("/zones/exit").text


def test_only_security_changes_zones(clerk):
    """The system administrator sees them."""
    one = clerk(Role.SYSTEM)
    assert "public" in one.get("/zones").text
    assert "/zones/new" not in one.get("/zones").text
    assert one.post("/zones/new", NEW).status_code == 403
    assert one.get("/zones/public/edit").status_code == 403
    assert one.get("/zones/nowhere").status_code == 404


def test_rates_are_exact():
    """What is shown is what is read back, to the bit."""
    assert [megabits(rate) for rate in (1000, 1500, 10_000_000, 10**12)] == ["0.001", "0.0015", "10", "1000000"]
    assert shown(Zone("a", "b"))["rate_up"] == ""
