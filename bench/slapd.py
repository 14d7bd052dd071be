"""A lean OpenLDAP for the peer: the same people under the published schema, and nothing that costs a search time.

No overlay, three access rules, an index for what is searched: the directory at its strongest. It listens on a
local socket only and runs as whoever measures.
"""

import contextlib
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

from bench import people
from bench.program import CannotMeasure, Program, locate
from bench.traffic import Account

SUFFIX = "dc=bench,dc=internal"
PEOPLE = f"ou=orgs,{SUFFIX}"
READER = f"uid=reader,{SUFFIX}"
APT_LINE = "sudo apt-get install --no-install-recommends slapd"
_RN_SCHEMA = Path(__file__).parent.parent / "directory" / "schema" / "rnaccess.ldif"
_MODULES = ("/usr/lib/ldap", "/usr/lib64/openldap", "/usr/lib/openldap", "/usr/libexec/openldap")
_SCHEMAS = ("/etc/ldap/schema", "/etc/openldap/schema", "/usr/local/etc/openldap/schema")


class Slapd:
    """A private directory below `home`. Its socket lies elsewhere: the path of one has at most 107 octets (unix(7))."""

    def __init__(self, home: Path, reader_password: str) -> None:
        found = locate("slapd")
        if found is None:
            raise CannotMeasure(f"slapd is not installed. Type:\n  {APT_LINE}")
        self._path = found
        self._home = home
        self._password = reader_password
        self._program: Program | None = None
        self._socket = Path()
        self.uri = ""  # known once it runs

    def prepare(self, accounts: list[Account]) -> None:
        """Write configuration and people; the home must be new."""
        (self._home / "config").mkdir(parents=True)
        (self._home / "data").mkdir()
        self._add(0, self._configuration())
        first = (
            f"dn: {SUFFIX}\nobjectClass: dcObject\nobjectClass: organization\ndc: bench\no: bench\n\n"
            f"dn: {PEOPLE}\nobjectClass: organizationalUnit\nou: orgs\n\n"
            f"dn: {READER}\nobjectClass: account\nobjectClass: simpleSecurityObject\nuid: reader\n"
            f"userPassword: {people.verifier(Account('reader', self._password))}\n"
        )
        self._add(1, "\n".join((first, *people.ldif(accounts, SUFFIX))))

    def _add(self, database: int, ldif: str) -> None:
        command = [self._path, "-T", "add", "-q", "-F", str(self._home / "config"), "-n", str(database)]
        done = subprocess.run(command, input=ldif, capture_output=True, text=True, check=False)
        if done.returncode:
            raise CannotMeasure(f"slapadd: {' / '.join(done.stderr.splitlines()[-3:])}")

    def _configuration(self) -> str:
        modules = next((path for path in _MODULES if Path(path, "back_mdb.so").exists()), None)
        schema = next((path for path in _SCHEMAS if Path(path, "core.ldif").exists()), None)
        if modules is None or schema is None:
            raise CannotMeasure("slapd is installed, but not its modules or schema files")
        included = [Path(schema, f"{part}.ldif") for part in ("core", "cosine", "inetorgperson", "nis")]
        return "\n".join(
            (
                "dn: cn=config\nobjectClass: olcGlobal\ncn: config\nolcThreads: 4\nolcLogLevel: none\n",
                "dn: cn=module{0},cn=config\nobjectClass: olcModuleList\ncn: module{0}",
                f"olcModulePath: {modules}\nolcModuleLoad: back_mdb\n",
                "dn: cn=schema,cn=config\nobjectClass: olcSchemaConfig\ncn: schema\n",
                *(path.read_text(encoding="utf-8") + "\n" for path in (*included, _RN_SCHEMA)),
                "dn: olcDatabase={1}mdb,cn=config\nobjectClass: olcDatabaseConfig\nobjectClass: olcMdbConfig",
                f"olcDatabase: {{1}}mdb\nolcDbDirectory: {self._home / 'data'}\nolcSuffix: {SUFFIX}",
                "olcDbMaxSize: 4294967296\nolcDbIndex: objectClass,uid eq",
                f'olcAccess: {{0}}to attrs=userPassword by dn.exact="{READER}" read by anonymous auth by * none',
                f'olcAccess: {{1}}to * by dn.exact="{READER}" read by * none\n',
            )
        )

    def start(self, cores: Iterable[int]) -> int:
        """Start on these cores and return the process id, once the socket takes connections."""
        self._socket = Path(tempfile.mkdtemp(prefix="tn-bench-")) / "ldapi"
        self.uri = f"ldapi://{quote(str(self._socket), safe='')}"
        command = [self._path, "-d", "none", "-F", str(self._home / "config"), "-h", self.uri]
        self._program = Program(command, self._home / "log", cores=cores)
        self._program.wait_until(self._listens, 30)
        return self._program.pid

    def _listens(self) -> bool:
        with socket.socket(socket.AF_UNIX) as probe, contextlib.suppress(OSError):
            probe.connect(str(self._socket))
            return True
        return False

    def stop(self) -> None:
        """Stop it, if it runs."""
        if self._program is not None:
            self._program.stop()
            self._program = None
            shutil.rmtree(self._socket.parent, ignore_errors=True)
