"""What a request tells every door alike."""

from starlette.requests import Request

from portal.language import Language
from portal.requests import address_of, go, language_of


def request(query=b"", headers=()):
    """A request of 192.0.2.1."""
    scope = {"type": "http", "path": "/", "query_string": query, "headers": list(headers), "client": ("192.0.2.1", 4)}
    return Request(scope)


def test_the_socket_says_who_asks():
    """No header does."""
    assert address_of(request(headers=[(b"x-forwarded-for", b"10.0.0.1")])) == "192.0.2.1"


def test_the_links_language_comes_before_the_cookies():
    """And Chinese before anything else."""
    cookie = [(b"cookie", b"lang=en")]
    assert language_of(request()) is Language.CHINESE
    assert language_of(request(headers=cookie)) is Language.ENGLISH
    assert language_of(request(b"lang=zh", cookie)) is Language.CHINESE


def test_after_a_post_the_browser_asks_anew():
    """303 (RFC 9110 §15.4.4): a reload repeats nothing."""
    assert go("/people").status_code == 303
