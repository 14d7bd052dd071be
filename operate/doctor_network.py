"""What may be wrong with ports, with the kernel's buffers, and with the directory."""

import errno
import re
import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from directory.backends.connection import CertificateRefused, DirectoryRefused, DirectoryUnavailable
from directory.backends.slapd_program import ONE_LINE, TREE_HOME, SlapdMissing, find_program, newer_packages
from operate import wiring
from operate.doctor_finding import Finding, Level, Patient
from operate.health import kernel_drops
from operate.settings import Settings
from operate.words import plain, t

SKEW = 2.0  # seconds by which the directory's newest change may lie in our future


class Port(NamedTuple):
    """A port that the service wants."""

    setting: str
    kind: socket.SocketKind
    address: str
    number: int


def wanted_ports(settings: Settings) -> Iterator[Port]:
    """Yield every port of the settings; port 0 is chosen by the kernel and never taken."""
    radius = settings.radius
    for address in radius.listen:
        yield Port("radius.auth_port", socket.SOCK_DGRAM, address, radius.auth_port)
        yield Port("radius.acct_port", socket.SOCK_DGRAM, address, radius.acct_port)
    listened = [("truename.health", settings.truename.health)]
    if settings.directory.kind == "embedded":
        listened.append(("directory.listen", settings.directory.listen))
    for setting, text in listened:
        host, _, port = text.rpartition(":")
        if host:
            yield Port(setting, socket.SOCK_STREAM, host.strip("[]"), int(port))


def check_ports(patient: Patient) -> Iterator[Finding]:
    """Try to take each port, and say who has it. While the service runs they are its own."""
    if patient.running is not False:
        return
    fine = True
    for port in wanted_ports(patient.settings):
        error = try_port(port)
        if error is None:
            continue
        fine = False
        where = f"{port.address} {port.number} ({port.setting})"
        change = t("改用别的端口：{setting}", "Use another one: {setting}").fill(setting=port.setting)
        if error == errno.EADDRINUSE:
            owner = owner_of(port) or t("另一个程序", "another program")
            says = t("端口 {where} 已被 {owner} 占用。", "Port {where} is taken by {owner}.").fill(
                where=where, owner=owner
            )
        elif error == errno.EACCES:
            says = t("没有权限使用端口 {where}。", "This user may not use port {where}.").fill(where=where)
        elif error == errno.EADDRNOTAVAIL:
            says = t("本机没有地址 {address}。", "This machine has no address {address}.").fill(address=port.address)
            change = plain(port.setting.replace("auth_port", "listen").replace("acct_port", "listen"))
        else:
            says = t("端口 {where} 不可用：{why}", "Port {where} cannot be used: {why}")
            says = says.fill(where=where, why=errno.errorcode.get(error, error))
        # An IPv6 address on a machine without IPv6 is left out by the service.
        harmless = error == errno.EAFNOSUPPORT and port.address == "::"
        yield Finding(Level.NOTE if harmless else Level.WRONG, "ports", says, change)
    if fine:
        yield Finding(Level.FINE, "ports", t("所有端口都可用。", "All ports are free."))


def try_port(port: Port) -> int | None:
    """Bind as the service would, and let go; return the error number, None where it worked."""
    family = socket.AF_INET6 if ":" in port.address else socket.AF_INET
    try:
        with socket.socket(family, port.kind) as probe:
            if family == socket.AF_INET6:
                probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            if port.kind == socket.SOCK_STREAM:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # closed connections do not count
            probe.bind((port.address, port.number))
    except OSError as error:
        return error.errno or errno.EINVAL
    return None


def owner_of(port: Port) -> str | None:
    """Return "name (process)" of who has a port, where this user may see it (proc(5))."""
    kind = "udp" if port.kind == socket.SOCK_DGRAM else "tcp"
    sockets = set()
    for table in (Path(f"/proc/net/{kind}"), Path(f"/proc/net/{kind}6")):
        if not table.exists():
            continue
        for line in table.read_text("ascii").splitlines()[1:]:
            fields = line.split()
            if int(fields[1].rpartition(":")[2], 16) == port.number:
                sockets.add(f"socket:[{fields[9]}]")
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if any(str(handle.readlink()) in sockets for handle in (process / "fd").iterdir()):
                return f"{(process / 'comm').read_text('utf-8').strip()} ({process.name})"
        except OSError:
            continue  # it ended, or is another user's
    return None


