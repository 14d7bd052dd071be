"""The whole product, running: own directory, database, workers and back office, on free loopback ports."""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from random import Random

import pytest

from access import devices
from directory import people
from directory.backends.slapd_program import TREE_HOME, find_program
from directory.passwords import hash_new
from directory.people import NewPerson
from directory.publication import outbox_state
from directory.verifiers import set_password
from operate.settings import Settings
from operate.town import build_town
from operate.wiring import embedded, open_store, publishing_pool
from store import schema
from store.sealing import Sealer
from tests.support.switch import Switch

TREE = Path(__file__).resolve().parents[2]
READY = 60.0  # seconds: a bound, on a machine that does other things as well
CLIENTLESS = range(15000, 32000)  # Linux gives 32768 and above to clients (net.ipv4.ip_local_port_range)

SETTINGS = """
[truename]
state = "state"
health = "127.0.0.1:{health}"
log_level = "{log_level}"

[directory]
{directory}

[portal]
listen = ""
tls_listen = ""
console_listen = ""

[radius]
listen = {listen}
auth_port = {auth}
acct_port = {acct}
reject_delay = 0.0
login_rate = {login_rate}
quiet_after = {quiet_after}
workers = {workers}
"""

EMBEDDED = """suffix = "dc=test,dc=internal"
listen = "127.0.0.1:{ldaps}\""""


def free_port(kind=socket.SOCK_DGRAM):
    """A port of loopback that was free a moment ago, below those that the kernel gives to clients.

    A port out of the kernel's own range may go to some client while the service that owns it is down.
    """
    for _ in range(100):
        port = secrets.choice(CLIENTLESS)
        with socket.socket(socket.AF_INET, kind) as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no port is free")


def has_ipv6():
    """Whether this machine's loopback has an IPv6 address."""
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


