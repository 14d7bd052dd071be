"""The doors for people without sockets: a small town in a database, and clients that are logged in.

A test that asks for `knowledge` runs on SQLite. It runs on PostgreSQL too, in every run where it is marked
`postgresql`, else in the long one.
"""

import hashlib
import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pyotp
import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from access import redirects, rules, zones
from access.decision import Zone
from access.device_table import Device, DeviceTable
from access.lockout import Lockout
from access.recorder import Recorder
from access.rules import load_rulebook
from access.session_rows import LoginEntry
from access.settings import AccessSettings
from access.tables import LoginRow
from directory import people, units
from directory.mirror import Mirror
from directory.passwords import Passwords, hash_new
from directory.people import NewPerson
from directory.registry import PersonRow
from directory.settings import DirectorySettings
from directory.synchronisation import Idle, RefreshDone, Upsert
from portal import web_sessions
from portal.captive.app import make_door
from portal.console.app import make_console
from portal.console.roles import Role
from portal.knowledge import Knowledge
from portal.settings import PortalSettings
from portal.tables import AdministratorRow
from portal.web_sessions import Door
from store.engine import Store, sqlite_url
from store.record import ActRow
from store.schema import upgrade
from store.sealing import Sealer
from tests.support.databases import PostgreSQL

CONSOLE = "http://127.0.0.1:8444"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PASSWORD = "Correct-Horse-7"
DEVICE = Device(1, "switch-1", "192.0.2.1/32", "standard", group="access", site="demo")
VERIFIER = hash_new(PASSWORD).decode("ascii")


class Recorded:
    """Stands where the directory's pool would; keeps the verifiers that pages set."""

    def __init__(self) -> None:
        self.modified = []

    def search(self, _base, condition, _attributes):
        """Find whoever is asked for."""
        subject = condition.rpartition("rnSubjectId=")[2].rstrip(")")
        return [(f"rnSubjectId={subject}", {})]

    def modify(self, dn, changes):
        """Keep what was changed."""
        self.modified.append((dn, changes))


def town(store: Store) -> None:
    """Two departments with two people each, three zones, four rules."""
    with store.write() as unit:
        units.add(unit, "test", code="city", name="清水市", kind="city")
        for code, name in (("finance", "市财政局"), ("court", "市人民法院")):
            units.add(unit, "test", code=code, name=name, kind="department", parent="city")
        for code, vlan in (("public", "110"), ("dedicated", "120")):
            zones.add(unit, "test", Zone(code=code, name=f"{code} 区", vlan=vlan))
        door = Zone(code="portal", name="引导区", vlan="199", redirect_url="http://127.0.0.1:8080/in/{token}?")
        zones.add(unit, "test", door)
        rules.add(unit, "test", name="未登记设备", category="unknown", result="portal")
        rules.add(unit, "test", name="专用区", right="dedicated", strength=2, result="dedicated")
        rules.add(unit, "test", name="在职人员", category="staff", result="public")
        new = [
            NewPerson(login="zhangwei", name="张伟", unit="finance"),
            NewPerson(login="wangfang", name="王芳", unit="finance", zones=frozenset({"dedicated"})),
            NewPerson(login="ailijiang", name="艾力江·买买提", unit="court"),
            NewPerson(login="liting", name="李婷", unit="court"),
        ]
        people.add_many(unit, "test", new, assurance=2)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run whatever stands on the town once for each kind of database."""
    if "town_database" not in metafunc.fixturenames:
        return
    always = metafunc.definition.get_closest_marker("postgresql") is not None
    other = pytest.param("postgresql", marks=() if always else pytest.mark.long)
    metafunc.parametrize("town_database", ["sqlite", other], indirect=True)


class Town(NamedTuple):
    """A town that was made once, to be copied for each test."""

    database: str  # file of SQLite, or name of a database of PostgreSQL
    key: Path  # file of the master key


@pytest.fixture(scope="session")
def sqlite_town(tmp_path_factory) -> Town:
    """The town in a file."""
    home = tmp_path_factory.mktemp("town")
    file = home / "doors.db"
    make_town(sqlite_url(file), home)  # the last connection takes the log in: the file alone is the database
    return Town(str(file), home / "master.key")


@pytest.fixture(scope="session")
def postgresql_town(tmp_path_factory, postgresql_server: PostgreSQL) -> Town:
    """The town in a template of PostgreSQL."""
    home = tmp_path_factory.mktemp("town")
    url = postgresql_server.create()
    make_town(url, home)
    return Town(postgresql_server.name(url), home / "master.key")


def make_town(url: str, home: Path) -> None:
    """Make the town in an empty database, and its key in a directory."""
    store = Store.open(url)
    upgrade(store)
    town(store)
    Sealer.create(home / "master.key")
    Sealer.load(home / "master.key", store)
    store.close()


@contextmanager
def opened_town(home: Path) -> Iterator[Knowledge]:
    """Make a town in a directory, and give what pages may ask about it."""
    url = sqlite_url(home / "doors.db")
    make_town(url, home)
    yield from opened(url, home)


@pytest.fixture
def town_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Return the URL of a database with a small town; its key lies in the test's directory."""
    made: Town = request.getfixturevalue(f"{request.param}_town")
    shutil.copy2(made.key, tmp_path / "master.key")
    if request.param == "sqlite":
        shutil.copy2(made.database, tmp_path / "doors.db")
        yield sqlite_url(tmp_path / "doors.db")
        return
    server: PostgreSQL = request.getfixturevalue("postgresql_server")
    url = server.create(made.database)
    yield url
    server.drop(url)


