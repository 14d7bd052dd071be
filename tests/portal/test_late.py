"""An application that is made when it is first asked."""

import asyncio

from portal.late import Late


def test_it_is_made_once_and_then_serves():
    """Two who ask at the same time get the same."""
    made, served = [], []

    async def app(scope, _receive, _send):
        served.append(scope["path"])

    def make():
        made.append(1)
        return app

    async def play():
        late = Late(make)
        assert made == []
        await asyncio.gather(*(late({"path": path}, None, None) for path in ("/a", "/b", "/c")))

    asyncio.run(play())
    assert made == [1]
    assert sorted(served) == ["/a", "/b", "/c"]
