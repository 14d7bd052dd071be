"""The newcomer's client: one login as a switch would ask it, with pyrad's client side."""

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from pyrad.client import Client, Timeout
from pyrad.packet import AccessAccept, AuthPacket

from operate.demo_greeting import HARDWARE, PORT
from radius.dictionary import dictionary

# What is worth showing of an answer; the rest is for machines.
SHOWN = (
    "Tunnel-Private-Group-Id",
    "Filter-Id",
    "Session-Timeout",
    "Idle-Timeout",
    "Acct-Interim-Interval",
    "Reply-Message",
)
WAIT = 3  # seconds for an answer
TRIES = 2


class Answer(NamedTuple):
    """What the server said; `accepted` is None where it said nothing."""

    accepted: bool | None
    attributes: tuple[tuple[str, str], ...] = ()


def read_environment(path: Path) -> dict[str, str]:
    """Read the shell variables that the demo wrote. Raises OSError where no demo runs."""
    values = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition("=")
        words = shlex.split(value)
        values[name] = words[0] if words else ""
    return values


def ask(environment: Mapping[str, str], login: str, password: str) -> Answer:
    """Ask once for a person on a wired port, signed; blocks until the answer, or some seconds."""
    client = Client(
        server=environment["RADIUS_HOST"],
        authport=int(environment["RADIUS_PORT"]),
        acctport=int(environment["RADIUS_ACCT_PORT"]),
        secret=environment["RADIUS_SECRET"].encode(),
        dict=dictionary(),
    )
    client.timeout, client.retries = WAIT, TRIES
    try:
        request: AuthPacket = client.CreateAuthPacket(User_Name=login)
        request["User-Password"] = request.PwCrypt(password)
        request["NAS-IP-Address"] = environment["RADIUS_HOST"]
        request["NAS-Port-Type"] = "Ethernet"
        request["NAS-Port-Id"] = PORT
        request["Calling-Station-Id"] = HARDWARE
        request.add_message_authenticator()
        try:
            reply = client.SendPacket(request)
        except Timeout:
            return Answer(None)
        return Answer(reply.code == AccessAccept, tuple(_shown(reply)))
    finally:
        client._CloseSocket()  # noqa: SLF001 - pyrad has no public way to let go of its socket


def _shown(reply: object) -> list[tuple[str, str]]:
    packet: Mapping[str, list[object]] = reply  # type: ignore[assignment]  # pyrad's packet is a mapping of lists
    return [(name, str(value)) for name in SHOWN if name in packet for value in packet[name]]
