"""Orders over the API."""

from access import enforcement
from directory import people
from portal.console.roles import Role
from tests.portal.api.builders import open_session


def test_an_order_tells_what_the_device_said(program, knowledge):
    """To whoever sees the session, and to nobody else."""
    with knowledge.store.write() as unit:
        number = open_session(unit.session, people.by_login(unit.session, "liting").subject)
        order = enforcement.order_disconnect(unit, number, "test")
        enforcement.record_outcome(unit, order, "nak", "503")
    told = program(Role.UNIT, "court").get(f"/orders/{order}")
    assert (told["outcome"], told["detail"], told["device"], told["verdict"]) == ("nak", "503", 1, None)
    assert program(Role.UNIT, "finance").get(f"/orders/{order}", 404)["code"] == "AP-303"
    assert program(Role.SYSTEM).get("/orders/999", 404)["code"] == "AP-303"
