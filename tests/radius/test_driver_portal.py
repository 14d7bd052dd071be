"""The driver and the portal: an unknown device is sent there, and whoever logged in there is judged at each request."""

import pytest
from sqlalchemy import select

from access import bindings, own_devices, redirects
from access.decision import Zone
from access.evidence import Strength
from access.rulebook import compile_rulebook, parse_rule
from access.tables import LoginRow
from directory.passwords import hash_new
from directory.synchronisation import Upsert
from tests.radius.builders import SECRET, OneDevice, device
from tests.radius.playing import REDIRECT_KEY, entry, play
from tests.support.switch import Switch

PHONE = "02:00:00:00:00:07"
CALLING = "02-00-00-00-00-07"
URL = "https://portal.test/in/{token}?"
ZONES = (
    Zone("portal", "认证引导区", vlan="199", session_timeout=1800, redirect_url=URL, redirect_acl="3199"),
    Zone("office", "办公区", vlan="120", session_timeout=7200),
    Zone("strong", "专用区", vlan="130"),
    Zone("public", "公用区", vlan="110"),
)
RULES = (
    {"result": "portal", "category": "unknown"},
    {"result": "public", "category": "endpoint"},
    {"result": "strong", "method": "portal", "strength": 2},
    {"result": "office", "method": "portal", "category": "staff"},
)
PRINTER = {
    "objectclass": [b"device", b"rnEndpoint"],
    "rnsubjectid": [b"e-printer"],
    "cn": [b"printer"],
    "macaddress": [PHONE.encode()],
    "rnstatus": [b"active"],
    "rnhomeunit": [b"city"],
}


@pytest.fixture(scope="module")
def verifier():
    """One argon2id hash for all stories of this file."""
    return hash_new("right password")


def story_at(store, story, entries, vendor="huawei", **changes):
    """Run a story at a switch of a vendor whose devices redirect."""

    async def with_rules(one):
        rules = [parse_rule(number=at, position=at, name=str(at), **told) for at, told in enumerate(RULES, 1)]
        one.driver.rulebook = compile_rulebook(ZONES, rules, {"city": None})
        one.driver.exchange.replace_devices(OneDevice(device(vendor=vendor)))
        await story(one)

    play(store, with_rules, entries, **changes)


def bind(one, seconds=3600.0, strength=Strength.PASSWORD, subject="p-liwei"):
    """Log in at the portal, and let the worker know."""
    with one.store.write() as unit:
        bindings.bind(
            unit, hardware=PHONE, subject=subject, strength=strength, device=1, address="10.0.0.7",
            valid_until=unit.now + seconds, actor="portal",
        )  # fmt: skip
    one.bindings.load(one.store)


def ask(one, identifier=0):
    """Ask by hardware address as a switch does, and return the answer."""
    switch = Switch(SECRET, identifier=identifier)
    request = switch.mac("020000000007", CALLING)
    one.hear(request)
    return switch.read(one.wire.sent[-1], request)


def portal_url(answer):
    """The address in HW-Portal-URL (2011/156)."""
    return next(
        (
            value[6:].decode()
            for kind, value in answer.attributes
            if kind == 26 and value[:5] == b"\x00\x00\x07\xdb\x9c"
        ),
        None,
    )


def timeout(answer):
    """Session-Timeout."""
    return int.from_bytes(answer.first(27), "big")


def logins(store):
    """What was recorded, in order."""
    with store.read() as session:
        rows = session.scalars(select(LoginRow).order_by(LoginRow.number)).all()
        return [(row.subject, row.method, row.zone, row.reason) for row in rows]


def test_an_unknown_device_is_sent_to_the_portal_with_its_own_token(sqlite_store):
    """The address is another one for each device and each switch, and ends as the zone says."""

    async def story(one):
        answer = ask(one)
        url = portal_url(answer)

        assert answer.vlan == "199"
        assert timeout(answer) == 1800
        assert url.startswith("https://portal.test/in/")
        assert url.endswith("?")
        assert redirects.read(REDIRECT_KEY, url[23:-1]) == (PHONE, 1)

    story_at(sqlite_store, story, [])
    assert logins(sqlite_store) == [(None, "mac", "portal", None)]


def test_a_zone_without_a_place_for_the_token_is_sent_as_it_is(sqlite_store):
    """Only what stands there is replaced."""

    async def story(one):
        plain = ZONES[0]._replace(redirect_url="https://portal.test/")
        rule = parse_rule(number=1, position=1, name="all", result="portal", category="unknown")
        one.driver.rulebook = compile_rulebook([plain], [rule], {"city": None})
        assert portal_url(ask(one)) == "https://portal.test/"

    story_at(sqlite_store, story, [])


def test_whoever_logged_in_at_the_portal_gets_the_own_zone(sqlite_store, verifier):
    """The person behind the binding is judged by method portal and by the strength that was proven."""

    async def story(one):
        bind(one, seconds=100_000)
        answer = ask(one)
        assert (answer.vlan, timeout(answer), portal_url(answer)) == ("120", 7200, None)
        bind(one, strength=Strength.STRONG)
        assert ask(one, 1).vlan == "130"

    story_at(sqlite_store, story, [entry(b"liwei", verifier)])
    assert logins(sqlite_store) == [("p-liwei", "portal", "office", None), ("p-liwei", "portal", "strong", None)]


