"""Endpoints: found, with who answers for each and until when."""

import pytest

from directory import endpoints, people
from portal.console.roles import Role
from tests.support.doors import person_of
from tests.support.records import write_session

pytestmark = pytest.mark.postgresql


@pytest.fixture
def printer(knowledge):
    """A printer of the finance department that ends in five days, and a camera of the court without end."""
    with knowledge.store.write() as unit:
        owner = people.by_login(unit.session, "wangfang").subject
        other = people.by_login(unit.session, "liting").subject
        endpoints.add(unit, "t", hardware="02:00:00:00:00:0a", name="东门摄像头", kind="camera", owner=other)
        return endpoints.add(
            unit, "t", hardware="02:00:00:00:00:09", name="二楼打印机", kind="printer", owner=owner, zones=["public"],
            valid_until=unit.now + 5 * 86400,
        )  # fmt: skip


def test_the_list_is_filtered(clerk, printer):
    """By name or address, unit, state, and what ends soon."""
    one = clerk(Role.SYSTEM)
    assert printer in one.get("/endpoints").text
    for query, found in (
        ("q=打印", True), ("q=00:09", True), ("q=东门", False), ("unit=court", False), ("unit=city", True),
        ("state=suspended", False), ("state=active", True), ("ending=1", True), ("unit=nowhere", False),
    ):  # fmt: skip
        assert (printer in one.get(f"/endpoints?{query}").text) is found, query
    part = one.get("/endpoints?q=打印", headers={"hx-request": "true"}).text
    assert "<html" not in part


@pytest.mark.usefixtures("printer")
def test_what_ends_soon_is_said_above_the_list(clerk):
    """With the way to prolong it; nobody is warned of what is not theirs."""
    assert "有 1 台设备" in clerk(Role.UNIT, "finance").get("/endpoints").text
    assert "14 天内到期" not in clerk(Role.UNIT, "court").get("/endpoints").text


def test_an_endpoints_page_has_everything(knowledge, clerk, printer):
    """Facts, who answers, where it is online, what was changed."""
    write_session(knowledge.store, 1, subject=printer, port="GE0/0/3")
    page = clerk(Role.SYSTEM).get(f"/endpoints/{printer}").text
    owner = person_of(knowledge, "wangfang").subject
    for words in ("二楼打印机", "02:00:00:00:00:09", f"/people/{owner}", "即将到期", "GE0/0/3", "public 区", "登记"):
        assert words in page
    assert f"<ins>{owner}" not in page


def test_those_of_others_are_as_if_they_were_not(clerk, printer):
    """Page and list alike."""
    one = clerk(Role.UNIT, "court")
    assert one.get(f"/endpoints/{printer}").status_code == one.get("/endpoints/e-nothing").status_code == 404
    assert "二楼打印机" not in one.get("/endpoints").text
    assert "没有此单位" in one.get("/endpoints?unit=finance").text
