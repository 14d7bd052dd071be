"""`serve`: run the product from truename.toml until it is told to stop."""

import asyncio
import os

import structlog

from operate.call import Call
from operate.spoken import command
from operate.words import t


@command(
    "serve",
    t(
        "按 truename.toml 运行服务，直到收到 SIGTERM 或 Ctrl-C。",
        "Run the service from truename.toml until SIGTERM or Ctrl-C.",
    ),
)
def serve(call: Call) -> None:
    """Supervise everything in the foreground."""
    from operate.installation import missing_key
    from operate.logs import configure
    from operate.supervisor import Supervisor

    settings = call.settings
    if (missing := missing_key(settings)) is not None:
        raise missing
    configure(settings.truename.log_format, settings.truename.log_level)
    structlog.contextvars.bind_contextvars(process="supervisor", pid=os.getpid())
    asyncio.run(Supervisor(settings).run())


COMMAND = serve
