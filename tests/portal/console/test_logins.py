"""The login log, searched."""

import re

import pytest
from sqlalchemy import select

from portal.console.roles import Role
from portal.console.sought import local
from store.record import ActRow
from tests.support.records import ago, write_login

pytestmark = pytest.mark.postgresql


def found(page):
    """Return the numbers of the logins on a page."""
    return [int(number) for number in re.findall(r'<th scope="row"><a href="/logins/([0-9]+)"', page.text)]


def test_the_latest_come_first_with_their_outcome(network, clerk):
    """Granted into which zone, refused why."""
    page = clerk(Role.AUDIT).get("/logins")
    assert found(page) == [network.unknown, network.refused, network.court, network.granted]
    assert "TN-401" in page.text
    assert "没有规则允许此次登录" in page.text
    assert "接入-2" in page.text


def test_every_condition_narrows_it(network, clerk):
    """Person, hardware address, device, reason, outcome, zone, unit, time."""
    one = clerk(Role.SYSTEM)
    zone = one.knowledge.time_zone
    wanted = {
        "q=zhangwei": [network.refused, network.granted],
        "q=nobody": [network.unknown],
        "q=aabb-cc00-0001": [network.unknown, network.refused, network.court, network.granted],
        "device=接入-2": [network.court],
        "reason=TN-101": [network.unknown],
        "outcome=granted": [network.court, network.granted],
        "outcome=refused&zone=public": [],
        "zone=public&unit=finance": [network.granted],
        f"since={local(one.knowledge.clock() - 150, zone)}": [network.unknown, network.refused],
        f"until={local(one.knowledge.clock() - 250, zone)}": [network.granted],
    }
    for query, numbers in wanted.items():
        assert found(one.get(f"/logins?{query}")) == numbers, query


def test_a_unit_finds_own_logins_only(network, clerk):
    """However it asks; logins of nobody known are the city's."""
    own = clerk(Role.UNIT, "court")
    assert found(own.get("/logins")) == [network.court]
    for query in ("q=张伟", f"q={network.zhang}", "q=nobody", "reason=TN-401"):
        assert found(own.get(f"/logins?{query}")) == [], query
    assert found(own.get("/logins?q=aa:bb:cc:00:00:01")) == [network.court]
    assert own.get("/logins?unit=finance").status_code == 404


def test_pages_follow_by_number(network, clerk):
    """With the conditions that were told."""
    assert network
    one = clerk(Role.SYSTEM)
    base = ago(5000)
    numbers = [write_login(one.knowledge.store, base - at, login="many", subject=None) for at in range(60)]
    first = one.get("/logins?q=many")
    assert found(first) == numbers[:50]
    assert f"q=many&amp;before={numbers[49]}" in first.text
    assert found(one.get(f"/logins?q=many&before={numbers[49]}")) == numbers[50:]


def test_what_is_malformed_is_told_beside_its_field(network, clerk):
    """Nothing is searched then."""
    assert network
    answer = clerk(Role.SYSTEM).get("/logins?since=soon")
    assert answer.status_code == 400
    assert 'id="d-since"' in answer.text
    assert found(answer) == []


def test_looking_at_one_persons_history_is_recorded(network, clerk):
    """As is that of one address; a list of everybody tells of nobody in detail."""
    one = clerk(Role.SYSTEM)
    for query in ("", "?reason=TN-101", "?q=zhangwei", "?q=10.8.0.1"):
        one.get(f"/logins{query}")
    with one.knowledge.store.read() as session:
        acts = session.scalars(select(ActRow).where(ActRow.act == "logins.view").order_by(ActRow.number)).all()
    assert [act.subject for act in acts] == [network.zhang, "10.8.0.1"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_empty_log_says_what_to_do(clerk, lang):
    """In both languages."""
    page = clerk(Role.SYSTEM).get(f"/logins?lang={lang}").text
    assert ("是否已登记" in page) == (lang == "zh")
