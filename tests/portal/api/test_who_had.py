"""Who had an address, over the API."""

from directory import people
from portal.console.roles import Role
from tests.portal.api.builders import open_session


def test_who_had_an_address(program, knowledge):
    """Now or at a time; that somebody asked is recorded; what is no address is refused."""
    with knowledge.store.write() as unit:
        open_session(unit.session, people.by_login(unit.session, "zhangwei").subject, address="10.8.0.7")
    one = program(Role.AUDIT)
    (held,) = one.get("/who-had?address=10.8.0.7")["items"]
    assert (held["session"]["name"], held["until"]) == ("张伟", None)
    assert one.get("/who-had?address=10.8.0.7&at=2020-01-01T00:00:00Z")["items"] == []
    assert one.get("/who-had?address=junk", 422)["field"] == "address"
    assert one.get("/acts?act=address.view")["items"][0]["subject"] == "10.8.0.7"
    assert program(Role.UNIT, "court").get("/who-had?address=10.8.0.7")["items"] == []
    assert len(program(Role.UNIT, "finance").get("/who-had?address=10.8.0.7")["items"]) == 1
