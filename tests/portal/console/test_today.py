"""The first page."""

import re

import pytest

from access.device_drops import record_drops
from directory import people
from portal.console.roles import Role
from tests.portal.console.pages import words
from tests.support.records import ago, write_login

pytestmark = pytest.mark.postgresql


def test_every_role_has_a_first_page(clerk):
    """In the own language, with the own name, and where there is nothing yet it says what to do."""
    one = clerk(Role.SYSTEM)
    page = one.get("/").text
    assert one.login in page
    assert "还没有登记网络设备" in page
    assert "24 小时内没有登录" in page
    for role in (Role.SECURITY, Role.AUDIT):
        assert clerk(role).get("/?lang=en").status_code == 200


@pytest.mark.usefixtures("network")
def test_each_number_leads_to_what_is_behind_it(clerk):
    """Sessions, logins, refusals and their reasons: the list shows as many as the number says."""
    one = clerk(Role.SYSTEM)
    page = one.get("/").text
    links = re.findall(r'href="(/(?:online|logins)\?[^"]*)">([0-9]+)', page)
    assert {link.partition("?")[0] for link, _ in links} == {"/logins"}
    for link, number in links:
        listed = one.get(link.replace("&amp;", "&")).text
        assert listed.count('<th scope="row"><a href="/logins/') == int(number), link
    assert '<dd><a href="/online">3</a></dd>' in page


@pytest.mark.usefixtures("network")
def test_pictures_have_a_table_beside_them(clerk):
    """And reasons their sentence with what to do."""
    page = clerk(Role.SYSTEM).get("/").text
    assert page.count('role="img"') == 2  # for wide and for narrow screens
    assert page.count("<details") >= 1
    assert "没有规则允许此次登录" in words(clerk(Role.SECURITY).get("/"))
    assert 'class="s5"' in page


def test_devices_that_are_silent_are_named(network, clerk):
    """Both were heard of; a third was not."""
    assert network
    one = clerk(Role.SYSTEM)
    assert 'id="silent"' not in one.get("/").text
    from access.tables import DeviceRow

    with one.knowledge.store.write() as unit:
        unit.session.add(
            DeviceRow(number=3, name="接入-3", prefix="10.0.0.3/32", vendor="h3c", secret=b"x", created_at=0)
        )
    page = one.get("/").text
    assert 'id="silent"' in page
    assert "3 台中有 1 台" in page
    assert "接入-3" not in clerk(Role.AUDIT).get("/").text


def test_devices_that_get_no_answer_are_an_alarm(network, clerk):
    """A fault that goes on now; it leads to the devices, and is not the auditor's or a unit's."""
    assert network
    one = clerk(Role.SYSTEM)
    assert "被丢弃的报文" not in one.get("/").text
    with one.knowledge.store.write() as unit:
        record_drops(unit, {(2, "message-authenticator"): (40, "10.0.0.2")})
    page = one.get("/").text
    assert "1 台网络设备一小时内的报文没有得到应答" in page
    assert 'href="/devices?show=unheard"' in page
    found = one.get("/devices?show=unheard").text
    assert "接入-2" in found
    assert "接入-1" not in found
    assert one.get("/devices").text.count("没有应答</span>") == 1
    for other in (clerk(Role.AUDIT), clerk(Role.UNIT, "court")):
        assert "被丢弃的报文" not in other.get("/").text


def test_a_unit_counts_own_people_only(network, clerk):
    """Neither logins of others, nor what only the city can mend."""
    own = clerk(Role.UNIT, "court")
    page = own.get("/").text
    assert '<dd><a href="/online">1</a></dd>' in page
    assert "TN-401" not in page
    assert 'id="states"' not in page
    assert "接入-" not in page
    write_login(own.knowledge.store, ago(20), subject=network.li, zone=None, reason="TN-205")
    assert "TN-205" in own.get("/").text


def test_what_ends_soon_is_listed(network, clerk):
    """For those who may extend it, and of own people only."""
    one = clerk(Role.SYSTEM)
    with one.knowledge.store.write() as unit:
        people.change(unit, "test", network.zhang, valid_until=unit.now + 86400)
    assert f"/people/{network.zhang}" in one.get("/today/ending").text
    assert network.zhang not in clerk(Role.UNIT, "court").get("/today/ending").text
    assert clerk(Role.SECURITY).get("/today/ending").status_code == 403
