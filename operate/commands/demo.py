"""`demo`: the README's first command."""

import asyncio

from operate.call import Call
from operate.spoken import command
from operate.words import t


@command(
    "demo",
    t(
        "试用整个产品：嵌入式目录、虚构的清水市、三个区域、一台本机网络设备。Ctrl-C 停止它启动的一切。",
        "Try the whole product: embedded directory, a made-up town, three zones, one network device on loopback. "
        "Ctrl-C stops all that it started.",
    ),
)
def demo(call: Call) -> None:  # noqa: ARG001 - the demo has settings of its own
    """Run until Ctrl-C."""
    from operate.demo import Demo
    from operate.logs import configure

    configure("readable", "warning")
    asyncio.run(Demo().run())


COMMAND = demo
