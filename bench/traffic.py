"""What the load program asks: logins of many people in turn, or whole sessions of accounting.

Each source of traffic belongs to one lane (one socket, as one switch has one) and is asked for the next request.
"""

import os
import time
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from bench import codec
from bench.codec import Key, attribute, number

SESSIONS_IN_BLOCK = 128  # of each lane: so many starts, then as many interim records, then as many stops
_START, _STOP, _INTERIM = 1, 2, 3  # Acct-Status-Type (RFC 2866 §5.1)
_USER_REQUEST = 1  # Acct-Terminate-Cause (RFC 2866 §5.10)
_RADIUS = 1  # Acct-Authentic (RFC 2866 §5.6)
_DRAW = 4096  # authenticators drawn at once: a system call for each would cost more than the digest


class Account(NamedTuple):
    """A made-up login name and its password."""

    login: str
    password: str

    def __repr__(self) -> str:
        return f"Account(login={self.login!r})"


class Traffic(Protocol):
    """A source of requests."""

    wanted: int  # code of the reply that counts as success

    def next(self, identifier: int) -> tuple[bytes, bytes]:
        """Return the next request with this identifier, and its authenticator."""


def station(index: int) -> bytes:
    """Return a Calling-Station-Id as switches spell it (RFC 3580 §3.21): 02-00-00-00-00-2A."""
    return b"-".join(b"%02X" % octet for octet in (0x020000000000 + index).to_bytes(6, "big"))


class Logins:
    """PAP logins: the accounts of this lane in turn, with a fresh random authenticator each time."""

    wanted = codec.ACCESS_ACCEPT

    def __init__(self, accounts: Sequence[Account], key: Key, lane: int, lanes: int) -> None:
        self._key = key
        mine = range(lane, len(accounts), lanes)
        self._people = [_login(accounts[index], index, lane) for index in mine]
        self._turn = 0
        self._drawn = b""
        self._at = 0

    def next(self, identifier: int) -> tuple[bytes, bytes]:
        """Return the next Access-Request."""
        if self._at == len(self._drawn):
            self._drawn, self._at = os.urandom(16 * _DRAW), 0
        authenticator = self._drawn[self._at : self._at + 16]
        self._at += 16
        login = self._people[self._turn]
        self._turn += 1
        if self._turn == len(self._people):
            self._turn = 0
        return codec.access_request(identifier, authenticator, login, self._key), authenticator


def _login(account: Account, index: int, lane: int) -> codec.Login:
    after = (
        number(codec.NAS_IP_ADDRESS, 0x7F000001)
        + number(codec.NAS_PORT, index % 4096 + 1)
        + number(codec.NAS_PORT_TYPE, codec.ETHERNET)
        + attribute(codec.NAS_PORT_ID, b"GigabitEthernet0/0/%d" % (index % 48 + 1))
        + attribute(codec.CALLING_STATION_ID, station(index))
        + attribute(codec.CALLED_STATION_ID, b"00-11-22-33-44-55")
        + number(codec.SERVICE_TYPE, codec.FRAMED)
        + attribute(codec.NAS_IDENTIFIER, b"switch-%d" % lane)
    )
    name = attribute(codec.USER_NAME, account.login.encode())
    return codec.Login(account.password.encode(), name, after)


class Sessions:
    """Accounting: blocks of starts, interim records and stops; no session is ever told twice.

    A block is longer than the window of its lane, so that a record follows the answer to the one before it, as
    from a switch.
    """

    wanted = codec.ACCOUNTING_RESPONSE

    def __init__(self, accounts: Sequence[Account], key: Key, lane: int, lanes: int, run: bytes) -> None:
        self._accounts = accounts
        self._key = key
        self._lane = lane
        self._lanes = lanes
        self._run = run  # tells the sessions of one run from those of another
        self._count = 0
        self._block: list[tuple[int, bytes]] = []

    def next(self, identifier: int) -> tuple[bytes, bytes]:
        """Return the next Accounting-Request."""
        phase, place = divmod(self._count % (3 * SESSIONS_IN_BLOCK), SESSIONS_IN_BLOCK)
        if phase == 0:
            if place == 0:
                self._block.clear()
            session = self._count // (3 * SESSIONS_IN_BLOCK) * SESSIONS_IN_BLOCK + place
            self._block.append((session, self._fixed(session)))
        session, fixed = self._block[place]
        self._count += 1
        attributes = self._changing(phase, session) + fixed
        return codec.accounting_request(identifier, attributes, self._key)

    def _fixed(self, session: int) -> bytes:
        """Return the attributes that stay the same through a session."""
        port = session % 4096 + 1
        address = 0x0A000000 | self._lane << 16 | session & 0xFFFF
        account = self._accounts[(session * self._lanes + self._lane) % len(self._accounts)]
        return (
            attribute(codec.ACCT_SESSION_ID, b"%s%02X%08X" % (self._run, self._lane, session))
            + attribute(codec.USER_NAME, account.login.encode())
            + number(codec.NAS_IP_ADDRESS, 0x7F000001)
            + number(codec.NAS_PORT, port)
            + number(codec.NAS_PORT_TYPE, codec.ETHERNET)
            + attribute(codec.NAS_PORT_ID, b"GigabitEthernet0/0/%d" % (port % 48 + 1))
            + number(codec.FRAMED_IP_ADDRESS, address)
            + attribute(codec.CALLING_STATION_ID, station(self._lane << 24 | session & 0xFFFFFF))
            + attribute(codec.CALLED_STATION_ID, b"00-11-22-33-44-55")
            + number(codec.SERVICE_TYPE, codec.FRAMED)
            + attribute(codec.NAS_IDENTIFIER, b"switch-%d" % self._lane)
            + number(codec.ACCT_AUTHENTIC, _RADIUS)
        )

    def _changing(self, phase: int, session: int) -> bytes:
        """Return the attributes of this record alone."""
        when = number(codec.EVENT_TIMESTAMP, int(time.time())) + number(codec.ACCT_DELAY_TIME, 0)
        if phase == 0:
            return number(codec.ACCT_STATUS_TYPE, _START) + when
        usage = (
            number(codec.ACCT_SESSION_TIME, phase * 600)
            + number(codec.ACCT_INPUT_OCTETS, phase * 1_000_000 + session % 65536)
            + number(codec.ACCT_OUTPUT_OCTETS, phase * 4_000_000 + session % 65536)
            + number(codec.ACCT_INPUT_PACKETS, phase * 2_000)
            + number(codec.ACCT_OUTPUT_PACKETS, phase * 4_000)
            + number(codec.ACCT_INPUT_GIGAWORDS, 0)
            + number(codec.ACCT_OUTPUT_GIGAWORDS, 0)
        )
        if phase == 1:
            return number(codec.ACCT_STATUS_TYPE, _INTERIM) + when + usage
        cause = number(codec.ACCT_TERMINATE_CAUSE, _USER_REQUEST)
        return number(codec.ACCT_STATUS_TYPE, _STOP) + when + usage + cause
