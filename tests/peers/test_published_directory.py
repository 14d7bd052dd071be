"""The directory as outside programs see it, with OpenLDAP's own tools."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from directory.backends.connection import Credentials, DirectoryPool, DirectoryServer
from directory.backends.embedded import EmbeddedDirectory
from directory.passwords import hash_new
from tests.support.directory_server import SUFFIX, free_port

pytestmark = pytest.mark.skipif(shutil.which("ldapwhoami") is None, reason="ldap-utils is not installed")
TREE = Path(__file__).parents[2]
UNIT = f"rnOrgCode=pd,ou=orgs,{SUFFIX}"
PERSON = f"uid=zhangsan,{UNIT}"
DEVICE = f"cn=printer-pd,ou=devices,{SUFFIX}"
PASSWORD = "㐂阿依古丽·买买提 9"


class Ended(NamedTuple):
    """How a tool ended."""

    code: int
    output: str
    complaint: str

    @property
    def attributes(self) -> set[str]:
        return {line.partition(":")[0] for line in self.output.splitlines() if ":" in line} - {"dn"}


class City(NamedTuple):
    """A directory with one unit, one person and one device, and an outside application's account."""

    directory: EmbeddedDirectory
    reader: tuple[str, Path]

    def run(self, tool: str, *arguments: str, uri: str | None = None, ca_file: Path | None = None) -> Ended:
        configuration = self.reader[1].parent / "ldaprc"
        configuration.write_text(f"TLS_CACERT {ca_file or self.directory.ca_file}\nTLS_REQCERT demand\n", "utf-8")
        environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "LDAPCONF": str(configuration)}
        command = [tool, "-H", uri or str(self.directory.ldaps_uri), "-o", "nettimeout=5", *arguments]
        ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=20)
        return Ended(ended.returncode, ended.stdout, ended.stderr)

    def read(self, account: tuple[str, Path], base: str, *attributes: str) -> Ended:
        search = ["-LLL", "-o", "ldif-wrap=no", "-s", "base", "-b", base, "(objectClass=*)", *attributes]
        return self.run("ldapsearch", "-x", "-D", account[0], "-y", str(account[1]), *search)

    @property
    def mirror(self) -> tuple[str, Path]:
        return self.directory.mirror_dn, self.directory.mirror_password_file

    @property
    def radius(self) -> tuple[str, Path]:
        return self.directory.radius_dn, self.directory.radius_password_file


def populate(directory: EmbeddedDirectory) -> None:
    with DirectoryPool([DirectoryServer(directory.ldapi_uri)], Credentials()) as pool:
        classes = {"objectClass": [b"organizationalUnit", b"rnOrgUnit"], "ou": ["浦东".encode()]}
        pool.add(UNIT, {**classes, "rnOrgCode": [b"pd"], "rnOrgKind": [b"town"]})
        pool.add(
            PERSON,
            {
                "objectClass": [b"inetOrgPerson", b"rnPerson"],
                "uid": [b"zhangsan"],
                "cn": ["张𠮷三".encode()],
                "sn": ["张".encode()],
                "mail": [b"zhangsan@city.example"],
                "rnSubjectId": [b"p-0001"],
                "rnStatus": [b"active"],
                "rnEmployment": [b"staff"],
                "rnHomeUnit": [b"pd"],
                "rnZone": [b"dedicated"],
                "rnAssurance": [b"2"],
                "rnValidFrom": [b"20200101000000Z"],
                "rnValidUntil": [b"20400101000000Z"],
            },
        )
        pool.modify(PERSON, {"userPassword": [hash_new(PASSWORD)]})  # a change: only that sets pwdChangedTime
        pool.add(
            DEVICE,
            {
                "objectClass": [b"device", b"ieee802Device", b"rnDevice"],
                "cn": [b"printer-pd"],
                "rnSubjectId": [b"d-0001"],
                "rnStatus": [b"active"],
                "macAddress": [b"02:00:00:00:00:01"],
                "rnOwnerId": [b"p-0001"],
                "rnDeviceKind": [b"printer"],
                "rnHomeUnit": [b"pd"],
                "rnZone": [b"public"],
                "rnValidUntil": [b"20400101000000Z"],
            },
        )


@pytest.fixture(scope="module")
def city(directory_server: EmbeddedDirectory) -> Iterator[City]:
    populate(directory_server)
    yield City(directory_server, directory_server.add_reader("city-oa"))
    directory_server.remove_reader("city-oa")
    with DirectoryPool([DirectoryServer(directory_server.ldapi_uri)], Credentials()) as pool:
        for dn in (PERSON, DEVICE, UNIT):
            pool.delete(dn)


