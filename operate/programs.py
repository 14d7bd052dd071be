"""The outside programs that the tests play against, and how they are installed where root runs the tests."""

import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from glob import glob
from pathlib import Path
from typing import NamedTuple

from operate.words import Text, t

STDERR = 2  # the descriptor: children write there, and standard output stays for answers
POLICY = Path("/usr/sbin/policy-rc.d")
_SEARCH = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin", "/usr/local/sbin"))


class Program(NamedTuple):
    """A package of Debian, how to see that it is there, and what is tested with it."""

    package: str
    present: tuple[str, ...]  # a program, or with a slash a file pattern; one of them is enough
    tests: Text


PROGRAMS = (
    Program("slapd", ("slapd",), t("内置目录、镜像、发布", "the embedded directory, the mirror, publication")),
    Program(
        "slapd-contrib",
        ("/usr/lib/ldap/pw-argon2*", "/usr/lib/ldap/argon2*"),
        t("目录中的 argon2 密码", "argon2 in the directory"),
    ),
    Program("389-ds-base", ("ns-slapd",), t("已有的 389 目录服务器", "an existing 389 Directory Server")),
    Program("ldap-utils", ("ldapwhoami",), t("外部应用使用目录", "outside applications on the directory")),
    Program(
        "freeradius",
        ("freeradius", "radiusd"),
        t("代理到本服务、测速对比", "a proxy to us, the comparison of speed"),
    ),
    Program(
        "freeradius-ldap",
        ("/usr/lib/freeradius/rlm_ldap.so", "/usr/lib*/freeradius/rlm_ldap.so"),
        t("FreeRADIUS 使用本目录", "FreeRADIUS on our directory"),
    ),
    Program("freeradius-utils", ("radclient",), t("radclient 登录、动态授权", "logins and orders with radclient")),
    Program(
        "postgresql",
        ("/usr/lib/postgresql/*/bin/initdb", "initdb"),
        t("PostgreSQL 上的数据库测试", "the store on PostgreSQL"),
    ),
    Program("tshark", ("tshark",), t("核对应答报文", "a second opinion on our packets")),
    Program("hostapd", ("hostapd",), t("真实接入设备的下线命令", "orders to a real access device")),
    Program("wpasupplicant", ("wpa_supplicant",), t("真实终端", "a real device that logs in")),
    Program("iproute2", ("ip",), t("虚拟网线", "virtual cables")),
    Program("chromium", ("chromium",), t("浏览器中的页面", "pages in a browser")),
)


def is_present(program: Program) -> bool:
    """Return whether the program can be run, or its file is there."""
    return any(
        glob(pattern) if "/" in pattern else shutil.which(pattern, path=_SEARCH)  # noqa: PTH207 - absolute patterns
        for pattern in program.present
    )


def missing() -> list[Program]:
    """Return the programs that are not there."""
    return [program for program in PROGRAMS if not is_present(program)]


def may_install() -> bool:
    """Return whether this user can install packages here."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(packages: Sequence[str]) -> bool:
    """Install packages so that none starts a service; return whether apt managed it."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    apt = ["apt-get", "-y", "-q", "-o", "DPkg::Lock::Timeout=120"]
    if not glob("/var/lib/apt/lists/*_Packages*"):  # noqa: PTH207 - an absolute pattern
        _run([*apt, "update"], environment)
    if "slapd" in packages:
        # Nothing is configured: the private slapd has its own directory, socket and ports.
        _run(["debconf-set-selections"], environment, b"slapd slapd/no_configuration boolean true\n")
    with no_service_starts():
        command = [*apt, "install", "--no-install-recommends", *packages]
        return _run(command, environment) or (_run([*apt, "update"], environment) and _run(command, environment))


@contextmanager
def no_service_starts(policy: Path = POLICY) -> Iterator[None]:
    """Keep packages from starting services (policy-rc.d answers 101: forbidden), for this moment only.

    A policy of the machine's owner is put aside and comes back.
    """
    aside = policy.with_name(policy.name + ".truename")
    if policy.exists() and not aside.exists():
        policy.rename(aside)
    policy.write_text("#!/bin/sh\nexit 101\n", "ascii")
    policy.chmod(0o755)
    try:
        yield
    finally:
        policy.unlink(missing_ok=True)
        if aside.exists():
            aside.rename(policy)


def missing_modules(modules: Iterable[str]) -> list[str]:
    """Return which Python modules of the tests cannot be imported."""
    from importlib.util import find_spec

    return [name for name in modules if find_spec(name) is None]


def _run(command: Sequence[str], environment: dict[str, str], words: bytes = b"") -> bool:
    done = subprocess.run(command, input=words, stdout=STDERR, env=environment, check=False)
    return done.returncode == 0
