"""A real 389 Directory Server for tests: own files, a local socket only, and nothing of the system touched."""

import base64
import hashlib
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from directory.backends.connection import (
    DEFAULT_LIMITS,
    Credentials,
    DirectoryPool,
    DirectoryServer,
    DirectoryUnavailable,
    open_link,
)

PROGRAM = shutil.which("ns-slapd", path=os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin")))
SUFFIX = "dc=city,dc=internal"
PEOPLE = f"ou=people,{SUFFIX}"
READER, READER_PASSWORD = f"uid=reader,{SUFFIX}", b"reader-reads-4711"
_MANAGER = Credentials("cn=manager", b"manager-manages-4711")
_TEMPLATE = Path("/usr/share/dirsrv/data/template-dse.ldif")
_SYSTEM = Path("/etc/dirsrv")
_BOUND = 60.0  # seconds: proof that a wait ends at all, not a measurement
_DATABASE = f"""

dn: cn=userRoot,cn=ldbm database,cn=plugins,cn=config
objectClass: top
objectClass: extensibleObject
objectClass: nsBackendInstance
cn: userRoot
nsslapd-suffix: {SUFFIX}

dn: cn="{SUFFIX}",cn=mapping tree,cn=config
objectClass: top
objectClass: extensibleObject
objectClass: nsMappingTree
cn: {SUFFIX}
nsslapd-state: backend
nsslapd-backend: userRoot
"""


def _verifier(password: bytes) -> str:
    salt = os.urandom(8)
    return "{SSHA512}" + base64.b64encode(hashlib.sha512(password + salt).digest() + salt).decode()


def _account() -> str:
    """As whom the server runs: never as root."""
    return "dirsrv" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name


class DirectoryServer389:
    """One instance in a directory of its own."""

    def __init__(self, state: Path) -> None:
        """Write its configuration; nothing runs yet."""
        self._state = state
        self._process: subprocess.Popen[bytes] | None = None
        socket = state / "run" / "s"
        self.server = DirectoryServer("ldapi://" + quote(str(socket), safe=""))
        for name in ("config", "db", "log", "run", "lock", "tmp", "ldif", "bak", "instance"):
            (state / name).mkdir()
        shutil.copytree(_SYSTEM / "schema", state / "config" / "schema")
        shutil.copy(_SYSTEM / "config" / "slapd-collations.conf", state / "config")
        values = {
            "schema_dir": state / "config" / "schema",
            "config_dir": state / "config",
            "cert_dir": state / "config",
            "inst_dir": state / "instance",
            "db_home_dir": state / "db",
            "db_lib": "bdb",
            "fqdn": "localhost",
            "ds_port": 0,  # no TCP at all
            "ds_user": _account(),
            "ds_suffix": SUFFIX,
            "rootdn": _MANAGER.dn,
            "ds_passwd": _verifier(_MANAGER.password),
            "ldapi": socket,
            "ldapi_enabled": "on",
            "ldapi_autobind": "off",
            **{f"{name}_dir": state / name for name in ("db", "log", "run", "lock", "tmp", "ldif", "bak")},
        }
        text = re.sub(r"%(\w+)%", lambda found: str(values[found[1]]), _TEMPLATE.read_text("utf-8"))
        (state / "config" / "dse.ldif").write_text(text.rstrip() + _DATABASE, "utf-8")
        if os.geteuid() == 0:
            for path in (state, *state.rglob("*")):
                shutil.chown(path, _account(), _account())

    def start(self) -> None:
        """Start and wait until it answers."""
        assert PROGRAM is not None
        command = [PROGRAM, "-D", self._state / "config", "-i", self._state / "run" / "pid", "-d", "0"]
        self._process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        until = time.monotonic() + _BOUND
        while True:
            try:
                open_link(self.server, _MANAGER, DEFAULT_LIMITS).close()
            except DirectoryUnavailable:
                assert self._process.poll() is None, self._errors()
                assert time.monotonic() < until, self._errors()
                time.sleep(0.02)
            else:
                return

    def _errors(self) -> str:
        path = self._state / "log" / "errors"
        return path.read_text("utf-8", "replace") if path.exists() else "no log"

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the server."""
        assert self._process is not None
        self._process.send_signal(number)

    def stop(self, *, kill: bool = False) -> None:
        """Stop it, and wait for its end; `kill`: at once, without a last word."""
        if self._process is None:
            return
        if kill:
            self._process.kill()
        else:
            self._process.terminate()
        self._process.wait(_BOUND)
        self._process = None

    def pool(self) -> DirectoryPool:
        """Connections that may do anything."""
        return DirectoryPool([self.server], _MANAGER)

    def populate(self) -> None:
        """Add the tree, and a reader who may see all of it, passwords as well."""
        rule = f'(targetattr="*")(version 3.0; acl "reader"; allow (read, search) userdn="ldap:///{READER}";)'
        with self.pool() as pool:
            pool.add(SUFFIX, {"objectClass": [b"domain"], "dc": [b"city"], "aci": [rule.encode()]})
            pool.add(PEOPLE, {"objectClass": [b"organizationalUnit"], "ou": [b"people"]})
            classes = [b"account", b"simpleSecurityObject"]
            pool.add(READER, {"objectClass": classes, "uid": [b"reader"], "userPassword": [READER_PASSWORD]})


def add_person(pool: DirectoryPool, uid: str, where: str = PEOPLE, **more: bytes) -> str:
    """Add a person with no class of ours; return the DN."""
    dn = f"uid={uid},{where}"
    given = {"objectClass": b"inetOrgPerson", "cn": uid.encode(), "sn": uid.encode(), "uid": uid.encode(), **more}
    pool.add(dn, {name: [value] for name, value in given.items()})
    return dn


@contextmanager
def directory_389() -> Iterator[DirectoryServer389]:
    """Run such a server with its tree."""
    # A short path: a Unix socket's has at most 107 octets.
    with tempfile.TemporaryDirectory(prefix="tn-") as state:
        server = DirectoryServer389(Path(state))
        try:
            server.start()
            server.populate()
            yield server
        finally:
            server.stop()