def test_a_person_is_who_he_says(city: City, tmp_path):
    """A simple bind over TLS with a password of rare characters (RFC 4513 §5.1.3: UTF-8)."""
    secret = tmp_path / "secret"
    secret.write_text(PASSWORD, "utf-8")

    assert city.run("ldapwhoami", "-x", "-D", PERSON, "-y", str(secret)).output == f"dn:{PERSON}\n"
    secret.write_text(PASSWORD + "x", "utf-8")
    assert city.run("ldapwhoami", "-x", "-D", PERSON, "-y", str(secret)).code == 49


@pytest.mark.parametrize("state", [b"draft", b"suspended", b"left", b"preserved"])
def test_whoever_is_not_active_proves_nothing(city: City, tmp_path: Path, state: bytes):
    """The right password of a leaver opens no other application either; being active again opens them all."""
    secret = tmp_path / "password"
    secret.write_text(PASSWORD, "utf-8")
    whoami = ("ldapwhoami", "-x", "-D", PERSON, "-y", str(secret))
    with DirectoryPool([DirectoryServer(city.directory.ldapi_uri)], Credentials()) as pool:
        pool.modify(PERSON, {"rnStatus": [state]})
        try:
            assert city.run(*whoami).code == 49
        finally:
            pool.modify(PERSON, {"rnStatus": [b"active"]})

    assert city.run(*whoami).code == 0


def test_a_reader_reads_names_and_nothing_that_opens_a_door(city: City):
    """Outside applications see names, mail, unit and state; not zones, validity, category or password values."""
    seen = city.read(city.reader, PERSON, "*", "+").attributes

    assert {"cn", "sn", "mail", "uid", "rnStatus", "rnHomeUnit", "rnSubjectId"} <= {name.rstrip(":") for name in seen}
    assert not seen & {"rnZone", "rnValidFrom", "rnValidUntil", "rnAssurance", "rnEmployment", "userPassword"}


def test_a_reader_cannot_search_by_what_it_may_not_read(city: City):
    """A filter over zones would tell the same as reading them."""
    who = ["-x", "-D", city.reader[0], "-y", str(city.reader[1]), "-LLL", "-b", f"ou=orgs,{SUFFIX}"]

    assert "zhangsan" in city.run("ldapsearch", *who, "(uid=zhangsan)", "uid").output
    assert "zhangsan" not in city.run("ldapsearch", *who, "(rnEmployment=staff)", "uid").output


def test_the_radius_account_reads_what_a_decision_needs(city: City):
    """State, validity, zones, category, unit and identifiers; not names, not mail, not password values."""
    seen = city.read(city.radius, PERSON, "*", "+").attributes

    assert {
        "uid",
        "rnSubjectId",
        "rnStatus",
        "rnEmployment",
        "rnHomeUnit",
        "rnZone",
        "rnAssurance",
        "rnValidFrom",
        "rnValidUntil",
        "entryUUID",
        "pwdChangedTime",
    } <= seen
    assert not seen & {"cn", "sn", "mail", "userPassword", "sambaNTPassword", "pwdHistory"}


def test_the_mirror_reads_verifiers_of_people_and_of_nobody_else(city: City):
    """The only reader of userPassword; the service accounts' own values are out of its reach."""
    person = city.read(city.mirror, PERSON, "*", "+").attributes
    service = city.read(city.mirror, city.directory.radius_dn, "*", "+")

    assert {"userPassword", "rnEmployment", "rnStatus", "pwdChangedTime", "entryUUID"} <= person
    assert not person & {"cn", "mail"}
    assert "userPassword" not in service.output


def test_the_mirror_sees_locks_and_forced_changes(city: City):
    """The attributes pwdAccountLockedTime and pwdReset decide a login."""
    with DirectoryPool([DirectoryServer(city.directory.ldapi_uri)], Credentials()) as pool:
        pool.modify(PERSON, {"pwdReset": [b"TRUE"], "pwdAccountLockedTime": [b"20260101000000Z"]})
        seen = city.read(city.mirror, PERSON, "pwdReset", "pwdAccountLockedTime", "pwdChangedTime").attributes
        pool.modify(PERSON, {"pwdReset": [], "pwdAccountLockedTime": []})

    assert seen == {"pwdReset", "pwdAccountLockedTime", "pwdChangedTime"}


def test_the_mirror_finds_devices(city: City):
    """Endpoints without a person at their keyboard are found by class and read as far as a decision needs."""
    wanted = [
        "rnSubjectId",
        "macAddress",
        "rnStatus",
        "rnOwnerId",
        "rnDeviceKind",
        "rnZone",
        "rnValidUntil",
        "rnHomeUnit",
        "entryUUID",
    ]
    search = ["-LLL", "-b", f"ou=devices,{SUFFIX}", "(objectClass=rnDevice)", *wanted, "cn"]
    found = city.run("ldapsearch", "-x", "-D", city.mirror[0], "-y", str(city.mirror[1]), *search)

    assert f"dn: {DEVICE}" in found.output
    assert found.attributes == set(wanted)


