"""An application that is made when it is first asked: its description costs a third of a second, and few ask."""

import asyncio
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool

from portal.headers import Application, Receive, Scope, Send


class Late:
    """Stands where the application will be."""

    def __init__(self, make: Callable[[], Application]) -> None:
        """`make` is called once, in a thread."""
        self._make = make
        self._made: Application | None = None
        self._lock = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        async with self._lock:
            if self._made is None:
                self._made = await run_in_threadpool(self._make)
        await self._made(scope, receive, send)
