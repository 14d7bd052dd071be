"""The settings of the demo: loopback only, ports that are free, everything below one directory."""

import os
import socket
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from operate.settings import TREE

PREFERRED = {
    "auth": 1812,
    "acct": 1813,
    "ldaps": 10636,
    "health": 9812,
    "portal": 8080,
    "console": 8444,
    "orders": 3799,
}
LOOPBACK = "127.0.0.1"
ENVIRONMENT = "demo.env"
SUFFIX = "dc=qingshui,dc=internal"


def var() -> Path:
    """Return where the demo lives: `var` in the tree, or where TRUENAME_VAR says."""
    return Path(os.environ.get("TRUENAME_VAR") or TREE / "var").absolute()


class Ports(NamedTuple):
    """Which ports the demo uses."""

    auth: int
    acct: int
    ldaps: int
    health: int
    portal: int
    console: int
    orders: int  # where the demo's network device takes Disconnect and CoA; nobody of ours listens there

    def replaced(self) -> Iterable[tuple[str, int, int]]:
        """Yield (use, wanted, used) for each port that was taken."""
        for use, used in self._asdict().items():
            if used != PREFERRED[use]:
                yield use, PREFERRED[use], used


def _free(kind: socket.SocketKind, wanted: int) -> int:
    for port in (wanted, 0):
        with socket.socket(socket.AF_INET, kind) as probe:
            if kind == socket.SOCK_STREAM:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
            found: int = probe.getsockname()[1]
            return found
    raise OSError("no free port on loopback")


def free_ports() -> Ports:
    """Return the preferred ports where they are free, else others."""
    return Ports(
        auth=_free(socket.SOCK_DGRAM, PREFERRED["auth"]),
        acct=_free(socket.SOCK_DGRAM, PREFERRED["acct"]),
        ldaps=_free(socket.SOCK_STREAM, PREFERRED["ldaps"]),
        health=_free(socket.SOCK_STREAM, PREFERRED["health"]),
        portal=_free(socket.SOCK_STREAM, PREFERRED["portal"]),
        console=_free(socket.SOCK_STREAM, PREFERRED["console"]),
        orders=_free(socket.SOCK_DGRAM, PREFERRED["orders"]),
    )


def write_settings(path: Path, ports: Ports) -> None:
    """Write truename.toml of the demo; its state lies beside it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    text = f"""# The made-up town of `./truename demo`. Written anew at each start.
[truename]
state = "state"
log_level = "warning"
health = "{LOOPBACK}:{ports.health}"

[directory]
suffix = "{SUFFIX}"
city = "清水市"
listen = "{LOOPBACK}:{ports.ldaps}"

[radius]
listen = ["{LOOPBACK}"]
auth_port = {ports.auth}
acct_port = {ports.acct}
realms = ["qingshui.internal"]

[portal]
listen = "{LOOPBACK}:{ports.portal}"
tls_listen = ""
url = "http://{LOOPBACK}:{ports.portal}"
console_listen = "{LOOPBACK}:{ports.console}"
console_url = "http://{LOOPBACK}:{ports.console}"
title = "清水市政务网"
help = "网络服务台 8000"
"""
    path.write_text(text, encoding="utf-8")
