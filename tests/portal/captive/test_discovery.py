"""Probes and the API of RFC 8908."""

import pytest

from portal.captive.discovery import PROBES
from tests.portal.captive.test_waiting import asked_again
from tests.support.doors import PORTAL, publish


@pytest.mark.parametrize("path", [*PROBES, "/anything/else?x=1"])
@pytest.mark.parametrize("host", ["connectivitycheck.gstatic.com", "captive.apple.com", "evil.example"])
def test_probes_are_led_to_the_door(visitor, path, host):
    """302 to our own address, whatever host was asked: a header decides nothing."""
    answer = visitor.client.get(path, headers={"host": host})
    assert answer.status_code == 302
    assert answer.headers["location"] == PORTAL + "/"
    assert answer.headers["cache-control"] == "no-store"
    assert visitor.client.head(path, headers={"host": host}).status_code == 302


def test_api_says_captive_until_somebody_is_in(knowledge, visitor):
    """RFC 8908 §5: the remaining time only while not captive."""
    told = visitor.client.get("/capport")
    assert told.headers["content-type"] == "application/captive+json"
    assert told.headers["cache-control"] == "private, no-store"
    assert told.json() == {"captive": True, "user-portal-url": PORTAL + "/"}
    publish(knowledge, "zhangwei")
    visitor.come()
    visitor.log_in("zhangwei")
    assert visitor.client.get("/capport").json()["captive"] is True
    asked_again(knowledge, "public")
    told = visitor.client.get("/capport").json()
    assert told["captive"] is False
    assert 0 < told["seconds-remaining"] <= knowledge.portal.binding_hours * 3600