@pytest.fixture
def knowledge(town_database: str, tmp_path: Path) -> Iterator[Knowledge]:
    """What pages may ask, about a small town."""
    yield from opened(town_database, tmp_path)


def opened(url: str, home: Path) -> Iterator[Knowledge]:
    """Open a town, whose key lies in a directory, and close it again."""
    store = Store.open(url)
    key = home / "master.key"
    access, directory = AccessSettings(), DirectorySettings(hash_threads=1)
    mirror = Mirror()
    mirror.apply(RefreshDone(deletes_were_told=False))
    mirror.apply(Idle(time.time() + 3600))
    passwords, recorder = Passwords(directory), Recorder(store, access)
    with store.read() as session:
        rulebook = load_rulebook(session, access)
    numbers = iter(range(int(time.time() * 1000) << 20, 1 << 62))
    made = Knowledge(
        store=store,
        sealer=Sealer.load(key, store),
        mirror=mirror,
        passwords=passwords,
        rulebook=rulebook,
        devices=DeviceTable([DEVICE]),
        recorder=recorder,
        pool=Recorded(),
        lockout=Lockout(person_failures=20, hardware_failures=5, window=900, lockout=300),
        directory=directory,
        access=access,
        portal=PortalSettings(url="http://127.0.0.1:8080", console_url=CONSOLE),
        secret=bytes(32),
        redirect_key=bytes(range(32)),
        clock=time.time,
        chance=os.urandom,
        next_login=lambda _now: next(numbers),
    )
    yield made
    passwords.close()
    recorder.stop()
    store.close()


def add_administrator(knowledge: Knowledge, role: Role, login: str, unit: str | None = None) -> int:
    """Add an administrator with PASSWORD and SECRET; return the number."""
    with knowledge.store.write() as work:
        row = AdministratorRow(
            login=login, name=f"管理员{login}", person=None, role=role.value, unit=unit, verifier=VERIFIER, totp=b"",
            created_by="test", created_at=work.now,
        )  # fmt: skip
        work.session.add(row)
        work.session.flush()
        row.totp = knowledge.sealer.seal(SECRET.encode(), table="administrator", column="totp", subject=str(row.number))
        return row.number


HARDWARE = "02:00:5e:10:00:20"
PORTAL = "http://127.0.0.1:8080"


def publish(
    knowledge: Knowledge,
    login: str,
    password: str = PASSWORD,
    *,
    must_change: bool = False,
    session_limit: int | None = None,
) -> str:
    """Let the mirror know a person of the registry, with this password; return the subject."""
    with knowledge.store.read() as session:
        row = people.by_login(session, login)
    attributes = {
        "objectclass": [b"inetOrgPerson", b"rnPerson"],
        "rnsubjectid": [row.subject.encode()],
        "uid": [login.encode()],
        "rnstatus": [row.state.encode()],
        "rnhomeunit": [row.unit.encode()],
        "rnemployment": [row.category.encode()],
        "rnzone": [zone.encode() for zone in row.zones.split(",") if zone],
        "userpassword": [password.encode()],
        "pwdreset": [b"TRUE"] if must_change else [],
        "rnsessionlimit": [str(session_limit).encode()] if session_limit else [],
    }
    entry = hashlib.md5(login.encode(), usedforsecurity=False).digest()
    knowledge.mirror.apply(Upsert(entry, f"uid={login},dc=test", {name: v for name, v in attributes.items() if v}))
    return row.subject