def test_nobody_bound_sees_nothing(city: City):
    """Anonymous: the root DSE and the schema, and not one entry."""
    root = city.run("ldapsearch", "-x", "-LLL", "-s", "base", "-b", "", "namingContexts")
    entries = city.run("ldapsearch", "-x", "-LLL", "-b", SUFFIX, "(objectClass=*)")
    hidden = city.run("ldapsearch", "-x", "-LLL", "-s", "base", "-b", PERSON, "(objectClass=*)")

    assert SUFFIX in root.output
    assert "dn:" not in entries.output + hidden.output


def test_nobody_writes_from_outside(city: City, tmp_path):
    """Neither reader nor RADIUS account nor mirror changes anything."""
    change = tmp_path / "change.ldif"
    change.write_text(f"dn: {PERSON}\nchangetype: modify\nreplace: rnStatus\nrnStatus: active\n", "utf-8")
    for dn, file in (city.reader, city.radius, city.mirror):
        assert city.run("ldapmodify", "-x", "-D", dn, "-y", str(file), "-f", str(change)).code == 50


def test_no_password_crosses_in_clear(city: City):
    """The port speaks TLS from its first octet, and a bind without it would be refused (13)."""
    clear = str(city.directory.ldaps_uri).replace("ldaps://", "ldap://")
    who = ["-x", "-D", city.reader[0], "-y", str(city.reader[1])]

    assert city.run("ldapwhoami", *who, uri=clear).code != 0
    configuration = city.run(
        *("ldapsearch", "-Q", "-Y", "EXTERNAL", "-LLL", "-s", "base", "-b", "cn=config", "olcSecurity"),
        uri=city.directory.ldapi_uri,
    )
    assert "olcSecurity: simple_bind=128" in configuration.output


def test_a_foreign_authority_is_noticed(city: City):
    """Our certificate is signed by our own authority alone, so a client with another one does not connect."""
    others = Path("/etc/ssl/certs/ca-certificates.crt")
    if not others.exists():
        pytest.skip("no other authorities on this system")
    who = ["-x", "-D", city.reader[0], "-y", str(city.reader[1])]

    assert city.run("ldapwhoami", *who).code == 0
    assert city.run("ldapwhoami", *who, ca_file=others).code != 0


def test_strangers_cannot_lock_the_product_out(city: City, tmp_path):
    """Twelve wrong passwords lock a person's binds (pwdMaxFailure 10), never a service account."""
    wrong = tmp_path / "wrong"
    wrong.write_text("wrong", "utf-8")
    for _ in range(12):
        assert city.run("ldapwhoami", "-x", "-D", city.mirror[0], "-y", str(wrong)).code == 49

    assert city.run("ldapwhoami", "-x", "-D", city.mirror[0], "-y", str(city.mirror[1])).code == 0


def _wait(condition: Callable[[], object], seconds: float = 20.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False


def test_a_killed_slapd_is_started_again_with_its_data(make_directory: Callable[..., EmbeddedDirectory]):
    """kill -9 loses nothing that was acknowledged, and tending brings the directory back by itself."""
    directory = make_directory(listen=f"127.0.0.1:{free_port()}")
    directory.start()
    populate(directory)
    assert directory.tend(time.monotonic())
    assert directory._process is not None
    killed = directory._process.pid
    os.kill(killed, signal.SIGKILL)
    directory._process.wait()

    assert _wait(lambda: directory.tend(time.monotonic()))

    assert directory._process.pid != killed
    with DirectoryPool([DirectoryServer(directory.ldapi_uri)], Credentials()) as pool:
        assert pool.get(PERSON, ["uid"]) == {"uid": [b"zhangsan"]}


@pytest.mark.parametrize("port", ["", "127.0.0.1:{free}"])
def test_slapd_ends_with_its_supervisor(tmp_path, port: str):
    """kill -9 of the supervisor: the kernel tells slapd (PR_SET_PDEATHSIG), and no orphan keeps the data."""
    listen = port.format(free=free_port())
    code = (
        "import sys, time; from pathlib import Path\n"
        "from directory.backends.embedded import EmbeddedDirectory\n"
        "from directory.settings import DirectorySettings\n"
        f"one = EmbeddedDirectory(Path({str(tmp_path / 'state')!r}), DirectorySettings(listen={listen!r}))\n"
        "one.start(); sys.stderr.write(f'pid {one._process.pid}\\n'); sys.stderr.flush(); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], cwd=TREE, stderr=subprocess.PIPE, text=True) as supervisor:
        assert supervisor.stderr is not None
        found = None
        for line in supervisor.stderr:
            if found := re.fullmatch(r"pid (\d+)\n", line):
                break
        assert found is not None
        slapd = Path("/proc") / found[1]
        assert slapd.exists()
        supervisor.kill()
        supervisor.wait()

    assert _wait(lambda: not slapd.exists() or "Z" in (slapd / "stat").read_text().rpartition(")")[2].split()[:1])
