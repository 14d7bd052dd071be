"""What stands on the HTTP port beyond loopback."""

import asyncio

import pytest

from operate.web_server import Signpost


@pytest.mark.parametrize(
    ("path", "to"),
    [
        (b"/generate_204", "https://p/"),
        (b"/in/abc", "https://p/in/abc"),
        (b"/s", "https://p/s"),
        (b"//evil.example", "https://p/"),
        (b"/in/\r\nx", "https://p/"),
    ],
)
def test_beyond_loopback_http_shows_the_way_only(path, to):
    """302 to the address with TLS; the path of a redirect is kept, nothing else."""
    sent = []

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "raw_path": path}
    asyncio.run(Signpost("https://p/")(scope, None, send))
    assert sent[0]["status"] == 302
    assert dict(sent[0]["headers"])[b"location"].decode() == to
