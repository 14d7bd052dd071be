"""Headers of every answer, and posts that come from elsewhere."""

from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from portal.headers import MOST_OCTETS, Guarded, policy, style_source


async def echo(request):
    """Say how much came."""
    return PlainTextResponse(str(len(await request.body())))


def client(*, secure=False):
    """A browser in front of an app of one page."""
    app = Starlette(routes=[Route("/", echo, methods=["GET", "POST"])])
    guarded = Guarded(app, policy=policy(), origin="https://portal.test", secure=secure)
    return TestClient(guarded, base_url="https://portal.test")


def test_policy_allows_nothing_inline_and_nothing_from_elsewhere():
    """A style is allowed by its hash, as browsers compute it (CSP level 3 §2.3.1)."""
    assert "unsafe" not in policy(styles=style_source("p{}"), scripts="'self'")
    assert style_source("") == "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
    assert "connect-src 'none'" in policy()


def test_answers_are_not_kept_and_not_framed():
    """Pages hold personal data."""
    told = client(secure=True).get("/").headers
    assert told["cache-control"] == "no-store"
    assert told["x-frame-options"] == "DENY"
    assert "max-age" in told["strict-transport-security"]
    assert "strict-transport-security" not in client().get("/").headers


def test_posts_of_other_sites_are_refused():
    """Whichever of the two headers a browser sends; a tool that sends none is let through to the form's key."""
    browser = client()
    assert browser.post("/", headers={"origin": "https://portal.test"}).status_code == 200
    assert browser.post("/").status_code == 200
    for headers in ({"origin": "https://evil.test"}, {"origin": "null"}, {"sec-fetch-site": "same-site"}):
        assert browser.post("/", headers=headers).status_code == 403


def test_bodies_have_a_bound():
    """Told or not told beforehand."""
    assert client().post("/", content=b"", headers={"content-length": str(MOST_OCTETS + 1)}).status_code == 413
    assert client().post("/", content=b"", headers={"content-length": "x"}).status_code == 400
