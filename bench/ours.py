"""Truename as it is served: `python -m operate serve` with a registry, rules and an embedded directory of its own.

People come in through the registry's own acts and are loaded into the directory as a first load is, with {SSHA}
verifiers beside them. Rules are looked at one after the other and the last one grants: a login pays for all.
"""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from access import devices, rules, zones
from access.decision import Zone
from access.devices import DeviceFields
from access.rules import RuleFields
from bench import people as made_up
from bench.contestant import Serving
from bench.probe import answers, free_ports
from bench.processes import family
from bench.program import CannotMeasure, Program
from bench.traffic import Account
from directory import bulk, people, units
from directory.backends.embedded import EmbeddedDirectory
from directory.backends.slapd_child import SlapdChild, SlapdFailed, unprivileged_user
from directory.backends.slapd_program import SlapdMissing, ensure_program
from directory.people import NewPerson
from operate.settings import Settings
from operate.wiring import open_store
from store import schema
from store.engine import Store, Unit
from store.sealing import Sealer

_ACTOR = "bench"
_HOST = "127.0.0.1"
_READY_WITHIN = 60.0  # seconds
_ASSURANCE = 2
# A rule each that cannot apply to anybody here, and is decided by another condition each time.
_PASSED_OVER: tuple[RuleFields, ...] = (
    {"device_group": "wireless"},
    {"site": "harbour"},
    {"medium": "wireless"},
    {"method": "mac"},
    {"category": "visitor"},
    {"right": "laboratory"},
    {"strength": 2},
)


class Truename:
    """The product itself."""

    def __init__(self) -> None:
        self.name = "Truename"
        self._secret = ""
        self._home = Path()
        self._file = Path()
        self._program: Program | None = None

    def prepare(self, accounts: Sequence[Account], home: Path) -> None:
        """Make registry, rules, device and directory below `home`."""
        self._home = home
        home.mkdir(mode=0o700)
        self._file = home / "truename.toml"
        self._write_settings((0, 0))
        settings = Settings.load(self._file)
        for private in (settings.state, settings.master_key.parent, settings.nudges, settings.run, settings.log):
            private.mkdir(mode=0o700, parents=True, exist_ok=True)
        store = open_store(settings)
        try:
            schema.upgrade(store)
            Sealer.create(settings.master_key)
            sealer = Sealer.load(settings.master_key, store)
            with store.write() as unit:
                subjects = _fill_registry(unit, accounts)
                _fill_rules(unit)
                told: DeviceFields = {"name": "bench", "prefix": _HOST, "vendor": "standard", "group": "access"}
                _, self._secret = devices.add(unit, _ACTOR, sealer, **told)
            verifiers = [made_up.verifier(account).encode() for account in accounts]
            _load_directory(settings, store, dict(zip(subjects, verifiers, strict=True)))
        except (SlapdMissing, SlapdFailed) as reason:
            raise CannotMeasure(str(reason)) from reason
        finally:
            store.close()

    def _write_settings(self, ports: tuple[int, int]) -> None:
        self._file.write_text(
            "[truename]\n"
            'state = "state"\nlog_level = "warning"\nhealth = ""\n\n'
            f'[radius]\nlisten = ["{_HOST}"]\nauth_port = {ports[0]}\nacct_port = {ports[1]}\n'
            "device_rate = 0\nlogin_rate = 0\n\n"  # the load program is one device, and asks as fast as it can
            '[portal]\nlisten = ""\ntls_listen = ""\nconsole_listen = ""\n',
            encoding="utf-8",
        )

    def start(self, cores: Iterable[int]) -> Serving:
        """Start the service; it runs one worker for each core that it may use."""
        auth_port, acct_port = free_ports(2)
        self._write_settings((auth_port, acct_port))
        command = [sys.executable, "-m", "operate", "--settings", str(self._file), "serve"]
        tree = Path(__file__).resolve().parent.parent
        self._program = Program(command, self._home / "log", cores=cores, directory=tree)
        self._program.wait_until(
            lambda: answers(_HOST, auth_port, self._secret) and answers(_HOST, acct_port, self._secret),
            _READY_WITHIN,
        )
        members = family(self._program.pid)
        directory = tuple(pid for pid in members if _is_slapd(pid))
        server = tuple(pid for pid in members if pid not in directory)
        return Serving(_HOST, auth_port, acct_port, self._secret, server, directory)

    def stop(self) -> None:
        """Stop the service and everything that it started."""
        if self._program is not None:
            self._program.stop()
            self._program = None


def _is_slapd(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip() == "slapd"
    except OSError:  # it has ended
        return False


def _fill_registry(unit: Unit, accounts: Sequence[Account]) -> list[str]:
    """Add units and people, verified and active; return their subject ids in order."""
    for index in range(made_up.UNITS):
        units.add(unit, _ACTOR, code=made_up.unit(index), name=f"单位{index}", kind="department")
    newcomers = [
        NewPerson(login=account.login, name=made_up.name(index), unit=made_up.unit(index))
        for index, account in enumerate(accounts)
    ]
    return people.add_many(unit, _ACTOR, newcomers, assurance=_ASSURANCE)


def _fill_rules(unit: Unit) -> None:
    """Add eight rules, of which the last one applies."""
    zone = Zone(code="internet", name="互联网", vlan="100", acl="internet", session_timeout=28_800, interim=600)
    zones.add(unit, _ACTOR, zone)
    zones.add(unit, _ACTOR, Zone(code="laboratory", name="实验室"))
    for number, condition in enumerate(_PASSED_OVER, 1):
        passed_over: RuleFields = {**condition, "name": f"rule {number}", "result": zone.code}
        rules.add(unit, _ACTOR, **passed_over)
    rules.add(unit, _ACTOR, name="everybody", result=zone.code)


def _load_directory(settings: Settings, store: Store, verifiers: dict[str, bytes]) -> None:
    """Fill the empty directory at rest, and mark as published what it now holds."""
    directory = EmbeddedDirectory(settings.directory_state, settings.directory)
    directory.prepare()
    try:
        home = settings.directory_state / "slapd"
        program = ensure_program(settings.directory.slapd, home, say=lambda _: None)
        newest = bulk.newest_row(store)
        ldif = "\n".join(bulk.ldif_of(store, settings.directory.suffix, verifiers))
        suffix = settings.directory.suffix
        SlapdChild(program, home, unprivileged_user()).tool("add", ["-q", "-w", "-b", suffix], ldif.encode())
        with store.write() as unit:
            bulk.loaded(unit, newest)
    finally:
        directory.stop()