def asked_again(knowledge: Knowledge, zone: str | None, reason: str | None = None) -> None:
    """Let the device ask again after a login at the door, and be given this zone or this reason."""
    now = knowledge.clock()
    number = knowledge.next_login(now)
    row = LoginEntry(number, now, "02", None, HARDWARE, None, 1, None, None, "portal", zone, 1, reason, None)
    with knowledge.store.write() as unit:
        unit.session.add(LoginRow(**row._asdict()))


class Visitor:
    """A browser at the door, of a device that a switch sent here."""

    def __init__(self, knowledge: Knowledge, address: str = "127.0.0.1") -> None:
        self.knowledge = knowledge
        self.client = TestClient(
            make_door(knowledge, origin=PORTAL, secure=False), base_url=PORTAL, client=(address, 50000),
            follow_redirects=False,
        )  # fmt: skip
        self.stage = ""
        self.answer = None

    def come(self, hardware: str = HARDWARE):
        """Follow the switch's redirect."""
        token = redirects.make(self.knowledge.redirect_key, hardware, DEVICE.number)
        return self.take(self.client.get(f"/in/{token}?"))

    def take(self, answer):
        """Keep an answer, and the stage that its form carries."""
        self.answer = answer
        found = re.search(r'name="stage" value="([^"]+)"', answer.text)
        self.stage = found.group(1) if found else self.stage
        return answer

    def post(self, path: str, **fields):
        """Send a form with the stage."""
        return self.take(self.client.post(path, data={"stage": self.stage, **fields}))

    def follow(self):
        """Open the page to which the last answer leads."""
        return self.take(self.client.get(self.answer.headers["location"]))

    def log_in(self, login: str, password: str = PASSWORD):
        """Send the login form."""
        return self.post("/login", login=login, password=password)


@pytest.fixture
def visitor(knowledge: Knowledge) -> Visitor:
    """A browser at the door."""
    return Visitor(knowledge)


class Clerk:
    """An administrator at a console; `get` and `post` as a browser would, with the form's key."""

    def __init__(self, knowledge: Knowledge, role: Role, unit: str | None = None, address: str = "127.0.0.1") -> None:
        self.knowledge, self.role = knowledge, role
        self.login = f"clerk-{role.value}-{unit or 'city'}"
        self.number = add_administrator(knowledge, role, self.login, unit)
        with knowledge.store.write() as work:
            self.token = web_sessions.begin(
                work, Door.CONSOLE, str(self.number), strength=2, address=address, octets=os.urandom(32)
            )
        self.client = console_client(knowledge, address)
        self.client.cookies.set("truename-console", self.token)
        session = web_sessions.find(
            knowledge.store, Door.CONSOLE, self.token, address=address, now=knowledge.clock(),
            limits=web_sessions.Limits(1e9, 1e9),
        )  # fmt: skip
        assert session is not None
        self.form_key = web_sessions.form_key(knowledge.key("form"), session)

    def get(self, path: str, **more):
        """Open a page."""
        return self.client.get(path, **more)

    def post(self, path: str, data: dict | None = None, **more):
        """Send a form."""
        return self.client.post(path, data={"form_key": self.form_key, **(data or {})}, **more)


def console_client(knowledge: Knowledge, address: str = "127.0.0.1") -> TestClient:
    """Return a browser in front of the console, from an address; it follows no redirect by itself."""
    app = make_console(knowledge, origin=CONSOLE, secure=False)
    return TestClient(app, base_url=CONSOLE, client=(address, 50000), follow_redirects=False)


@pytest.fixture
def clerk(knowledge: Knowledge):
    """Make an administrator of a role: `clerk(Role.SYSTEM)`, `clerk(Role.UNIT, "court")`."""

    def make(role: Role, unit: str | None = None) -> Clerk:
        return Clerk(knowledge, role, unit)

    return make


def code_now(at: float | None = None) -> str:
    """Return the one-time code of SECRET."""
    return pyotp.TOTP(SECRET).at(int(at if at is not None else time.time()))


def person_of(knowledge: Knowledge, login: str) -> PersonRow:
    """Return a person of the town as the registry has it now."""
    with knowledge.store.read() as session:
        return people.by_login(session, login)


def acts_about(knowledge: Knowledge, subject: str) -> list[str]:
    """Return what the record of acts says was done to a subject, the earliest first."""
    with knowledge.store.read() as session:
        return list(session.scalars(select(ActRow.act).where(ActRow.subject == subject).order_by(ActRow.number)))
