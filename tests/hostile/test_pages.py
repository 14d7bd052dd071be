"""Hostile input at the pages: markup in every name that RADIUS or a list can bring in, and headers that lie."""

import pytest

from access import bindings, devices
from access.evidence import Strength
from access.tables import LoginRow, SessionRow, UnknownSourceRow
from access.traces import keep
from directory import endpoints, people, units
from directory.people import NewPerson
from portal.console.roles import Role
from radius.login import printable
from tests.support.doors import HARDWARE, Visitor, console_client, publish

MARKUP = "<img src=x onerror=alert(1)>"
QUOTED = "\"><svg/onload=alert(1)>'"
PATHS = (
    "/", "/people", "/people?q={markup}", "/people/{person}", "/people/{person}/logins", "/people/{person}/history",
    "/people/{person}/edit", "/people/{person}/end", "/units", "/units/evil", "/endpoints", "/endpoints?q={markup}",
    "/endpoints/{endpoint}", "/devices", "/devices/inbox", "/devices/{device}", "/devices/{device}/edit", "/online",
    "/online?q={markup}", "/logins", "/logins?q={markup}", "/logins/{login}", "/logins/who-had?address={markup}",
    "/rules", "/zones", "/administrators", "/own",
)  # fmt: skip


@pytest.fixture
def evil(knowledge):
    """A registry full of markup; return what the paths name."""
    with knowledge.store.write() as unit:
        units.add(unit, "test", code="evil", name=MARKUP, kind="department", parent="city")
        new = NewPerson(login="evil", name=MARKUP, unit="evil", title=QUOTED)
        (person,) = people.add_many(unit, "test", [new], assurance=1)
        endpoint = endpoints.add(
            unit, "test", hardware="02:00:00:00:00:66", name=QUOTED, kind="printer", owner=person, home="evil",
            valid_until=unit.now + 86400, zones=["public"],
        )  # fmt: skip
        number, _ = devices.add(
            unit, "test", knowledge.sealer, name="evil", prefix="192.0.2.66", vendor="standard", site=QUOTED,
            group=MARKUP,
        )  # fmt: skip
        login = int(unit.now * 1000) << 20
        told = printable(f"{MARKUP}\u202e\x1b[2J".encode())
        where = {"port": printable(QUOTED.encode()), "hardware": HARDWARE, "device": number}
        unit.session.add(
            LoginRow(
                number=login,
                at=unit.now,
                login=told,
                subject=person,
                ssid=MARKUP,
                method="pap",
                reason="TN-402",
                trace=keep(unit.session, ()),
                **where,
            )
        )
        unit.session.add(
            SessionRow(
                key=b"e" * 16,
                generation=1,
                acct_session=QUOTED,
                login=told,
                subject=person,
                zone="public",
                address="10.0.0.66",
                started_at=unit.now,
                updated_at=unit.now,
                **where,
            )
        )
        unit.session.add(UnknownSourceRow(address=MARKUP, packets=1, first_at=1.0, last_at=2.0))
    return {"person": person, "endpoint": endpoint, "device": number, "login": login, "markup": MARKUP}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_page_of_the_console_carries_markup_of_others(clerk, evil, language):
    """Whatever name it came in; the page is there, and what was written shows as text."""
    one = clerk(Role.SYSTEM)
    one.client.cookies.set("lang", language)
    shown = 0
    for path in PATHS:
        answer = one.get(path.format(**evil))
        assert answer.status_code < 500, path
        assert "<img src=x" not in answer.text, path
        assert "<svg/onload" not in answer.text, path
        assert "\x1b" not in answer.text, path
        assert "\u202e" not in answer.text, path
        shown += "&lt;img src=x" in answer.text
    assert shown >= 8


def test_nor_does_a_page_of_the_door(knowledge):
    """The name of whoever is logged in, and a login name as it was typed."""
    with knowledge.store.write() as unit:
        new = NewPerson(login="evil", name=MARKUP, unit="court")
        people.add_many(unit, "test", [new], assurance=1)
    subject = publish(knowledge, "evil")
    visitor = Visitor(knowledge)
    visitor.come()
    assert "<img src=x" not in visitor.log_in(MARKUP, "x").text
    with knowledge.store.write() as unit:
        bindings.bind(unit, hardware=HARDWARE, subject=subject, strength=Strength.PASSWORD, device=1,
                      address="127.0.0.1", valid_until=unit.now + 60, actor="test")  # fmt: skip
    text = visitor.client.get("/s").text
    assert "&lt;img src=x" in text
    assert "<img src=x" not in text


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1:1", "a" * 300, "x\ty"])
def test_no_host_header_is_believed(knowledge, visitor, host):
    """Not in a redirect, not in a page, not at the console."""
    for client in (visitor.client, console_client(knowledge)):
        for path in ("/", "/login", "/nowhere", "/people", "/s"):
            answer = client.get(path, headers={"host": host, "x-forwarded-host": "evil.example"})
            assert answer.status_code < 500
            assert "evil.example" not in answer.text + str(answer.headers)


def test_odd_requests_end_in_an_answer(knowledge, visitor):
    """Methods, paths and bodies that no browser sends."""
    for client in (visitor.client, console_client(knowledge)):
        for method, path, more in (
            ("PUT", "/login", {}), ("DELETE", "/", {}), ("POST", "/", {"content": b"\xff" * 1000}),
            ("POST", "/login", {"content": b"x", "headers": {"content-type": "multipart/form-data; boundary=x"}}),
            ("POST", "/login", {"data": {f"f{number}": "x" for number in range(2000)}}),
            ("GET", "/%00", {}), ("GET", "/in/" + "A" * 5000, {}), ("GET", "/..%2f..%2fetc/passwd", {}),
            ("GET", "/static/..%2f..%2fsettings.py", {}), ("GET", "/static/%2e%2e/rendering.py", {}),
            ("POST", "/login", {"data": {"login": "\ud800".encode("utf-8", "surrogatepass"), "password": b"\xff"}}),
        ):  # fmt: skip
            answer = client.request(method, path, **more)
            assert 300 <= answer.status_code < 500, (method, path, answer.status_code)
