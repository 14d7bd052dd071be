"""What the runner knows of a running server."""

from bench.contestant import Serving


def test_the_secret_is_not_shown():
    """A shared secret is in no repr."""
    serving = Serving("127.0.0.1", 1812, 1813, "a secret", (1,), ())

    assert "secret" not in repr(serving)
