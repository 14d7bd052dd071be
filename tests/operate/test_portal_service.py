"""The process that serves pages, in the running demo."""

import http.client
import json
from urllib.parse import urlsplit

from operate.asking import read_environment
from tests.support.product import until


def asked(url, path="/", **headers):
    """Ask once, following nothing; return status, headers."""
    place = urlsplit(url)
    connection = http.client.HTTPConnection(place.hostname, place.port, timeout=10)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, body


def test_pages_are_served_and_carry_their_headers(demo):
    """Both doors, with their policies; no header says what serves them."""
    values = read_environment(demo.environment)
    for url, path, status in ((values["PORTAL_URL"], "/generate_204", 302), (values["CONSOLE_URL"], "/login", 200)):
        told, headers, _ = asked(url, path)
        assert told == status
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "server" not in headers


def test_no_header_changes_who_asks(demo):
    """X-Forwarded-For of a stranger is a stranger's word."""
    values = read_environment(demo.environment)
    _, _, plain = asked(values["PORTAL_URL"], "/capport")
    _, _, forged = asked(
        values["PORTAL_URL"], "/capport", **{"x-forwarded-for": "10.9.8.7", "forwarded": "for=10.9.8.7"}
    )
    assert json.loads(plain) == json.loads(forged)


def test_link_of_the_demo_invites_a_system_administrator(demo):
    """As printed, and as the file tells."""
    values = read_environment(demo.environment)
    link = values["ADMIN_LINK"].removeprefix(values["CONSOLE_URL"])
    assert "系统管理员" in asked(values["CONSOLE_URL"], link)[2].decode()


def test_readiness_counts_the_pages(demo):
    """The supervisor watches the process as it watches the others."""
    health = (demo.var / "demo" / "truename.toml").read_text("utf-8").split('health = "')[1].split('"')[0]
    assert until(lambda: json.loads(asked(f"http://{health}", "/readyz")[2])["portal"])
