"""Accounting-Responses, each sent once its record is durable (RFC 2866 §2), a whole commit at a time."""

import asyncio
from collections import deque
from functools import partial

from access.recorder import Recorder
from radius.accounting import ClassSeal, read_accounting
from radius.drops import Drop
from radius.exchange import Account, Door, Exchange
from radius.listeners import Peer, Wire
from radius.silences import Counts, Silences

_ACCOUNTING = Door.ACCOUNTING  # a global is ten times quicker than the enum on CPython 3.11


class DurableAnswers:
    """The accounting half of a driver; runs on the event loop, told by the recorder's thread."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        exchange: Exchange,
        recorder: Recorder,
        seal: ClassSeal,
        counts: Counts,
        silences: Silences,
    ) -> None:
        """Share the driver's exchange, recorder and counters."""
        self._loop = loop
        self._exchange = exchange
        self._recorder = recorder
        self._seal = seal
        self._counts = counts
        self._silences = silences
        self._durable: deque[tuple[Account, Wire, Peer, bool]] = deque()
        self._waking = False

    def account(self, effect: Account, wire: Wire, peer: Peer, now: float) -> None:
        """Hand a record to the recorder; the answer follows its commit, or never comes."""
        record = read_accounting(effect.packet, effect.device, self._seal, now)
        if record is None:
            self._silent(effect, Drop.ACCOUNTING_STATUS)
            return
        self._recorder.account(record, partial(self._committed, effect, wire, peer))

    def _committed(self, effect: Account, wire: Wire, peer: Peer, kept: bool) -> None:
        """Take the recorder's word, in its thread. One wake-up of the loop serves a whole commit."""
        self._durable.append((effect, wire, peer, kept))
        if not self._waking:
            self._waking = True
            self._loop.call_soon_threadsafe(self._answer)

    def _answer(self) -> None:
        self._waking = False  # first: what comes from here on wakes the loop again
        while self._durable:
            effect, wire, peer, kept = self._durable.popleft()
            if not kept:
                self._silent(effect, Drop.NOT_DURABLE)
                continue
            packet = effect.packet
            octets = effect.secret.accounting_reply(packet)
            self._exchange.answered(_ACCOUNTING, effect.key, packet.authenticator, octets)
            wire.send(octets, peer)
            self._counts["accounted", effect.device.name] += 1

    def _silent(self, effect: Account, drop: Drop) -> None:
        """Answer nothing, and hear the repeat as a new request."""
        self._exchange.forget(_ACCOUNTING, effect.key, effect.packet.authenticator)
        self._silences.of_device(drop, effect.device, effect.key[0])
