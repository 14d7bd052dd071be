"""What may be wrong with an installation, each said in words with what to do about it."""

import stat
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from access.tables import DeviceRow
from operate.doctor_finding import Check, Finding, Level, Patient
from operate.doctor_network import check_directory, check_ports, check_udp_drops
from operate.installation import missing_key
from operate.liveness import service_answers
from operate.settings import Settings
from operate.words import Text, plain, t
from store import schema
from store.changes import ChangeRow
from store.engine import Store
from store.sealing import SealBroken, Sealer

SHORT_SECRET = 12  # octets; a shared secret of this length or less is found by guessing (RFC 2865 §3: 16 at least)
EARLIEST = datetime(2026, 8, 1, tzinfo=UTC)  # nothing of this product existed before
SLIGHT, MUCH = 1.0, 5.0  # seconds by which clocks may differ


def examine(settings: Settings, checks: tuple[Check, ...] | None = None) -> list[Finding]:
    """Run all checks. None of them changes anything, and none ends the others."""
    patient = Patient(settings, service_answers(settings))
    findings: list[Finding] = []
    try:
        for check in CHECKS if checks is None else checks:
            try:
                findings += check(patient)
            except (OSError, SQLAlchemyError, SealBroken) as error:
                says = t("没有查完：{why}", "This could not be looked at: {why}").fill(why=error)
                findings.append(Finding(Level.WRONG, check.__name__.removeprefix("check_"), says))
    finally:
        if patient.store is not None:
            patient.store.close()
    return findings


def check_service(patient: Patient) -> Iterator[Finding]:
    """Say whether the service runs."""
    if patient.running:
        yield Finding(Level.FINE, "service", t("服务正在运行。", "The service runs."))
    elif patient.running is False:
        yield Finding(
            Level.NOTE, "service", t("服务没有运行。", "The service does not run."), plain("./truename serve")
        )


def check_database(patient: Patient) -> Iterator[Finding]:
    """Open the database and compare the version of its tables."""
    url = patient.settings.database_url
    init = plain("./truename init")
    if url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).is_file():
        yield Finding(Level.WRONG, "database", t("数据库还不存在。", "There is no database yet."), init)
        return
    store = Store.open(url, nudges=patient.settings.nudges)
    patient.store = store
    found, wanted = schema.revision_of(store), schema.head()
    if found is None and not patient.settings.master_key.exists():
        store.close()
        patient.store = None
        yield Finding(Level.WRONG, "database", t("数据库是空的。", "The database is empty."), init)
        return
    if found == wanted:
        yield Finding(
            Level.FINE, "database", t("数据库可用，版本正确。", "The database answers and has the right version.")
        )
        return
    patient.store = None
    store.close()
    says = t(
        "数据库的版本是 {found}，程序需要 {wanted}。",
        "The database has version {found}; the program needs {wanted}.",
    )
    remedy = t("先备份，然后：./truename doctor --repair", "Make a backup, then: ./truename doctor --repair")
    yield Finding(Level.WRONG, "database", says.fill(found=found or "-", wanted=wanted), remedy)


def check_keys(patient: Patient) -> Iterator[Finding]:
    """Look at the master key: there, private, and of this database."""
    file = patient.settings.master_key
    if (missing := missing_key(patient.settings)) is not None:
        yield Finding(Level.WRONG, "keys", missing.says, missing.remedy)
    elif not _open_to_others(file) and patient.store is not None:
        Sealer.load(file, patient.store)
        yield Finding(Level.FINE, "keys", t("主密钥与数据库相配。", "The master key fits the database."))


def private_files(settings: Settings) -> Iterator[tuple[Path, int]]:
    """Yield what nobody else may read, and the mode that it should have."""
    yield settings.state, 0o700
    yield settings.master_key.parent, 0o700
    if settings.master_key.parent.is_dir():
        yield from ((file, 0o400) for file in sorted(settings.master_key.parent.iterdir()) if file.is_file())
    if not settings.store.url:
        yield settings.state / "truename.db", 0o600
    if settings.directory.password_file:
        yield Path(settings.directory.password_file), 0o400


def check_modes(patient: Patient) -> Iterator[Finding]:
    """Look for secrets that other users of this machine can read."""
    bad = [(file, mode) for file, mode in private_files(patient.settings) if file.exists() and _open_to_others(file)]
    for file, mode in bad:
        found = stat.S_IMODE(file.stat().st_mode)
        says = t(
            "{file} 的权限是 {found}，其他用户可以进入或读取。",
            "{file} has mode {found}: others can enter or read it.",
        )
        says = says.fill(file=file, found=f"{found:04o}")
        yield Finding(Level.WRONG, "modes", says, plain(f"chmod {mode:04o} '{file}'"))
    if not bad:
        yield Finding(Level.FINE, "modes", t("密钥和数据只有本用户可读。", "Keys and data are private."))