def until(condition, seconds=20.0, pause=0.02):
    """Look every `pause` seconds until something is so, and return it; a bound, not a measurement."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(pause)
    raise AssertionError("it did not become so in time")


class Product:
    """One installation in a directory of its own."""

    def __init__(self, home, workers=2, log_level="warning", login_rate=0, quiet_after=5, directory=EMBEDDED):
        # Stories ask in the name of one client as fast as they can, until something has come about.
        self.home = home
        self.ports = {"auth": free_port(), "acct": free_port()}
        self.ports |= {"health": free_port(socket.SOCK_STREAM), "ldaps": free_port(socket.SOCK_STREAM)}
        listen = json.dumps(["127.0.0.1", "::1"] if has_ipv6() else ["127.0.0.1"])
        told = {"workers": workers, "log_level": log_level, "login_rate": login_rate, "quiet_after": quiet_after}
        text = SETTINGS.format(listen=listen, directory=directory.format(**self.ports), **told, **self.ports)
        path = home / "truename.toml"
        path.write_text(text, encoding="utf-8")
        self.settings = Settings.load(path)
        self.settings.state.mkdir(mode=0o700)
        self.store = open_store(self.settings)
        schema.upgrade(self.store)
        self.settings.master_key.parent.mkdir(mode=0o700, exist_ok=True)
        Sealer.create(self.settings.master_key)
        self.sealer = Sealer.load(self.settings.master_key, self.store)
        with self.store.write() as unit:
            self.town = build_town(unit, Random(7))  # noqa: S311 - a made-up town
        self.orders = free_port()
        with self.store.write() as unit:
            self.device, secret = devices.add(
                unit, "test", self.sealer, name="switch-1", prefix="127.0.0.1", vendor="standard", group="access",
                dynauth_port=self.orders,
            )  # fmt: skip
        self.secret = secret.encode()
        self.process = None
        self.log = home / "serve.log"

    @property
    def auth(self):
        """Where logins are answered."""
        return "127.0.0.1", self.ports["auth"]

    @property
    def acct(self):
        """Where accounting is answered."""
        return "127.0.0.1", self.ports["acct"]

    def switch(self):
        """A switch with the right secret."""
        return Switch(self.secret)

    def start(self):
        """Start `serve` and wait until it is ready."""
        command = [sys.executable, "-m", "operate", "serve", "--settings", str(self.settings.path)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, cwd=TREE, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        self.wait_ready()

    def wait_ready(self):
        """Wait until /readyz says yes and the registry is published."""
        until(lambda: self.state().get("ready"), READY)
        until(self.published, READY)

    def state(self):
        """What /readyz says; empty while nobody answers."""
        url = f"http://127.0.0.1:{self.ports['health']}/readyz"
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refused:
            with refused:
                return json.load(refused)
        except OSError:
            return {}

    def metrics(self):
        """The text of /metrics."""
        url = f"http://127.0.0.1:{self.ports['health']}/metrics"
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.read().decode()

    def published(self):
        """Whether nothing waits for the directory, as far as anything is written to it."""
        if not self.settings.directory.publishes:
            return True
        with self.store.read() as session:
            return outbox_state(session).subjects == 0

    def subject(self, login):
        """The subject id of a person."""
        with self.store.read() as session:
            return people.by_login(session, login).subject

    def password(self, login, password):
        """Give a person a password, in the directory."""
        pool = publishing_pool(self.settings)
        try:
            set_password(pool, self.settings.directory.suffix, self.subject(login), hash_new(password))
        finally:
            pool.close()

    def person(self, login, verifier=b"", *, suspended=False, nt_hash=b"", **fields):
        """Add an active person who may use the Internet, with a ready-made verifier; return the subject id."""
        with self.store.write() as unit:
            new = NewPerson(login=login, name="测试人", unit="office", zones=frozenset({"internet"}), **fields)
            subject = people.add(unit, "test", new)
            people.release(unit, "test", subject)
            if suspended:
                people.suspend(unit, "test", subject)
        until(self.published)
        pool = publishing_pool(self.settings)
        try:
            if verifier:
                set_password(pool, self.settings.directory.suffix, subject, verifier)
            if nt_hash:
                ((dn, values),) = pool.search(self.settings.directory.suffix, f"(uid={login})", ["objectClass"])
                classes = [*values["objectClass"], b"rnNetworkSecret"]
                pool.modify(dn, {"objectClass": classes, "sambaNTPassword": [nt_hash.hex().encode()]})
        finally:
            pool.close()
        return subject

    @property
    def directory(self):
        """The embedded directory, for a client of it."""
        return embedded(self.settings)

    def restarts(self):
        """How many children were started again, all together."""
        lines = [line for line in self.metrics().splitlines() if line.startswith("truename_child_restarts_total{")]
        assert lines
        return sum(float(line.rpartition(" ")[2]) for line in lines)

    def pids(self):
        """The children of `serve`, by what they run; slapd is among them."""
        found = {}
        for process in Path("/proc").iterdir():
            if not process.name.isdigit():
                continue
            try:
                parent = (process / "stat").read_text().rpartition(")")[2].split()[1]
                words = (process / "cmdline").read_bytes().decode().split("\0")
            except (OSError, IndexError):
                continue
            if int(parent) == self.process.pid:
                name = "directory" if "operate" not in " ".join(words) else words[2]
                found.setdefault(name, []).append(int(process.name))
        return found

    def stop(self):
        """Stop as an operator would, and see that it ends."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(30)
        self.process = None

    def close(self):
        """Stop, and let go of the database."""
        self.stop()
        self.store.close()


@contextmanager
def installed(**options):
    """Install a product in a directory of its own; it is not started yet, and stopped at the end."""
    with tempfile.TemporaryDirectory(prefix="tn-", dir="/tmp") as home:
        Path(home).chmod(0o755)
        one = Product(Path(home), **options)
        try:
            yield one
        finally:
            one.close()


def need_slapd():
    """Skip by name where the product would find no slapd, installed or unpacked; CI never skips."""
    if os.environ.get("CI") != "true" and find_program("", TREE_HOME) is None:
        pytest.skip("slapd is missing")


@pytest.fixture(scope="session")
def product():
    """One running product for all stories that leave it as they found it."""
    need_slapd()
    with installed() as one:
        one.start()
        yield one


@pytest.fixture
def new_product():
    """A product of one's own, for stories that break it."""
    need_slapd()
    with ExitStack() as stack:
        yield lambda **options: stack.enter_context(installed(**options))
