"""A driver with real parts and a fake wire, on a loop of its own."""

import asyncio
import os
import time

from sqlalchemy import select

from access.binding_table import BindingTable
from access.decision import Zone
from access.lockout import Lockout
from access.recorder import Recorder
from access.rulebook import compile_rulebook, parse_rule
from access.settings import AccessSettings
from access.tables import LoginRow
from directory.mirror import Mirror
from directory.passwords import Passwords
from directory.settings import DirectorySettings
from directory.synchronisation import Idle, RefreshDone, Upsert
from radius.accounting import ClassSeal
from radius.driver import Driver, Limits
from radius.exchange import Door, Exchange
from radius.quiet import KEY, Quiet
from radius.session_limits import SessionLimits
from tests.radius.builders import SECRET, OneDevice, device

__all__ = ["SECRET", "FakeWire", "Play", "entry", "play"]


REDIRECT_KEY = b"r" * 32


class FakeWire:
    """Keeps what would be sent."""

    def __init__(self):
        self.sent = []

    def send(self, octets, _peer):
        """Keep it."""
        self.sent.append(octets)


def entry(login, verifier, number=1, state=b"active"):
    """A person as content synchronisation tells it."""
    attributes = {
        "objectclass": [b"inetOrgPerson", b"rnPerson"],
        "rnsubjectid": [b"p-" + login],
        "uid": [login],
        "rnstatus": [state],
        "rnhomeunit": [b"city"],
        "rnemployment": [b"staff"],
        "userpassword": [verifier],
    }
    return Upsert(bytes([number]) * 16, f"uid={login.decode()},dc=test", attributes)


class Play:
    """A driver on a loop, with a directory of the entries given."""

    def __init__(self, store, entries, quiet_after=0, **changes):
        self.mirror = Mirror()
        for one in entries:
            self.mirror.apply(one)
        self.mirror.apply(RefreshDone(deletes_were_told=False))
        self.mirror.apply(Idle(time.time()))
        self.store = store
        self.wire = FakeWire()
        settings = DirectorySettings(**changes)
        self.passwords = Passwords(settings)
        self.recorder = Recorder(store, AccessSettings())
        self.bindings = BindingTable()
        self.bindings.load(store)
        self.quiet = Quiet(after=quiet_after, window=60, seconds=30, key=bytes(KEY))
        self.session_limits = SessionLimits(asyncio.get_running_loop(), store)
        self.zone = Zone("public", "公用", vlan="110")
        rule = parse_rule(number=1, position=1, name="all", result="public")
        self.driver = Driver(
            asyncio.get_running_loop(),
            Exchange(OneDevice(device()), duplicate_seconds=5),
            mirror=self.mirror,
            passwords=self.passwords,
            lockout=Lockout(person_failures=20, hardware_failures=3, window=900, lockout=300),
            recorder=self.recorder,
            rulebook=compile_rulebook([self.zone], [rule], {"city": None}),
            bindings=self.bindings,
            seal=ClassSeal(b"k" * 32),
            redirect_key=REDIRECT_KEY,
            limits=Limits(max_age=60, reject_delay=0, interim=600),
            quiet=self.quiet,
            session_limits=self.session_limits,
            lane=1,
            clock=time.time,
            chance=os.urandom,
        )

    def hear(self, octets, door=Door.AUTHENTICATION):
        """Let the driver take a datagram of switch-1."""
        self.driver.datagram(door, octets, "192.0.2.1", 4000, self.wire, None)

    async def answers(self, number):
        """Wait until so many answers were sent."""
        for _ in range(500):
            if len(self.wire.sent) >= number:
                return self.wire.sent
            await asyncio.sleep(0.01)
        raise AssertionError("no answer came")

    def close(self):
        """End the threads."""
        self.passwords.close()
        self.session_limits.close()
        self.recorder.stop()

    def logins(self):
        """All login records, once everything is durable."""
        with self.store.read() as session:
            return session.scalars(select(LoginRow).order_by(LoginRow.number)).all()


def play(store, story, entries, **changes):
    """Run a story on a fresh loop."""

    async def run():
        one = Play(store, entries, **changes)
        try:
            await story(one)
        finally:
            one.close()

    asyncio.run(run())