def _open_to_others(file: Path) -> bool:
    return bool(stat.S_IMODE(file.stat().st_mode) & 0o077)


def check_secrets(patient: Patient) -> Iterator[Finding]:
    """Look for network devices whose secret is short, or does not open."""
    if patient.store is None or not patient.settings.master_key.exists():
        return
    sealer = Sealer.load(patient.settings.master_key, patient.store)
    rotate = t("./truename device rotate-secret {name}", "./truename device rotate-secret {name}")
    with patient.store.read() as session:
        rows = list(session.scalars(select(DeviceRow).order_by(DeviceRow.name)))
    for row in rows:
        for column, sealed in (("secret", row.secret), ("next_secret", row.next_secret)):
            if sealed is None:
                continue
            try:
                plain_secret = sealer.unseal(sealed, table="device", column=column, subject=str(row.number))
            except SealBroken:
                says = t("网络设备 {name} 的密钥无法解开。", "The secret of network device {name} does not open.")
                yield Finding(Level.WRONG, "secrets", says.fill(name=row.name), rotate.fill(name=row.name))
                continue
            if len(plain_secret) <= SHORT_SECRET:
                says = t(
                    "网络设备 {name} 的密钥只有 {length} 个字节，可被猜出。",
                    "The secret of network device {name} has only {length} octets and can be guessed.",
                )
                says = says.fill(name=row.name, length=len(plain_secret))
                yield Finding(Level.WARNING, "secrets", says, rotate.fill(name=row.name))
    if not rows:
        says = t("还没有登记网络设备。", "No network device is registered yet.")
        yield Finding(Level.NOTE, "secrets", says, plain("./truename device add"))


def check_clock(patient: Patient) -> Iterator[Finding]:
    """Compare our clock with the age of this program, with the database's clock, and with what is recorded."""
    now = time.time()
    remedy = t("请校准时钟（chrony 或 systemd-timesyncd）。", "Set the clock (chrony, systemd-timesyncd).")
    built = max(EARLIEST.timestamp(), Path(__file__).stat().st_mtime)
    if now < built - MUCH:
        says = t("系统时钟早于本程序的安装时间。", "The clock is earlier than the day on which this program came here.")
        yield Finding(Level.WRONG, "clock", says, remedy)
        return
    difference = _clock_difference(patient.store, now) if patient.store is not None else 0.0
    if abs(difference) > SLIGHT:
        level = Level.WRONG if abs(difference) > MUCH else Level.WARNING
        says = t("本机与数据库的时钟相差 {seconds} 秒。", "Our clock and the database's differ by {seconds} seconds.")
        yield Finding(level, "clock", says.fill(seconds=f"{difference:+.1f}"), remedy)
    else:
        yield Finding(Level.FINE, "clock", t("时钟正常。", "The clock is plausible."))


def _clock_difference(store: Store, now: float) -> float:
    """Return by how many seconds the database is ahead of us; for SQLite, by how much its newest change is."""
    with store.read() as session:
        if store.dialect == "postgresql":
            theirs = session.execute(text("SELECT extract(epoch FROM clock_timestamp())")).scalar_one()
            return float(theirs) - time.time()
        newest = session.execute(select(func.max(ChangeRow.at))).scalar()
    return max(0.0, newest - now) if newest is not None else 0.0


def repair(settings: Settings) -> list[Text]:
    """Mend what can be mended without asking: modes of private files, the version of the tables."""
    done = []
    for file, mode in private_files(settings):
        if file.exists() and _open_to_others(file) and not file.is_symlink():
            file.chmod(mode)
            done.append(t("{file}：权限改为 {mode}", "{file}: mode {mode}").fill(file=file, mode=f"{mode:04o}"))
    store = Store.open(settings.database_url, nudges=settings.nudges)
    try:
        if schema.revision_of(store) != schema.head():
            schema.upgrade(store)
            done.append(t("数据库升级到 {head}", "database upgraded to {head}").fill(head=schema.head()))
    finally:
        store.close()
    return done


CHECKS: tuple[Check, ...] = (
    check_service,
    check_database,
    check_modes,
    check_keys,
    check_secrets,
    check_clock,
    check_ports,
    check_udp_drops,
    check_directory,
)
