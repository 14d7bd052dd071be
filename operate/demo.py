"""The whole product on embedded parts, with a made-up town: the README's first command."""

import asyncio
import os
import shlex
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from sqlalchemy import select

from access import devices
from access.tables import DeviceRow
from directory import people
from directory.backends.connection import DirectoryPool
from directory.backends.state_lock import StateLock
from directory.passwords import generate_one_time_password, hash_new
from directory.publication import outbox_state
from directory.refusal import RegistryRefused
from directory.registry import UnitRow
from directory.verifiers import set_password
from operate import demo_doors
from operate.demo_doors import Doors
from operate.demo_greeting import greeting
from operate.demo_lines import lines_after, newest
from operate.demo_settings import ENVIRONMENT, LOOPBACK, Ports, free_ports, var, write_settings
from operate.settings import Settings
from operate.supervisor import Supervisor
from operate.town import OPEN, SUSPENDED, build_town
from operate.town_documents import add_documents
from operate.wiring import embedded, load_knowledge, open_store, publishing_pool
from operate.words import t
from store import schema
from store.engine import Store
from store.sealing import Sealer

DEVICE = "demo-switch"
READER = "demo-reader"
ACTOR = "demo"
PUBLISH_LIMIT = 60.0  # seconds


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a newcomer needs for the first login. The repr shows no secret."""

    ports: Ports
    secret: str
    passwords: dict[str, str]  # login → one-time password
    doors: Doors

    def __repr__(self) -> str:
        """Show the ports only."""
        return f"Invitation({self.ports})"


class Demo:
    """One run of the demo."""

    def __init__(self) -> None:
        """Choose ports and write the settings; nothing runs yet. Raises StateInUse where a demo runs here already."""
        home = var() / "demo"
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Before anything is written: a second demo must not change the files of the first.
        self._lock = StateLock(home / "demo.lock")
        self._lock.take()
        self._ports = free_ports()
        self._environment = var() / ENVIRONMENT
        self._environment.unlink(missing_ok=True)
        path = var() / "demo" / "truename.toml"
        write_settings(path, self._ports)
        self._settings = Settings.load(path)
        self._zone = ZoneInfo(self._settings.access.time_zone)

    async def run(self) -> None:
        """Build the town where there is none yet, serve, and show every login until Ctrl-C."""
        for use, wanted, used in self._ports.replaced():
            print(t("端口 {wanted} 已被占用，{use} 改用 {used}。", "Port {wanted} is taken; {use} uses {used}.").fill(
                wanted=wanted, used=used, use=use
            ))  # fmt: skip
        self._settings.state.mkdir(mode=0o700, parents=True, exist_ok=True)
        store = open_store(self._settings)
        try:
            if schema.revision_of(store) is None:
                print(t("正在建立虚构的清水市……", "Building the made-up town of Qingshui ..."))
            schema.upgrade(store)
            self._build(store)
            supervisor = Supervisor(self._settings, say=print)
            showing = asyncio.get_running_loop().create_task(self._show(store))
            try:
                await supervisor.run(when_ready=lambda: self._invite(store))
            finally:
                showing.cancel()
                await asyncio.gather(showing, return_exceptions=True)
        finally:
            self._environment.unlink(missing_ok=True)
            store.close()
            self._lock.release()

    # --- town ---------------------------------------------------------------------------------------------------

    def _sealer(self, store: Store) -> Sealer:
        key = self._settings.master_key
        if key.is_file():
            return Sealer.load(key, store)
        key.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        Sealer.create(key)
        return Sealer.load(key, store)

    def _build(self, store: Store) -> None:
        sealer = self._sealer(store)
        with store.read() as session:
            built = session.execute(select(UnitRow.code).limit(1)).first() is not None
            known = session.execute(select(DeviceRow.number).where(DeviceRow.name == DEVICE)).first() is not None
        if not built:
            with store.write() as unit:
                build_town(unit, Random(1949))  # noqa: S311 - the same town every time; nothing secret comes from it
                add_documents(unit, sealer, ACTOR, Random(1949))  # noqa: S311 - likewise
        if not known:
            with store.write() as unit:
                devices.add(unit, ACTOR, sealer, name=DEVICE, prefix=LOOPBACK, vendor="standard", group="access",
                            site="demo")  # fmt: skip
        with store.write() as unit:
            demo_doors.point_portal_zone(unit, ACTOR, self._settings.portal.url)
            demo_doors.point_orders(unit, ACTOR, DEVICE, self._ports.orders)

    # --- the first login ----------------------------------------------------------------------------------------

    async def _invite(self, store: Store) -> None:
        await asyncio.to_thread(self._wait_published, store)  # and not an executor: the language goes along
        invitation = await asyncio.to_thread(self._prepare_invitation, store)
        self._write_environment(invitation)
        self._print(invitation)

    def _wait_published(self, store: Store) -> None:
        started, told = time.monotonic(), 0.0
        while True:
            with store.read() as session:
                waiting, _ = outbox_state(session)
            if not waiting:
                return
            now = time.monotonic()
            if now - started > PUBLISH_LIMIT:
                raise TimeoutError("the registry was not published in time")
            if now - told > 1:
                told = now
                print(t("正在写入目录，还有 {n} 项……", "Publishing to the directory, {n} to go ...").fill(n=waiting))
            time.sleep(0.02)

    def _prepare_invitation(self, store: Store) -> Invitation:
        sealer = Sealer.load(self._settings.master_key, store)
        _, known = load_knowledge(self._settings, store, sealer)
        device = known.find(LOOPBACK)
        if device is None:
            raise LookupError("the demo's network device is missing")
        doors = demo_doors.prepare(self._settings, store, sealer, ACTOR, device.number)
        passwords = {}
        pool = publishing_pool(self._settings)
        try:
            for login in (OPEN, SUSPENDED, doors.person):
                with store.read() as session:
                    subject = people.by_login(session, login).subject
                passwords[login] = generate_one_time_password()
                self._set(pool, subject, passwords[login])
        finally:
            pool.close()
        return Invitation(self._ports, device.secrets[0].decode(), passwords, doors)

    def _set(self, pool: DirectoryPool, subject: str, password: str) -> None:
        # The outbox is empty, so the entry is there; a directory that was restored behind our back may lack it.
        try:
            set_password(pool, self._settings.directory.suffix, subject, hash_new(password))
        except RegistryRefused as missing:
            raise LookupError("the demo's person is not in the directory: remove var/demo and start again") from missing

    def _write_environment(self, invitation: Invitation) -> None:
        directory = embedded(self._settings)
        reader_dn, reader_password = directory.add_reader(READER)
        values = {
            "RADIUS_HOST": LOOPBACK,
            "RADIUS_PORT": str(self._ports.auth),
            "RADIUS_ACCT_PORT": str(self._ports.acct),
            "RADIUS_SECRET": invitation.secret,
            "PERSON": OPEN,
            "PERSON_PASSWORD": invitation.passwords[OPEN],
            "SUSPENDED": SUSPENDED,
            "SUSPENDED_PASSWORD": invitation.passwords[SUSPENDED],
            "PORTAL_URL": invitation.doors.portal,
            "CONSOLE_URL": invitation.doors.console,
            "ADMIN_LINK": invitation.doors.link,
            "PORTAL_MAC": invitation.doors.hardware,
            "PORTAL_REDIRECT": invitation.doors.redirect,
            "DAS_PORT": str(self._ports.orders),
            "TOTP_PERSON": invitation.doors.person,
            "TOTP_PASSWORD": invitation.passwords[invitation.doors.person],
            "TOTP_SECRET": invitation.doors.secret,
            "LDAP_URI": directory.ldaps_uri or "",
            "LDAP_BASE": directory.suffix,
            "LDAP_CACERT": str(directory.ca_file),
            "LDAP_READER_DN": reader_dn,
            "LDAP_READER_PASSWORD": reader_password.read_text(encoding="ascii").strip(),
            "LDAP_RADIUS_DN": directory.radius_dn,
            "LDAP_RADIUS_PASSWORD": directory.radius_password_file.read_text(encoding="ascii").strip(),
        }
        text = "".join(f"{name}={shlex.quote(value)}\n" for name, value in values.items())
        write_private(self._environment, text)

    def _print(self, invitation: Invitation) -> None:
        health = f"http://{LOOPBACK}:{self._ports.health}/metrics"
        file, here = self._environment, Path.cwd()
        told = greeting(
            login=OPEN,
            password=invitation.passwords[OPEN],
            address=f"{LOOPBACK}:{self._ports.auth}",
            secret=invitation.secret,
            file=str(file.relative_to(here) if file.is_relative_to(here) else file),
            health=health,
            doors=invitation.doors,
        )
        print(*told, sep="\n", flush=True)

    # --- live lines ---------------------------------------------------------------------------------------------

    async def _show(self, store: Store) -> None:
        shown = await asyncio.to_thread(self._newest, store)
        while True:
            shown = await asyncio.to_thread(self._show_after, store, shown)
            await asyncio.sleep(0.2)

    def _newest(self, store: Store) -> int:
        with store.read() as session:
            return newest(session)

    def _show_after(self, store: Store, shown: int) -> int:
        with store.read() as session:
            for number, line in lines_after(session, shown, self._zone):
                print(line, flush=True)
                shown = number
        return shown


def write_private(path: Path, text: str) -> None:
    """Write a file of mode 0600 so that a reader sees all of it or nothing."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    temporary.replace(path)