@pytest.mark.parametrize(("strength", "vlan"), [(Strength.PASSWORD, "120"), (Strength.STRONG, "130")])
def test_a_session_is_never_longer_than_its_binding(sqlite_store, verifier, strength, vlan):
    """The smaller of the zone's time and what is left, also where the zone has none; then the device asks again."""

    async def story(one):
        bind(one, seconds=600.0, strength=strength)
        answer = ask(one)
        assert answer.vlan == vlan
        assert 590 <= timeout(answer) <= 600
        assert answer.first(29) == (1).to_bytes(4, "big")

    story_at(sqlite_store, story, [entry(b"liwei", verifier)])


def test_a_binding_that_is_nearly_over_is_over(sqlite_store, verifier):
    """A session of seconds would only be a login after the other."""

    async def story(one):
        bind(one, seconds=59.0)
        assert ask(one).vlan == "199"

    story_at(sqlite_store, story, [entry(b"liwei", verifier)])


@pytest.mark.parametrize(
    ("change", "vlan"),
    [
        (lambda _: entry(b"liwei", b"x", state=b"suspended"), "199"),
        (lambda _: entry(b"liwei", b"x", state=b"left"), "199"),
        (lambda told: told._replace(attributes=told.attributes | {"rnemployment": [b"visitor"]}), "199"),
        (lambda told: told._replace(attributes=told.attributes | {"rnsubjectid": [b"p-other"]}), "199"),
        (lambda told: told, "120"),
    ],
)
def test_a_person_who_may_not_come_in_is_sent_to_the_portal(sqlite_store, verifier, change, vlan):
    """Suspended, left, without a rule, gone: judged anew at each request; the record says whose device it is."""

    async def story(one):
        bind(one)
        assert ask(one).vlan == "120"
        one.mirror.apply(change(entry(b"liwei", verifier)))
        answer = ask(one, 1)
        assert answer.vlan == vlan
        # The session of a device in the portal's zone is nobody's: Class names no person.
        assert (b"p-liwei" in answer.first(25)) is (vlan == "120")

    story_at(sqlite_store, story, [entry(b"liwei", verifier)])
    subject, method, zone, _ = logins(sqlite_store)[1]
    assert subject == "p-liwei"
    assert (method, zone) == (("portal", "office") if vlan == "120" else ("mac", "portal"))


def test_a_registered_device_is_what_was_registered(sqlite_store, verifier):
    """Whoever logs in at the portal with a printer's address does not become the printer, nor it the person."""

    async def story(one):
        bind(one)
        assert ask(one).vlan == "110"

    printer = Upsert(b"2" * 16, "cn=printer,dc=test", PRINTER)
    story_at(sqlite_store, story, [entry(b"liwei", verifier), printer])
    assert logins(sqlite_store) == [("e-printer", "mac", "public", None)]


def test_a_lost_device_is_refused_whatever_it_proves(sqlite_store, verifier):
    """By hardware address and by a password that is right, which is not even looked at."""

    async def story(one):
        bind(one)
        with one.store.write() as unit:
            own_devices.report_lost(unit, PHONE, "p-liwei", "p-liwei")
        one.bindings.load(one.store)
        assert ask(one).code == 3
        switch = Switch(SECRET, identifier=9)
        request = switch.pap("liwei", "right password", [(31, CALLING.encode())])
        one.hear(request)
        assert switch.read(one.wire.sent[-1], request).code == 3
        assert one.driver.counts["hashed", "queued"] == 0

    story_at(sqlite_store, story, [entry(b"liwei", verifier)])
    assert [reason for *_, reason in logins(sqlite_store)] == ["TN-209", "TN-209"]


def test_a_device_that_is_refused_from_memory_is_judged_once_somebody_stands_behind_it(sqlite_store, verifier):
    """A binding is felt by the next request, and each appearance of a lost device is recorded."""

    async def story(one):
        one.driver.rulebook = compile_rulebook(ZONES, [parse_rule(**RULES[3], number=1, position=1, name="1")], {})
        assert [ask(one, number).code for number in range(5)] == [3] * 5
        assert one.driver.counts["quieted", "TN-401", "mac"] == 3
        bind(one)
        assert ask(one, 5).code == 2
        with one.store.write() as unit:
            own_devices.report_lost(unit, PHONE, "p-liwei", "p-liwei")
        one.bindings.load(one.store)
        assert [ask(one, number).code for number in range(6, 9)] == [3] * 3

    story_at(sqlite_store, story, [entry(b"liwei", verifier)], quiet_after=2)
    assert [reason for *_, reason in logins(sqlite_store)] == ["TN-401", "TN-401", None, *["TN-209"] * 3]


def test_a_password_login_without_hardware_has_no_token(sqlite_store, verifier):
    """The portal is reached all the same, and asks nothing of a placeholder."""

    async def story(one):
        rule = parse_rule(number=1, position=1, name="all", result="portal")
        one.driver.rulebook = compile_rulebook(ZONES, [rule], {"city": None})
        switch = Switch(SECRET)
        request = switch.pap("liwei", "right password", [])
        one.hear(request)
        await one.answers(1)
        assert portal_url(switch.read(one.wire.sent[-1], request)) == "https://portal.test/in/?"

    story_at(sqlite_store, story, [entry(b"liwei", verifier)])