def check_udp_drops(patient: Patient) -> Iterator[Finding]:
    """Say whether the kernel threw packets away because our receive buffer was full."""
    radius = patient.settings.radius
    drops = kernel_drops({radius.auth_port, radius.acct_port} - {0})
    for port, count in sorted(drops.items()):
        if count:
            says = t(
                "内核丢弃了端口 {port} 的 {count} 个报文：接收缓冲区已满。",
                "The kernel dropped {count} datagrams of port {port}: the receive buffer was full.",
            )
            remedy = t(
                "增大 radius.receive_buffer 和 net.core.rmem_max，或增加 radius.workers。",
                "Raise radius.receive_buffer and net.core.rmem_max, or radius.workers.",
            )
            yield Finding(Level.WARNING, "udp", says.fill(port=port, count=count), remedy)
    largest = Path("/proc/sys/net/core/rmem_max")
    if largest.exists() and int(largest.read_text("ascii")) < radius.receive_buffer:
        says = t(
            "内核只允许 {have} 字节的接收缓冲区，设置要求 {want}。",
            "The kernel allows receive buffers of {have} octets; the settings ask for {want}.",
        )
        says = says.fill(have=int(largest.read_text("ascii")), want=radius.receive_buffer)
        yield Finding(Level.NOTE, "udp", says, plain(f"sysctl -w net.core.rmem_max={radius.receive_buffer}"))


def check_directory(patient: Patient) -> Iterator[Finding]:
    """Ask the directory; of an embedded one also look at the program."""
    settings = patient.settings
    if settings.directory.kind == "embedded":
        yield from _check_program(settings)
        if not wiring.embedded(settings).answers():
            level = Level.WRONG if patient.running else Level.NOTE
            says = t("内置目录没有运行。", "The embedded directory does not run.")
            remedy = t("它随服务启动；日志在 {log}", "It starts with the service; its log is in {log}")
            yield Finding(level, "directory", says, remedy.fill(log=settings.directory_state))
            return
    yield from _ask(settings)


def _check_program(settings: Settings) -> Iterator[Finding]:
    home = settings.directory_state / "slapd"
    try:
        program = find_program(settings.directory.slapd, home) or find_program("", TREE_HOME)
    except SlapdMissing as error:
        yield Finding(Level.WRONG, "directory", plain(str(error)))
        return
    if program is None:
        says = t(
            "没有 slapd 程序；首次启动时会从 Debian 的软件包解包。",
            "There is no slapd; the first start unpacks Debian's.",
        )
        yield Finding(Level.NOTE, "directory", says, plain(ONE_LINE))
    for name, (have, candidate) in sorted(newer_packages(home).items()):
        says = t("解包的 {name} {have} 已有新版本 {new}。", "The unpacked {name} {have} is older than apt's {new}.")
        remedy = t(
            "停止服务后重新解包：{anew}；生产环境请安装：{line}",
            "Stop the service and unpack anew: {anew}; for production install it: {line}",
        )
        anew = f".venv/bin/python -m directory.backends.slapd_program '{home.parent}' --replace"
        says = says.fill(name=name, have=have, new=candidate)
        yield Finding(Level.WARNING, "directory", says, remedy.fill(anew=anew, line=ONE_LINE))


def _ask(settings: Settings) -> Iterator[Finding]:
    try:
        with wiring.publishing_pool(settings) as pool:
            base = pool.get(settings.directory.suffix, ["contextCSN"])
    except CertificateRefused as error:
        says = t("目录服务器的证书不可信：{why}", "The directory's certificate is refused: {why}").fill(why=error)
        yield Finding(Level.WRONG, "directory", says, plain("directory.ca_file, directory.uris"))
        return
    except (DirectoryUnavailable, DirectoryRefused, OSError) as error:
        says = t("目录没有应答：{why}", "The directory does not answer: {why}").fill(why=error)
        yield Finding(Level.WRONG, "directory", says, plain("directory.uris, directory.bind_dn"))
        return
    if base is None:
        says = t("目录中没有 {suffix}。", "The directory has no {suffix}.").fill(suffix=settings.directory.suffix)
        yield Finding(Level.WRONG, "directory", says, plain("directory.suffix"))
        return
    yield Finding(Level.FINE, "directory", t("目录有应答。", "The directory answers."))
    newest = max((_csn_time(value) for value in base.get("contextCSN", ())), default=0.0)
    if newest > time.time() + SKEW:
        says = t(
            "目录的最近一次改动在未来 {seconds} 秒：有一方的时钟不准。",
            "The directory's last change lies {seconds} seconds in our future: one clock is off.",
        )
        says = says.fill(seconds=f"{newest - time.time():.0f}")
        remedy = t("请校准两台机器的时钟。", "Set the clocks of both machines.")
        yield Finding(Level.WRONG, "clock", says, remedy)


def _csn_time(value: bytes) -> float:
    """Return the time of a change sequence number: 20260301120000.123456Z#000000#001#000000."""
    found = re.match(rb"(\d{14})(\.\d+)?Z#", value)
    if not found:
        return 0.0
    return datetime.strptime(found[1].decode(), "%Y%m%d%H%M%S").replace(tzinfo=UTC).timestamp()
