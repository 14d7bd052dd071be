"""Sessions over the API."""

from directory import people
from portal.console.roles import Role
from tests.portal.api.builders import open_session


def opened(knowledge, login, **changes):
    """Open a session of a person; None is nobody known."""
    with knowledge.store.write() as unit:
        subject = people.by_login(unit.session, login).subject if login else None
        return open_session(unit.session, subject, **changes)


def test_sessions_are_found_by_name_and_place(program, knowledge):
    """The latest first, paged, with the names of today."""
    one = program(Role.SYSTEM)
    first, second = opened(knowledge, "zhangwei", zone="public"), opened(knowledge, "liting", address="10.8.0.8")
    assert [each["number"] for each in one.get("/sessions")["items"]] == [second, first]
    assert [each["name"] for each in one.get("/sessions?text=zw")["items"]] == ["张伟"]
    assert [each["number"] for each in one.get("/sessions?zone=public")["items"]] == [first]
    page = one.get("/sessions?limit=1")
    assert [each["number"] for each in one.get(f"/sessions?limit=1&before={page['next']}")["items"]] == [first]
    assert one.get(f"/sessions/{first}")["unit"] == "finance"


def test_a_unit_sees_its_own_alone(program, knowledge):
    """And none of nobody known."""
    opened(knowledge, "zhangwei")
    nobody = opened(knowledge, None)
    own = opened(knowledge, "liting")
    one = program(Role.UNIT, "court")
    assert [each["number"] for each in one.get("/sessions")["items"]] == [own]
    assert one.post(f"/sessions/{nobody}/disconnect", None, 404)["code"] == "AP-303"


def test_sessions_are_ended_and_moved(program, knowledge):
    """By orders; one about a session that is over is refused."""
    one, number = program(Role.SYSTEM), opened(knowledge, "zhangwei")
    order = one.post(f"/sessions/{number}/disconnect", None, 202)
    assert one.get(f"/orders/{order['number']}") == order
    moved = one.post(f"/sessions/{number}/move", {"zone": "public"}, 202)
    assert (moved["kind"], moved["zone"], moved["ordered_by"]) == ("coa", "public", f"admin:{one.login}")
    assert one.post(f"/sessions/{number}/move", {"zone": "nowhere"}, 422)["field"] == "zone"
    over = opened(knowledge, "zhangwei", stopped_at=1.0)
    assert one.post(f"/sessions/{over}/disconnect", None, 409)["code"] == "AP-401"
    assert one.get("/sessions/999", 404)["code"] == "AP-303"
