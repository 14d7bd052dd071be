"""My account for people without sockets: the town's people in the mirror, and browsers that are logged in."""

import os
import re

import pyotp
import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from access import bindings
from access.device_table import Device, DeviceTable
from access.evidence import Strength
from access.tables import SessionRow
from directory import otp, people
from directory.registry import PersonRow
from directory.synchronisation import Idle, Upsert
from portal import web_sessions
from portal.captive.app import make_door
from portal.web_sessions import Door
from tests.support.doors import VERIFIER, Recorded

DOOR = "http://127.0.0.1:8080"
PHONE, TABLET = "02:00:5e:10:00:01", "02:00:5e:10:00:02"
ADDRESS = "10.9.0.7"


class Town(Recorded):
    """The directory as pages see it: what is written there comes back through the mirror."""

    def __init__(self, knowledge):
        super().__init__()
        self.knowledge = knowledge
        self.entries = {}
        with knowledge.store.read() as session:
            rows = session.scalars(select(PersonRow)).all()
        for number, row in enumerate(rows, 1):
            self.entries[row.subject] = {
                "uid": [row.login.encode()], "rnsubjectid": [row.subject.encode()], "rnstatus": [b"active"],
                "rnhomeunit": [row.unit.encode()], "rnemployment": [row.category.encode()],
                "rnzone": [each.encode() for each in row.zones.split(",") if each],
                "userpassword": [VERIFIER.encode()], "number": number,
            }  # fmt: skip
            self.tell(row.subject)

    def tell(self, subject, **values):
        """Change somebody's entry."""
        entry = self.entries[subject]
        entry.update(values)
        attributes = {name: value for name, value in entry.items() if name != "number" and value}
        dn = f"rnSubjectId={subject},dc=x"
        self.knowledge.mirror.apply(Upsert(entry["number"].to_bytes(16), dn, attributes))

    def modify(self, dn, changes):
        """Take what a page writes."""
        super().modify(dn, changes)
        told = {name.lower(): values for name, values in changes.items()}
        self.tell(dn.partition("=")[2], **told)


@pytest.fixture
def town(knowledge):
    """The directory of the town, in front of `knowledge`; one switch stands in it."""
    knowledge.pool = Town(knowledge)
    knowledge.mirror.apply(Idle(knowledge.clock() + 3600))
    knowledge.devices = DeviceTable([Device(7, "sw-finance-2f", "10.0.0.7/32", "huawei", site="财政局二楼")])
    return knowledge.pool


def subject_of(knowledge, login):
    """Return the subject of a login."""
    with knowledge.store.read() as session:
        return people.by_login(session, login).subject


def browser(knowledge, address=ADDRESS):
    """Return a browser in front of the door; it follows no redirect by itself."""
    app = make_door(knowledge, origin=DOOR, secure=False)
    return TestClient(app, base_url=DOOR, client=(address, 50000), follow_redirects=False)


class Visitor:
    """A person in the own account; `get` and `post` as a browser would, with the form's key."""

    def __init__(self, knowledge, login, address=ADDRESS):
        self.knowledge, self.login = knowledge, login
        self.subject = subject_of(knowledge, login)
        self.client = browser(knowledge, address)
        with knowledge.store.write() as unit:
            self.token = web_sessions.begin(
                unit, Door.ACCOUNT, self.subject, strength=1, address=address, octets=os.urandom(32)
            )
        self.client.cookies.set("truename-account", self.token)
        self.session = web_sessions.find(
            knowledge.store, Door.ACCOUNT, self.token, address=address, now=knowledge.clock(),
            limits=web_sessions.Limits(1e9, 1e9),
        )  # fmt: skip
        self.form_key = web_sessions.form_key(knowledge.key("form"), self.session)

    def get(self, path, **more):
        """Open a page."""
        return self.client.get(path, **more)

    def post(self, path, data=None, **more):
        """Send a form."""
        return self.client.post(path, data={"form_key": self.form_key, **(data or {})}, **more)

    def bind(self, hardware=PHONE, device=7):
        """Log in at the portal with a device."""
        with self.knowledge.store.write() as unit:
            bindings.bind(
                unit, hardware=hardware, subject=self.subject, strength=Strength.PASSWORD, device=device,
                address="10.1.2.3", valid_until=unit.now + 3600, actor=f"person:{self.subject}",
            )  # fmt: skip

    def online(self, hardware=PHONE, **more):
        """Open a session on the network; return its number."""
        return open_session(self.knowledge, self.subject, self.login, hardware, **more)

    def enrol(self):
        """Enrol a second factor; return its secret and the recovery codes."""
        secret = otp.new_secret()
        with self.knowledge.store.write() as unit:
            otp.enrol(unit, self.knowledge.sealer, "test", self.subject, secret)
            codes = otp.replace_recovery_codes(unit, self.knowledge.sealer, "test", self.subject)
        return secret, codes


def open_session(knowledge, subject, login, hardware=PHONE, **more):
    """Open a session on the network; return its number."""
    with knowledge.store.write() as unit:
        row = SessionRow(
            key=os.urandom(16), generation=0, device=7, acct_session="a1", login=login, subject=subject,
            hardware=hardware, address="10.1.2.3", port="GigabitEthernet0/0/5", zone="public", started_at=unit.now,
            updated_at=unit.now, octets_in=2048, octets_out=4096, **more,
        )  # fmt: skip
        unit.session.add(row)
        unit.session.flush()
        return row.number


@pytest.fixture
def zhang(town):
    """张伟, logged in."""
    return Visitor(town.knowledge, "zhangwei")


@pytest.fixture
def li(town):
    """李婷, logged in from elsewhere."""
    return Visitor(town.knowledge, "liting", "10.9.0.8")


def hidden(page, name="stage"):
    """Return a hidden field of a page."""
    return re.search(rf'name="{name}" value="([^"]*)"', page.text)[1]


def code_of(secret, at):
    """Return the one-time code of a secret."""
    return pyotp.TOTP(secret).at(int(at))
